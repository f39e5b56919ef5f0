//! Numbers in words and figures, as wide today as tomorrow.

use regie_sdk::View;

use crate::shown::{Runner, Spot};

/// `1:02:03`: hours are always there, so that nothing moves when the first is over.
pub fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `+0:31`, `−0:04`, `+1:02:03`; nothing for the leader.
pub fn gap(ms: i64) -> String {
    let sign = if ms < 0 { "−" } else { "+" };
    let seconds = ms.unsigned_abs() / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{sign}{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{sign}{minutes}:{seconds:02}")
    }
}

pub fn status<'a>(runner: &'a Runner, view: &View) -> &'a str {
    match runner.status.as_str() {
        "registered" => view.t("not ready", "pas prêt"),
        "ready" => view.t("ready", "prêt"),
        "playing" => view.t("playing", "en jeu"),
        "finished" => view.t("finished", "arrivé"),
        "abandoned" => view.t("abandoned", "abandon"),
        "disqualified" => view.t("disqualified", "disqualifié"),
        other => other,
    }
}

pub fn deaths(count: u64, view: &View) -> String {
    match count {
        1 => view.t("1 death", "1 mort").into(),
        _ => format!("{count} {}", view.t("deaths", "morts")),
    }
}

pub fn layer(layer: u32, last: u32, view: &View) -> String {
    format!("{} {layer} {} {last}", view.t("layer", "couche"), view.t("of", "sur"))
}

/// `Tier 8`, with what it was before where that differs.
pub fn tier(spot: &Spot, view: &View) -> Option<String> {
    let tier = spot.tier?;
    let was = spot.original_tier.filter(|was| *was != tier);
    let was = was.map(|was| format!(" ({} {was})", view.t("was", "avant"))).unwrap_or_default();
    Some(format!("{} {tier}{was}", view.t("Tier", "Palier")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_a_stopwatch_shows_them() {
        for (ms, text) in [(0, "0:00:00"), (59_999, "0:00:59"), (3_723_000, "1:02:03"), (360_000_000, "100:00:00")] {
            assert_eq!(clock(ms), text);
        }
        for (ms, text) in [(0, "+0:00"), (31_000, "+0:31"), (-4_200, "−0:04"), (3_723_000, "+1:02:03")] {
            assert_eq!(gap(ms), text);
        }
    }
}

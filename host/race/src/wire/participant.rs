//! A participant on the wire: what the host knows, what the mode's standings say besides, and the names that older clients
//! have for the same.

use regie_sdk::protocol::{Standing, Standings};
use serde_json::{Map, Value, json};

use crate::model::{Participant, ParticipantStatus, Race};

/// What clients read without looking whether it is there, and what they read where the mode has no such thing.
const EXPECTED: [(&str, Value); 7] = [
    ("current_zone", Value::Null),
    ("current_layer_tier", Value::Null),
    ("zone_history", Value::Null),
    ("gap_ms", Value::Null),
    ("layer_entry_igt", Value::Null),
    ("is_live", Value::Bool(false)),
    ("stream_url", Value::Null),
];

/// Two names of one field: the second is sent beside the first.
const ALIASES: [(&str, &str); 2] = [("current_layer", "layer"), ("current_zone", "zone_id")];

/// Everybody, best first; who does not stand yet comes last, in the order of joining.
pub fn all(
    race: &Race,
    standings: &Standings,
    is_connected: impl Fn(u32) -> bool,
) -> Vec<Map<String, Value>> {
    let of = |slot| race.participants.iter().find(|p| p.slot == slot);
    let standing = standings.participants.iter().filter_map(|s| Some((of(s.participant)?, Some(s))));
    let others =
        race.participants.iter().filter(|p| standings.participants.iter().all(|s| s.participant != p.slot));
    let everybody = standing.chain(others.map(|p| (p, None)));
    everybody
        .map(|(participant, standing)| one(participant, standing, is_connected(participant.slot)))
        .collect()
}

fn one(participant: &Participant, standing: Option<&Standing>, is_connected: bool) -> Map<String, Value> {
    let known = json!({
        "id": participant.id,
        "name": participant.name,
        "twitch_username": participant.name,
        "twitch_display_name": participant.name,
        "status": participant.status.as_str(),
        "finished": participant.status == ParticipantStatus::Finished,
        "slot": participant.slot,
        "color_index": participant.colour,
        "mod_connected": is_connected,
        "place": standing.map(|s| s.place),
        "progress": standing.map(|s| s.progress),
        // Clients of both dialects read numbers here, also before there is a time.
        "igt_ms": standing.and_then(|s| s.igt_ms).unwrap_or(0),
        "gap_ms": standing.and_then(|s| s.gap_ms),
    });
    let Value::Object(mut wire) = known else { return Map::new() };
    for (name, value) in standing.into_iter().flat_map(|s| &s.more) {
        wire.entry(name.as_str()).or_insert_with(|| value.clone());
    }
    let progress = standing.map_or(0, |s| s.progress as i64);
    fill(&mut wire, "current_layer", || progress.into());
    fill(&mut wire, "death_count", || 0.into());
    for (name, value) in EXPECTED {
        fill(&mut wire, name, || value);
    }
    for (name, alias) in ALIASES {
        let value = wire.get(name).cloned().unwrap_or_default();
        fill(&mut wire, alias, || value);
    }
    wire
}

fn fill(wire: &mut Map<String, Value>, name: &str, value: impl FnOnce() -> Value) {
    if wire.get(name).is_none_or(Value::is_null) {
        wire.insert(name.to_owned(), value());
    }
}

/// Moves a clock in what was told of a participant. `false` where nothing of it is new.
pub fn tick(wire: &mut Map<String, Value>, igt_ms: u64, death_count: Option<u64>) -> bool {
    let before = (wire.get("igt_ms").cloned(), wire.get("death_count").cloned());
    wire.insert("igt_ms".into(), igt_ms.into());
    if let Some(deaths) = death_count {
        wire.insert("death_count".into(), deaths.into());
    }
    before != (wire.get("igt_ms").cloned(), wire.get("death_count").cloned())
}

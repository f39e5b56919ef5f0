//! What people see of a race: the page's leaderboard, the map in two layers, the overlays. It draws what a projection holds and asks
//! nothing further.

mod base;
mod chart;
mod details;
mod figures;
mod hud;
mod leaderboard;
mod legend;
mod live;
mod look;
mod panel;
mod row;
mod runners;
mod veil;

use regie_sdk::{Html, View};

use crate::shown::{Runner, Shown};

/// Any surface, of any projection: also of one that says nothing yet.
pub fn render(shown: &Shown, view: &View) -> Html {
    match view.surface {
        "live" => live::live(shown, view),
        "overlay:dag:base" => base::base(view),
        "overlay:dag" => runners::runners(shown, view),
        "overlay:leaderboard" => leaderboard::leaderboard(shown, view),
        "overlay:hud" => hud::hud(shown, view),
        _ => panel::panel(shown, view),
    }
}

/// What the host calls a runner. Nobody is nameless.
fn name(slot: u32, view: &View) -> String {
    let label = view.participants.iter().find(|one| one.slot == slot).map(|one| one.label.trim());
    match label.filter(|label| !label.is_empty()) {
        Some(label) => label.to_owned(),
        None => format!("{} {slot}", view.t("Runner", "Joueur")),
    }
}

/// The highest layer: what a run reaches at its end.
fn last_layer(shown: &Shown) -> u32 {
    shown.total_layers.saturating_sub(1)
}

fn is(runner: &Runner, status: &str) -> bool {
    runner.status == status
}

use maud::html;
use regie_sdk::{Html, View};

use crate::shown::{Runner, Shown};

/// The leaderboard in words: place, name, status, layer.
pub fn render(shown: &Shown, view: &View) -> Html {
    html! {
        ol class="runners" {
            @for runner in &shown.runners {
                li data-key=(runner.slot) {
                    span class="place" { (runner.place) } " "
                    span class="who" { (label(runner, view)) } " "
                    span class="layer" { (runner.layer) "/" (shown.total_layers.saturating_sub(1)) } " "
                    span class="status" { (runner.status) }
                }
            }
        }
    }
}

fn label<'a>(runner: &Runner, view: &View<'a>) -> &'a str {
    view.participants.iter().find(|one| one.slot == runner.slot).map_or("", |one| &one.label)
}

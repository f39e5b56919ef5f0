//! The leaderboard on the air: one plate a runner, all of one height.

use maud::html;
use regie_sdk::{Html, View};

use super::{figures, is, row};
use crate::shown::{Phase, Runner, Shown};

pub fn leaderboard(shown: &Shown, view: &View) -> Html {
    let own = row::own(shown, view);
    html! {
        div class="dag air board" lang=(view.locale.tag()) {
            h2 class="title" { (title(shown, view)) }
            ol class="rows" {
                @for runner in &shown.runners { (line(runner, shown, own, view)) }
            }
        }
    }
}

fn title(shown: &Shown, view: &View) -> &'static str {
    match shown.phase {
        Phase::Waiting => view.t("At the start", "Au départ"),
        Phase::Over => view.t("Results", "Résultats"),
        _ => view.t("Race", "Course"),
    }
}

fn line(runner: &Runner, shown: &Shown, own: Option<u32>, view: &View) -> Html {
    html! {
        li class=(row::class(runner, own)) data-key={ "r" (runner.slot) } aria-label=(row::spoken(runner, shown, own, view)) {
            (row::place(runner, shown))
            (row::who(runner, None, view))
            (row::mark(runner, view))
            (result(runner, shown))
            @if row::has_numbers(shown) { (row::deaths(runner)) }
        }
    }
}

/// The time of who has arrived, the layer of who has not.
pub fn result(runner: &Runner, shown: &Shown) -> Html {
    html! {
        span class="result" {
            @if row::has_numbers(shown) {
                @if is(runner, "finished") {
                    (runner.igt_ms.map(figures::clock).unwrap_or_default())
                } @else {
                    (runner.layer) "/" (super::last_layer(shown))
                }
            }
        }
    }
}

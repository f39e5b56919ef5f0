//! The race page: a leaderboard, and what there is to know besides.

use maud::html;
use regie_sdk::{Html, View};

use super::{details, figures, row};
use crate::shown::{Phase, Runner, Shown};

pub fn live(shown: &Shown, view: &View) -> Html {
    let own = row::own(shown, view);
    html! {
        div class="dag page" lang=(view.locale.tag()) {
            section class="card" data-key="leaderboard" aria-label=(view.t("Leaderboard", "Classement")) {
                h2 class="heading" { (heading(shown, view)) }
                @if shown.runners.is_empty() {
                    p class="none" { (view.t("Nobody takes part yet.", "Personne ne participe pour l’instant.")) }
                } @else {
                    ol class="rows" {
                        @for runner in &shown.runners { (line(runner, shown, own, view)) }
                    }
                }
            }
            (details::details(shown, own, view))
        }
    }
}

fn heading(shown: &Shown, view: &View) -> &'static str {
    match shown.phase {
        Phase::Waiting => view.t("Runners", "Participants"),
        Phase::Over => view.t("Results", "Résultats"),
        _ => view.t("Leaderboard", "Classement"),
    }
}

fn line(runner: &Runner, shown: &Shown, own: Option<u32>, view: &View) -> Html {
    let zone = runner.way.as_ref().and_then(|way| shown.nodes.get(&way.at));
    html! {
        li class=(row::class(runner, own)) data-key={ "r" (runner.slot) } aria-label=(row::spoken(runner, shown, own, view)) {
            span class="top" {
                (row::place(runner, shown))
                (row::who(runner, own, view))
                (row::mark(runner, view))
                @if row::has_numbers(shown) {
                    span class="igt" { (runner.igt_ms.map(figures::clock).unwrap_or_default()) }
                } @else if runner.status == "registered" {
                    span class="state" { (figures::status(runner, view)) }
                }
            }
            @if row::has_numbers(shown) {
                span class="under" {
                    (row::progress(runner, shown))
                    span class="gap" { (runner.gap_ms.filter(|gap| *gap != 0).map(figures::gap).unwrap_or_default()) }
                    (row::deaths(runner))
                }
                @if let Some(spot) = zone.filter(|_| runner.status == "playing") {
                    span class="zone" { (spot.name) }
                }
            }
        }
    }
}

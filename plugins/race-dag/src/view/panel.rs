//! A tile in a control room: who leads, and how many are under way.

use maud::html;
use regie_sdk::{Html, View};

use super::{figures, is, look, name, row};
use crate::shown::Shown;

/// As many as a tile has room for.
const FIRST: usize = 3;

pub fn panel(shown: &Shown, view: &View) -> Html {
    let count = |status: &str| shown.runners.iter().filter(|runner| is(runner, status)).count();
    html! {
        div class="dag page tile" lang=(view.locale.tag()) {
            p class="sum" {
                (shown.runners.len()) " " (view.t("taking part", "participants")) " · "
                (count("playing")) " " (view.t("playing", "en jeu")) " · "
                (count("finished")) " " (view.t("finished", "arrivés"))
            }
            ol class="first" {
                @for runner in shown.runners.iter().take(FIRST) {
                    li data-key={ "r" (runner.slot) } aria-label=(row::spoken(runner, shown, None, view)) {
                        (look::badge(runner.slot))
                        span class="who" { (name(runner.slot, view)) }
                        span class="state" {
                            @if !row::has_numbers(shown) {
                                (figures::status(runner, view))
                            } @else if is(runner, "finished") {
                                (runner.igt_ms.map(figures::clock).unwrap_or_default())
                            } @else {
                                (runner.layer) "/" (super::last_layer(shown))
                            }
                        }
                    }
                }
            }
        }
    }
}

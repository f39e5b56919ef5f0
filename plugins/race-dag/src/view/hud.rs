//! What a player has on the screen in the game: where they are, how all stand, and the gates around.

use maud::html;
use regie_sdk::{Html, View};

use super::{details, figures, is, last_layer, row};
use crate::shown::{Phase, Runner, Shown};

/// Rows that there is room for above the exits.
const ROWS: usize = 10;

pub fn hud(shown: &Shown, view: &View) -> Html {
    let own = row::own(shown, view);
    let me = shown.runners.iter().find(|runner| own == Some(runner.slot));
    html! {
        div class="dag air hud" lang=(view.locale.tag()) {
            (here(me, shown, view))
            ol class="rows" {
                @for runner in around(shown, own) { (line(runner, shown, own, view)) }
            }
            @if let Some(way) = me.filter(|me| is(me, "playing")).and_then(|me| me.way.as_ref()) {
                details class="exits" data-key="exits" open=[view.flag("show_exits", true).then_some("")] {
                    summary { (view.t("Exits", "Sorties")) }
                    (details::gates(way, shown, view))
                }
            }
        }
    }
}

/// The first of all, and the one whose display it is.
fn around(shown: &Shown, own: Option<u32>) -> Vec<&Runner> {
    let mut rows: Vec<&Runner> = shown.runners.iter().take(ROWS).collect();
    let me = shown.runners.iter().skip(ROWS).find(|runner| own == Some(runner.slot));
    if let (Some(me), Some(last)) = (me, rows.last_mut()) {
        *last = me;
    }
    rows
}

/// Zone and time; below them its tier and the layer.
fn here(me: Option<&Runner>, shown: &Shown, view: &View) -> Html {
    let spot = me.and_then(|me| shown.nodes.get(&me.way.as_ref()?.at));
    let waiting = match shown.phase {
        Phase::Waiting => view.t("Waiting for the start", "En attente du départ"),
        Phase::Cancelled => view.t("The race is cancelled", "La course est annulée"),
        _ => "",
    };
    html! {
        div class="here" {
            span class="zone" { (spot.map_or(waiting, |spot| &spot.name)) }
            span class="igt" { (figures::clock(me.and_then(|me| me.igt_ms).unwrap_or(0))) }
            span class="tier" { (spot.and_then(|spot| figures::tier(spot, view)).unwrap_or_default()) }
            span class="layer" {
                @if shown.total_layers > 0 { (me.map_or(0, |me| me.layer)) "/" (last_layer(shown)) }
            }
        }
    }
}

fn line(runner: &Runner, shown: &Shown, own: Option<u32>, view: &View) -> Html {
    html! {
        li class=(row::class(runner, own)) data-key={ "r" (runner.slot) } aria-label=(row::spoken(runner, shown, own, view)) {
            (row::place(runner, shown))
            (row::who(runner, None, view))
            @if row::has_numbers(shown) && !is(runner, "finished") {
                (row::progress(runner, shown))
            } @else if is(runner, "finished") {
                span class="done" {
                    (row::mark(runner, view))
                    @if row::has_numbers(shown) {
                        span class="igt" { (runner.igt_ms.map(figures::clock).unwrap_or_default()) }
                    }
                }
            } @else {
                span class="done" { span class="state" { (figures::status(runner, view)) } }
            }
        }
    }
}

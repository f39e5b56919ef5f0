//! Below the leaderboard: the leader's times, ways as far as they may be seen, and what the shapes on the map mean.

use maud::html;
use regie_sdk::{Html, View};

use super::{figures, look, name};
use crate::map::{MEANINGS, shape};
use crate::shown::{Phase, Runner, Shown, Way};

pub fn details(shown: &Shown, own: Option<u32>, view: &View) -> Html {
    let me = shown.runners.iter().find(|runner| own == Some(runner.slot));
    html! {
        @if let Some((me, way)) = me.and_then(|me| Some((me, me.way.as_ref()?))) { (walked(me, way, true, shown, view)) }
        // While people run, a page that is drawn several times a second holds one way; afterwards all of them.
        @if shown.phase == Phase::Over { (ways(shown, own, view)) }
        @if !shown.splits.is_empty() { (splits(shown, view)) }
        (key(view))
    }
}

fn ways(shown: &Shown, own: Option<u32>, view: &View) -> Html {
    let others = shown.runners.iter().filter(|runner| own != Some(runner.slot));
    html! {
        details class="card fold" data-key="ways" {
            summary { (view.t("Ways", "Parcours")) }
            @for (runner, way) in others.filter_map(|runner| Some((runner, runner.way.as_ref()?))) {
                (walked(runner, way, false, shown, view))
            }
        }
    }
}

fn walked(runner: &Runner, way: &Way, mine: bool, shown: &Shown, view: &View) -> Html {
    let who = name(runner.slot, view);
    let title = if mine { view.t("Your way", "Votre parcours").to_owned() } else { who };
    html! {
        details class=(if mine { "card fold" } else { "fold" }) data-key={ "w" (runner.slot) } open=[mine.then_some("")] {
            summary { (look::badge(runner.slot)) span class="who" { (title) } }
            @if mine && runner.status == "playing" { (gates(way, shown, view)) }
            table class="way" aria-label=(title) {
                thead { tr {
                    th scope="col" { (view.t("Place", "Lieu")) }
                    th scope="col" { (view.t("Entered", "Entrée")) }
                    th scope="col" { (view.t("Deaths", "Morts")) }
                } }
                tbody {
                    @for (index, visit) in way.history.iter().enumerate() {
                        tr data-key=(index) {
                            td { (shown.nodes.get(&visit.node).map_or("?", |spot| &spot.name)) }
                            td class="number" { (figures::clock(visit.igt_ms)) }
                            td class="number" { (visit.deaths) }
                        }
                    }
                }
            }
        }
    }
}

/// The gates out of where a runner is: where they came from, and what is behind the others if they have been there.
pub fn gates(way: &Way, shown: &Shown, view: &View) -> Html {
    let origin = way.from.as_ref().and_then(|from| shown.nodes.get(from));
    html! {
        ul class="gates" {
            @if let Some(spot) = origin {
                li class="gate origin" {
                    span class="arrow" aria-hidden="true" { "←" }
                    span class="to" { (spot.name) }
                    span class="note" { (view.t("origin", "origine")) }
                }
            }
            @for exit in &way.exits {
                @let known = exit.to.as_ref().and_then(|to| shown.nodes.get(to));
                li class=(if known.is_some() { "gate" } else { "gate unknown" }) {
                    span class="arrow" aria-hidden="true" { "→" }
                    span class="to" {
                        @match known {
                            Some(spot) => (spot.name),
                            None => { "???" span class="note" { " " (view.t("undiscovered", "inconnu")) } },
                        }
                    }
                    @if !exit.text.is_empty() { span class="note" { (exit.text) } }
                }
            }
        }
    }
}

fn splits(shown: &Shown, view: &View) -> Html {
    let title = view.t("First at each layer", "Premier à chaque couche");
    html! {
        details class="card fold" data-key="splits" {
            summary { (title) }
            ol class="splits" aria-label=(title) {
                @for (layer, ms) in &shown.splits {
                    li data-key=(layer) {
                        span class="layer" { (view.t("Layer", "Couche")) " " (layer) }
                        span class="igt" { (figures::clock(*ms)) }
                    }
                }
            }
        }
    }
}

fn key(view: &View) -> Html {
    html! {
        details class="card fold" data-key="key" {
            summary { (view.t("Shapes on the map", "Formes de la carte")) }
            ul class="key" {
                @for (kind, en, fr) in MEANINGS {
                    li {
                        svg class="sample" viewBox="-22 -22 44 44" width="30" height="30" aria-hidden="true" focusable="false" {
                            (shape(kind))
                        }
                        (view.t(en, fr))
                    }
                }
            }
        }
    }
}

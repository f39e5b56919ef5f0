//! `/race/{id}/replay`: a race that is over, at any of its moments.

use maud::{Markup, html};
use regie_pages::{Block, Page, Statics, Words, bar, stylesheets};

use super::{race::Layers, time::clock};
use crate::model::Race;

/// How fast it plays: a race of an hour in a few minutes, or as it was.
const SPEEDS: [u32; 6] = [1, 10, 30, 60, 120, 300];
const SPEED: u32 = 30;

pub struct Replay<'a> {
    pub words: Words,
    pub statics: &'a Statics,
    pub nonce: &'a str,
    pub race: &'a Race,
    /// As they were at `at_ms`.
    pub live: Block,
    pub map: Option<Layers>,
    /// In-game time, milliseconds.
    pub at_ms: u64,
    pub end_ms: u64,
}

pub fn replay(page: &Replay<'_>) -> Markup {
    let Replay { words, race, map, at_ms, end_ms, .. } = page;
    let path = format!("/race/{}", race.id);
    let layers = map.iter().flat_map(|map| [&map.base, &map.above]);
    let actions = html! { a class="rg-button" href=(path) { (words.get("race.back")) } };
    let standings = html! {
        section class="rg-panel rg-standings" aria-labelledby="rg-standings" {
            h2 id="rg-standings" class="rg-unseen" { (words.get("race.standings")) }
            (past(&page.live))
        }
    };
    let main = html! {
        (bar(*words, &format!("{path}/replay"), &race.name, &actions))
        main class={ "rg-race" @if map.is_none() { " rg-alone" } } {
            div class="rg-race-side" { @if map.is_some() { (standings) } }
            div class="rg-race-main" {
                section class="rg-panel rg-replay" aria-label=(words.get("race.replay")) {
                    button type="button" class="rg-button rg-primary" aria-pressed="false" aria-keyshortcuts="k Space" {
                        span class="rg-play" { (words.get("race.play")) }
                        span class="rg-pause" { (words.get("race.pause")) }
                    }
                    label { span class="rg-unseen" { (words.get("race.speed")) }
                        select {
                            @for speed in SPEEDS { option value=(speed) selected[speed == SPEED] { "× " (speed) } }
                        }
                    }
                    p class="rg-replay-time" { (clock(*at_ms)) " / " (clock(*end_ms)) }
                    input type="range" min="0" max=(end_ms) step="1000" value=(at_ms) aria-label=(words.get("race.time"));
                    p class="rg-more rg-lost" role="status" { span { (words.get("race.replay_lost")) } }
                }
                @match map {
                    Some(map) => (map.markup(*words, &still(&map.base), &past(&map.above))),
                    None => (standings),
                }
            }
        }
    };
    Page {
        body_class: "rg-page rg-race-page",
        host_css: vec![&page.statics.page_css, &page.statics.race_css],
        plugin_css: stylesheets(std::iter::once(&page.live).chain(layers)),
        further: vec![&page.statics.replay_js],
        nonce: page.nonce,
        data: serde_json::json!({ "replay": format!("/api/races/{}/replay", race.id) }),
        ..Page::still(*words, &race.name, &page.statics.page_css, main)
    }
    .markup()
}

/// A picture that the slider changes.
fn past(block: &Block) -> Markup {
    let surface = block.want.surface.as_deref().unwrap_or_default();
    html! {
        div class="rg-block" role="group" aria-label=(block.name) data-plugin=(block.plugin) data-rg-replay=(surface) { (block.inner()) }
    }
}

/// One that is the same at all times.
fn still(block: &Block) -> Markup {
    html! {
        div class="rg-block" role="group" aria-label=(block.name) data-plugin=(block.plugin) { (block.inner()) }
    }
}

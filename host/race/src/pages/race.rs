//! `/race/{id}`: how everybody stands, the map, and what the visitor may do.

use maud::{Markup, html};
use regie_core::Actor;
use regie_pages::{Block, Page, Statics, Words, bar, link_state, stylesheets};

use super::{
    actions::actions,
    drawer::{OverlayLink, drawer},
};
use crate::{
    Class,
    model::{Race, RaceStatus},
};

pub struct RacePage<'a> {
    pub words: Words,
    pub statics: &'a Statics,
    pub nonce: &'a str,
    pub actor: &'a Actor,
    /// With names as this visitor may read them.
    pub race: &'a Race,
    /// What people call the mode.
    pub mode: &'a str,
    /// Name of the organizer.
    pub organizer: &'a str,
    pub me: Me,
    /// The host's own blocks of the race's topic.
    pub room: Block,
    pub people: Block,
    /// The mode's surface `live`: beside the map, or all there is.
    pub live: Block,
    pub map: Option<Layers>,
    pub overlays: Vec<OverlayLink>,
    /// The server's clock, milliseconds since 1970.
    pub now_ms: i64,
}

/// The first overlay with a base: what stays below, what changes above it.
pub struct Layers {
    pub title: String,
    /// Pixels of its canvas: what its shape is.
    pub width: u32,
    pub height: u32,
    pub base: Block,
    pub above: Block,
}

/// What the visitor is in this race.
pub struct Me {
    pub class: Class,
    /// As `me.can` of the API.
    pub can: Vec<&'static str>,
    /// Id of the participant that they are.
    pub participant_id: Option<String>,
    /// Where their pack is, once it is released.
    pub pack: Option<String>,
}

impl Me {
    pub fn can(&self, what: &str) -> bool {
        self.can.contains(&what)
    }

    /// Whether they look after the race.
    pub fn manages(&self) -> bool {
        self.can("edit") || self.can("reset") || self.can("finish") || self.can("start")
    }
}

impl RacePage<'_> {
    pub fn path(&self) -> String {
        format!("/race/{}", self.race.id)
    }
}

pub fn race(page: &RacePage<'_>) -> Markup {
    let RacePage { words, race, map, .. } = page;
    let blocks = [&page.room, &page.people, &page.live];
    let layers = map.iter().flat_map(|map| [&map.base, &map.above]);
    let standings = |heading: &'static str| {
        html! {
            section class="rg-panel rg-standings" aria-labelledby="rg-standings" {
                // Modes head their own cards.
                h2 id="rg-standings" class="rg-unseen" { (words.get(heading)) }
                (page.live.markup(None))
                @if page.live.snapshot.is_none() { p class="rg-note rg-away" { (words.get("race.no_plugin")) } }
            }
        }
    };
    let main = html! {
        a class="rg-skip" href="#main" { (words.get("race.skip")) }
        (bar(*words, &page.path(), &race.name, &bar_actions(page)))
        main id="main" class={ "rg-race" @if map.is_none() { " rg-alone" } } {
            div class="rg-race-side" {
                (actions(page))
                @if map.is_some() { (standings("race.standings")) }
                section class="rg-panel rg-people-panel" aria-labelledby="rg-people" {
                    header class="rg-panel-head" { h2 id="rg-people" { (words.get("participants")) } }
                    (page.people.markup(None))
                    p class="rg-more" { (words.get("race.organizer")) " " (page.organizer) " · " (page.mode) }
                }
                (drawer(page))
            }
            div class="rg-race-main" {
                (page.room.markup(None))
                @match map {
                    Some(map) => (map.markup(*words, &map.base.markup(None), &map.above.markup(None))),
                    None => (standings("race.board")),
                }
            }
        }
    };
    Page {
        words: *words,
        title: &race.name,
        body_class: "rg-page rg-race-page",
        host_css: vec![&page.statics.page_css, &page.statics.race_css],
        plugin_css: stylesheets(blocks.into_iter().chain(layers)),
        script: &page.statics.live_js,
        further: vec![&page.statics.race_js],
        nonce: page.nonce,
        data: data(page),
        main,
        tail: html! {},
    }
    .markup()
}

impl Layers {
    /// `base` and `above`: its blocks, as this page has them.
    pub fn markup(&self, words: Words, base: &Markup, above: &Markup) -> Markup {
        let shape = format!("aspect-ratio:{}/{}", self.width, self.height);
        html! {
            section class="rg-panel rg-map" aria-labelledby="rg-map" {
                header class="rg-panel-head" { h2 id="rg-map" { (self.title) } }
                // A small screen is moved over it: it can be reached by keyboard, too.
                div class="rg-scroller" tabindex="0" role="group" aria-label=(self.title) {
                    div class="rg-layers" style=(shape) { (base) (above) }
                }
                @if self.above.snapshot.is_none() { p class="rg-note" { (words.get("race.no_plugin")) } }
            }
        }
    }
}

/// What the scripts read at their start.
fn data(page: &RacePage<'_>) -> serde_json::Value {
    let mut words = page.words.runtime();
    if let (Some(words), Some(more)) = (words.as_object_mut(), page.words.below("race.runtime.").as_object())
    {
        words.extend(more.clone());
    }
    serde_json::json!({
        "locale": page.words.locale,
        "words": words,
        "now": page.now_ms,
        "clock": format!("/api/races/{}", page.race.id),
    })
}

fn bar_actions(page: &RacePage<'_>) -> Markup {
    let RacePage { words, race, me, .. } = page;
    let over = race.status == RaceStatus::Finished;
    html! {
        (link_state())
        // A page that is open gets it at the end.
        span data-rg-part="replay" hidden[!over] {
            @if over { a class="rg-button" href={ (page.path()) "/replay" } { (words.get("race.replay")) } }
        }
        @if me.manages() {
            a class="rg-button" href={ (page.path()) "/manage" } { (words.get("race.manage")) }
        }
        a class="rg-button" href="/races" { (words.get("races")) }
        @if page.actor.is_anonymous() {
            a class="rg-button" href={ "/app/login?next=" (page.path()) } { (words.get("sign_in")) }
        }
    }
}

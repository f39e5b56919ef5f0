//! `/`: what is on.

use maud::{Markup, html};
use regie_core::{Actor, Role};

use super::{Page, Statics, Words, bar};
use crate::{
    directory::Entry,
    model::{NONE, Restream},
};

pub fn index(words: Words, statics: &Statics, actor: &Actor, restreams: &[Entry]) -> Markup {
    let actions = html! {
        @if actor.role >= Role::Editor {
            a class="rg-button" href="/app/" { (words.get("control_room")) }
        } @else if actor.is_anonymous() {
            a class="rg-button" href="/app/login" { (words.get("sign_in")) }
        }
    };
    let main = html! {
        (bar(words, "/", words.get("restreams"), &actions))
        main {
            @if restreams.is_empty() {
                div class="rg-empty" {
                    p { (words.get("none_yet")) }
                    p { (words.get("none_yet_hint")) }
                }
            } @else {
                ul class="rg-cards" {
                    @for entry in restreams {
                        @let restream = &entry.restream;
                        li class="rg-card" {
                            h2 { a href={ "/" (restream.slug) } { (restream.title) } }
                            @if !restream.enabled { p class="rg-note" { (words.get("hidden")) } }
                            @let people = people(restream);
                            @if !people.is_empty() { p class="rg-people" { (people) } }
                            @if let Some(line) = restream.description.lines().find(|line| !line.trim().is_empty()) {
                                p class="rg-lead" { (line) }
                            }
                            (places(words, restream, ""))
                        }
                    }
                }
            }
        }
    };
    Page::still(words, "Régie", &statics.page_css, main).markup()
}

fn people(restream: &Restream) -> String {
    let named = restream.participants.iter().map(|p| p.label.as_str()).filter(|label| !label.is_empty());
    named.collect::<Vec<_>>().join(" · ")
}

/// Where to look: the live page always, the hint sheet only where there is one. `class` is the live page's, besides.
pub fn places(words: Words, restream: &Restream, class: &str) -> Markup {
    html! {
        p class="rg-places" {
            a class={ "rg-button " (class) } href={ "/" (restream.slug) "/live" } { (words.get("live")) }
            @if restream.indices_template != NONE {
                a class="rg-button" href={ "/" (restream.slug) "/indices" } { (words.get("indices")) }
            }
        }
    }
}

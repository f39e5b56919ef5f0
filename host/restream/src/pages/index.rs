//! `/`: what is on.

use maud::{Markup, html};
use regie_core::{Actor, Role};

use super::{Page, Statics, Words, shell::bar};
use crate::directory::Entry;

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
                            p class="rg-people" {
                                (restream.participants.iter().filter(|p| !p.label.is_empty()).map(|p| p.label.as_str()).collect::<Vec<_>>().join(" · "))
                            }
                            p { a class="rg-button" href={ "/" (restream.slug) "/live" } { (words.get("live")) } }
                        }
                    }
                }
            }
        }
    };
    Page {
        words,
        title: "Régie",
        body_class: "rg-page",
        host_css: &statics.page_css,
        plugin_css: Vec::new(),
        script: "",
        nonce: "",
        data: serde_json::Value::Null,
        main,
    }
    .markup()
}

//! `/<slug>/live`: where a crew clicks and everyone watches.

use maud::{Markup, html};
use regie_core::{Actor, Role};

use super::{Block, Page, Statics, Words, shell::bar};
use crate::model::Restream;

pub struct Live<'a> {
    pub words: Words,
    pub statics: &'a Statics,
    pub nonce: &'a str,
    pub actor: &'a Actor,
    pub restream: &'a Restream,
    pub blocks: Vec<Block>,
    pub key: Option<&'a str>,
}

pub fn live(page: &Live<'_>) -> Markup {
    let Live { words, restream, actor, .. } = page;
    let path = format!("/{}/live", restream.slug);
    let actions = html! {
        p class="rg-link" role="status" { span class="rg-dot" aria-hidden="true" {} span class="rg-link-word" {} }
        a class="rg-button" href={ "/" (restream.slug) } { (words.get("overview")) }
        @if actor.role >= Role::Restreamer {
            a class="rg-button" href={ "/app/restreams/" (restream.slug) } { (words.get("control_room")) }
        } @else if actor.is_anonymous() {
            a class="rg-button" href={ "/app/login?next=" (path) } { (words.get("sign_in")) }
        }
    };
    let main = html! {
        (bar(*words, &path, &restream.title, &actions))
        main class="rg-panels" {
            @if !restream.enabled { p class="rg-note" { (words.get("hidden")) } }
            @if page.blocks.is_empty() {
                div class="rg-empty" {
                    p { (words.get("no_tracker")) }
                    p { (words.get("no_tracker_hint")) }
                }
            }
            @for block in &page.blocks {
                section class="rg-panel" {
                    @if block.snapshot.is_none() { p class="rg-note" { (words.get("no_plugin")) } }
                    (block.markup(None))
                }
            }
        }
    };
    Page {
        words: *words,
        title: &restream.title,
        body_class: "rg-page rg-live",
        host_css: &page.statics.page_css,
        plugin_css: super::shell_css(&page.blocks),
        script: &page.statics.live_js,
        nonce: page.nonce,
        data: serde_json::json!({"key": page.key, "locale": words.locale, "words": words.runtime()}),
        main,
    }
    .markup()
}

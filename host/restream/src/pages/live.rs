//! `/<slug>/live`: where a crew clicks and everyone watches.

use maud::{Markup, html};
use regie_core::{Actor, Role};

use super::{
    INDICES, Page, Panel, Scripted, Statics, Words, bar, keys, link_state,
    panel::{arrange, jumps},
    stylesheets,
};
use crate::model::Restream;

pub struct Live<'a> {
    pub words: Words,
    pub statics: &'a Statics,
    pub nonce: &'a str,
    pub actor: &'a Actor,
    /// What they may do with this restream.
    pub role: Role,
    pub restream: &'a Restream,
    /// Panels with a tracker, and the hint sheet (key `indices`) where there is one.
    pub panels: Vec<Panel>,
    /// `(panel, span)` as `layout.live` says; empty: one panel has the whole width, more of them half.
    pub layout: Vec<(&'a str, u8)>,
    pub scripted: Option<Scripted>,
    pub key: Option<&'a str>,
}

pub fn live(page: &Live<'_>) -> Markup {
    let Live { words, restream, .. } = page;
    let path = format!("/{}/live", restream.slug);
    let panels = arrange(&page.panels, &page.layout);
    let editor = page.panels.iter().any(|panel| panel.editable);
    let main = html! {
        a class="rg-skip" href="#main" { (words.get("skip")) }
        (bar(*words, &path, &restream.title, &actions(page, &path)))
        main id="main" class="rg-panels" {
            @if !restream.enabled { p class="rg-note" { (words.get("hidden")) } }
            @if panels.is_empty() {
                div class="rg-empty" {
                    p { (words.get("no_tracker")) }
                    p { (words.get("no_tracker_hint")) }
                }
            } @else {
                // Whoever edits is in it: it has its place from the first paint.
                div class="rg-presence" hidden[!editor] {}
            }
            @for (panel, span) in &panels { (panel.markup(*words, *span, panels.len() > 1)) }
        }
        (jumps(*words, &panels))
        (keys::dialog(*words, editor))
    };
    Page {
        words: *words,
        title: &restream.title,
        body_class: "rg-page rg-live",
        host_css: vec![&page.statics.page_css],
        plugin_css: stylesheets(page.panels.iter().map(|panel| &panel.block)),
        script: &page.statics.live_js,
        further: vec![if editor { &page.statics.crew_js } else { "" }],
        nonce: page.nonce,
        data: data(*words, page.key, &restream.slug, &page.panels),
        main,
        tail: Scripted::tail(page.scripted.as_ref(), page.nonce),
    }
    .markup()
}

/// What the runtime of a page with panels reads at its start.
pub fn data(words: Words, key: Option<&str>, slug: &str, panels: &[Panel]) -> serde_json::Value {
    let sheet = panels.iter().any(|panel| panel.key == INDICES && panel.editable);
    serde_json::json!({
        "key": key,
        "locale": words.locale,
        "words": words.runtime(),
        "presence": format!("presence/{slug}"),
        "here": panels.iter().any(|panel| panel.editable),
        "completions": sheet.then(|| format!("/{slug}/indices/completions")),
    })
}

fn actions(page: &Live<'_>, path: &str) -> Markup {
    let Live { words, restream, .. } = page;
    let slug = &restream.slug;
    html! {
        (link_state())
        (keys::button(*words))
        @if page.role >= Role::Restreamer {
            details class="rg-menu" {
                summary class="rg-button" { (words.get("menu")) }
                ul {
                    li { a href={ "/app/restreams/" (slug) } { (words.get("control_room")) } }
                    li { a href={ "/app/restreams/" (slug) "/edit" } { (words.get("edit")) } }
                    li { a href={ "/" (slug) } { (words.get("overview")) } }
                    @if page.panels.iter().any(|panel| panel.key == INDICES) {
                        li { a href={ "/" (slug) "/indices" } { (words.get("indices")) } }
                    }
                }
            }
        } @else {
            a class="rg-button" href={ "/" (slug) } { (words.get("overview")) }
        }
        @if page.actor.is_anonymous() {
            a class="rg-button" href={ "/app/login?next=" (path) } { (words.get("sign_in")) }
        }
    }
}

//! `/<slug>/indices`: the hint sheet by itself. Where there is none, the address is not found.

use maud::{Markup, html};

use super::{Page, Panel, Statics, Words, bar, keys, link_state, live, stylesheets};
use crate::model::Restream;

pub struct Indices<'a> {
    pub words: Words,
    pub statics: &'a Statics,
    pub nonce: &'a str,
    pub restream: &'a Restream,
    /// Its key is `indices`.
    pub panel: Panel,
    pub key: Option<&'a str>,
}

pub fn indices(page: &Indices<'_>) -> Markup {
    let Indices { words, restream, panel, .. } = page;
    let path = format!("/{}/indices", restream.slug);
    let actions = html! {
        (link_state())
        (keys::button(*words))
        a class="rg-button" href={ "/" (restream.slug) "/live" } { (words.get("live")) }
    };
    let main = html! {
        a class="rg-skip" href="#main" { (words.get("skip_indices")) }
        (bar(*words, &path, &restream.title, &actions))
        main id="main" class="rg-panels" {
            @if !restream.enabled { p class="rg-note" { (words.get("hidden")) } }
            div class="rg-presence" hidden[!panel.editable] {}
            (panel.markup(*words, 12, true))
        }
        (keys::dialog(*words, panel.editable))
    };
    Page {
        words: *words,
        title: &restream.title,
        body_class: "rg-page rg-live",
        host_css: vec![&page.statics.page_css],
        plugin_css: stylesheets([&panel.block]),
        script: &page.statics.live_js,
        further: vec![if panel.editable { &page.statics.crew_js } else { "" }],
        nonce: page.nonce,
        data: live::data(*words, page.key, &restream.slug, std::slice::from_ref(panel)),
        main,
        tail: html! {},
    }
    .markup()
}

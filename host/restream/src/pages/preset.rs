//! `/preset/<type>/<slug>/editor`: a preset as its plugin's `editor` surface shows it, for the app to frame.

use maud::{Markup, html};

use super::{Block, Page, Statics, Words, keys, link_state, panel::tools, stylesheets};

pub struct Preset<'a> {
    pub words: Words,
    pub statics: &'a Statics,
    pub nonce: &'a str,
    pub label: &'a str,
    /// Of topic `preset/<type>/<slug>`, surface `editor`.
    pub block: Block,
    pub editable: bool,
}

pub fn preset(page: &Preset<'_>) -> Markup {
    let Preset { words, label, block, .. } = page;
    let main = html! {
        main id="main" class="rg-panels" {
            section class="rg-panel" data-rg-panel="preset" aria-labelledby="rg-preset" style="--rg-span:12" {
                header class="rg-panel-head" {
                    h1 id="rg-preset" class="rg-title" { (label) }
                    (link_state())
                    @if page.editable { (tools(*words, label)) }
                }
                // Plugins head their groups as below a panel's own heading.
                h2 class="rg-unseen" { (block.name) }
                (block.markup(None))
                // Shown by the stylesheet while the block is empty: it fills when its plugin is back.
                @if block.snapshot.is_none() { p class="rg-note rg-away" { (words.get("no_plugin")) } }
            }
        }
        (keys::dialog(*words, page.editable))
    };
    Page {
        words: *words,
        title: label,
        body_class: "rg-page rg-live rg-framed",
        host_css: vec![&page.statics.page_css],
        plugin_css: stylesheets([block]),
        script: &page.statics.live_js,
        // Sheets are not presets: nothing to complete, and granted scripts never load in an editor.
        further: Vec::new(),
        nonce: page.nonce,
        data: serde_json::json!({"key": null, "locale": words.locale, "words": words.runtime()}),
        main,
        tail: html! {},
    }
    .markup()
}

//! The frame of every server-rendered page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Scripted, Words, scripted::in_script};

/// Hashed names of the host's own assets, below `/static/`.
#[derive(Debug, Clone, Default)]
pub struct Statics {
    pub live_js: String,
    /// What a live page needs only for those who edit.
    pub crew_js: String,
    pub overlay_js: String,
    pub page_css: String,
    pub overlay_css: String,
}

/// What a page puts into the frame.
pub struct Page<'a> {
    pub words: Words,
    pub title: &'a str,
    pub body_class: &'a str,
    /// Path of the host's stylesheet below `/static/`.
    pub host_css: &'a str,
    /// `(plugin id, url)`: the runtime swaps those of a plugin that is replaced.
    pub plugin_css: Vec<(String, String)>,
    /// Path of the runtime below `/static/`; empty: the page has no script.
    pub script: &'a str,
    /// A second script of the host's, loaded after the runtime; empty: none.
    pub crew_script: &'a str,
    pub scripted: Option<&'a Scripted>,
    pub nonce: &'a str,
    /// What the runtime reads at its start.
    pub data: serde_json::Value,
    pub main: Markup,
}

impl Page<'_> {
    pub fn markup(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.words.locale) data-link=[(!self.script.is_empty()).then_some("connecting")] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href={ "/static/" (self.host_css) };
                    @for (plugin, url) in &self.plugin_css {
                        link rel="stylesheet" href=(url) data-rg-css=(plugin);
                    }
                }
                body class=(self.body_class) {
                    (self.main)
                    @if !self.script.is_empty() {
                        script type="application/json" id="rg-page" nonce=(self.nonce) { (PreEscaped(in_script(&self.data))) }
                        script type="module" nonce=(self.nonce) src={ "/static/" (self.script) } {}
                        @if !self.crew_script.is_empty() {
                            script type="module" nonce=(self.nonce) src={ "/static/" (self.crew_script) } {}
                        }
                        @if let Some(scripted) = self.scripted { (scripted.markup(self.nonce)) }
                    }
                }
            }
        }
    }
}

/// The bar on top of pages for people.
pub fn bar(words: Words, path: &str, title: &str, actions: &Markup) -> Markup {
    let (other, name) = if words.locale == "fr" { ("en", "English") } else { ("fr", "Français") };
    html! {
        header class="rg-bar" {
            a class="rg-home" href="/" { "Régie" }
            h1 class="rg-title" { (title) }
            nav class="rg-actions" {
                (actions)
                a class="rg-lang" href={ (path) "?lang=" (other) } hreflang=(other) lang=(other) { (name) }
            }
        }
    }
}

/// A page in place of one that is not there.
pub fn not_found(words: Words, statics: &Statics) -> Markup {
    Page {
        words,
        title: words.get("not_found"),
        body_class: "rg-page",
        host_css: &statics.page_css,
        plugin_css: Vec::new(),
        script: "",
        crew_script: "",
        scripted: None,
        nonce: "",
        data: serde_json::Value::Null,
        main: html! {
            (bar(words, "/", words.get("not_found"), &html! {}))
            main class="rg-empty" {
                p { (words.get("not_found_hint")) }
                p { a class="rg-button" href="/" { (words.get("restreams")) } }
            }
        },
    }
    .markup()
}

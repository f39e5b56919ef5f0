//! The frame of every server-rendered page.

use maud::{DOCTYPE, Markup, html};

use super::Words;

/// Hashed names of the host's own assets, below `/static/`.
#[derive(Debug, Clone, Default)]
pub struct Statics {
    pub live_js: String,
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
    pub nonce: &'a str,
    /// What the runtime reads at its start.
    pub data: serde_json::Value,
    pub main: Markup,
}

impl Page<'_> {
    pub fn markup(&self) -> Markup {
        // A `<` inside the JSON could end the element; as an escape it cannot.
        let data = self.data.to_string().replace('<', "\\u003c");
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
                        script type="application/json" id="rg-page" nonce=(self.nonce) { (maud::PreEscaped(data)) }
                        script type="module" nonce=(self.nonce) src={ "/static/" (self.script) } {}
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

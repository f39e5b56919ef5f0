//! The frame of every server-rendered page.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use crate::Words;

/// Hashed names of the host's own assets, below `/static/`.
#[derive(Debug, Clone, Default)]
pub struct Statics {
    pub live_js: String,
    /// What a live page needs only for those who edit.
    pub crew_js: String,
    pub overlay_js: String,
    /// Times, countdowns and buttons of races.
    pub race_js: String,
    /// The time slider of a race that is over.
    pub replay_js: String,
    pub page_css: String,
    pub race_css: String,
    pub overlay_css: String,
}

/// What a page puts into the frame.
pub struct Page<'a> {
    pub words: Words,
    pub title: &'a str,
    pub body_class: &'a str,
    /// Paths of the host's stylesheets below `/static/`.
    pub host_css: Vec<&'a str>,
    /// `(plugin id, url)`: the runtime swaps those of a plugin that is replaced.
    pub plugin_css: Vec<(String, String)>,
    /// Path of the runtime below `/static/`; empty: nothing keeps the page live.
    pub script: &'a str,
    /// Further scripts of the host's, loaded after the runtime; an empty one is none.
    pub further: Vec<&'a str>,
    pub nonce: &'a str,
    /// What the scripts read at their start.
    pub data: Value,
    pub main: Markup,
    /// After the scripts.
    pub tail: Markup,
}

impl<'a> Page<'a> {
    /// A page without any script.
    pub fn still(words: Words, title: &'a str, host_css: &'a str, main: Markup) -> Self {
        Self {
            words,
            title,
            body_class: "rg-page",
            host_css: vec![host_css],
            plugin_css: Vec::new(),
            script: "",
            further: Vec::new(),
            nonce: "",
            data: Value::Null,
            main,
            tail: html! {},
        }
    }

    pub fn markup(&self) -> Markup {
        let linked = !self.script.is_empty();
        let scripts: Vec<_> =
            std::iter::once(&self.script).chain(&self.further).filter(|name| !name.is_empty()).collect();
        html! {
            (DOCTYPE)
            html lang=(self.words.locale) data-link=[linked.then_some("connecting")] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    link rel="icon" href="data:,";
                    @for css in &self.host_css { link rel="stylesheet" href={ "/static/" (css) }; }
                    @for (plugin, url) in &self.plugin_css {
                        link rel="stylesheet" href=(url) data-rg-css=(plugin);
                    }
                }
                body class=(self.body_class) {
                    (self.main)
                    @if !scripts.is_empty() {
                        script type="application/json" id="rg-page" nonce=(self.nonce) { (PreEscaped(in_script(&self.data))) }
                        @for name in scripts { script type="module" nonce=(self.nonce) src={ "/static/" (name) } {} }
                    }
                    (self.tail)
                }
            }
        }
    }
}

/// JSON as it may stand in a script element: a `<` could end it or begin a comment; as an escape it cannot.
pub fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
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

/// How the link is, as a dot and a word; the runtime fills it.
pub fn link_state() -> Markup {
    html! {
        p class="rg-link" role="status" { span class="rg-dot" aria-hidden="true" {} span class="rg-link-word" {} }
    }
}

/// Where a visitor is led who found nothing.
pub struct Absent {
    /// Key of the sentence that says why there may be nothing.
    pub hint: &'static str,
    /// A list to look in, and the key of its name.
    pub list: (&'static str, &'static str),
}

/// A page in place of one that is not there.
pub fn not_found(words: Words, statics: &Statics, absent: &Absent) -> Markup {
    let (href, name) = absent.list;
    let main = html! {
        (bar(words, href, words.get("not_found"), &html! {}))
        main class="rg-empty" {
            p { (words.get(absent.hint)) }
            p { a class="rg-button" href=(href) { (words.get(name)) } }
        }
    };
    Page::still(words, words.get("not_found"), &statics.page_css, main).markup()
}

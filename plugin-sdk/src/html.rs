//! Accessible building blocks that the host's sanitiser passes unchanged.
//!
//! What passes: structure, text, tables, forms without `action`, inline SVG shapes, media of the plugin's own assets, `class` (none
//! that starts with `rg-`), `aria-*`, `role`, `title`, `data-do`, `data-do-alt`, `data-key`, `data-x-*` and no other `data-*`,
//! no `id`, custom properties in `style`.

use std::fmt::Display;

use maud::{Markup, html};
use serde::Serialize;

use crate::View;

/// What `render` answers: text in it is escaped.
pub type Html = Markup;

impl View<'_> {
    /// Something that can be clicked, where the person may act; the same picture with the same name where not.
    ///
    /// The name says what it is *and* its state: "Bow, 2 of 3".
    pub fn button(&self, name: impl Into<String>) -> Button {
        Button {
            name: name.into(),
            can_edit: self.can_edit,
            class: None,
            key: None,
            act: None,
            alt: None,
            title: None,
        }
    }

    /// An image of the plugin's assets that says nothing which the text around it does not say.
    /// It loads after the first picture of the page is on the screen, which fifty of them would hold up.
    pub fn icon(&self, path: &str) -> Html {
        html! { img class="icon" src={ (self.assets) (path) } alt="" loading="lazy"; }
    }
}

#[derive(Debug, Clone)]
#[must_use = "a button is nothing until it has a body"]
pub struct Button {
    name: String,
    can_edit: bool,
    class: Option<String>,
    key: Option<String>,
    act: Option<String>,
    alt: Option<String>,
    title: Option<String>,
}

impl Button {
    /// Action of a left click, Enter and Space. An action is plain data; one that cannot be JSON is left out.
    pub fn act(mut self, action: impl Serialize) -> Self {
        self.act = serde_json::to_string(&action).ok();
        self
    }

    /// The same, only where `may`; else it is the picture of itself, even for people who may act elsewhere.
    pub fn act_where(self, may: bool, action: impl Serialize) -> Self {
        if may { self.act(action) } else { self }
    }

    /// Action of a right click, Backspace and a long press.
    pub fn alt(mut self, action: impl Serialize) -> Self {
        self.alt = serde_json::to_string(&action).ok();
        self
    }

    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = Some(class.into());
        self
    }

    /// Names the element among its siblings while the page is morphed.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    pub fn body(self, body: impl maud::Render) -> Html {
        let Self { name, can_edit, class, key, act, alt, title } = self;
        if can_edit && act.is_some() {
            html! {
                button class=[class] aria-label=(name) title=[title] data-key=[key] data-do=[act] data-do-alt=[alt] type="button" {
                    (body)
                }
            }
        } else {
            html! { span class=[class] role="img" aria-label=(name) title=[title] data-key=[key] { (body) } }
        }
    }
}

/// Level pips, `level` of `max` filled. A picture of what the name of the element around it says in words.
pub fn pips(level: u32, max: u32) -> Html {
    html! {
        span class="pips" aria-hidden="true" {
            @for step in 1..=max { span class=(if step <= level { "pip on" } else { "pip" }) {} }
        }
    }
}

/// A number or a word on a plate in the corner of an icon.
pub fn plate(text: impl Display) -> Html {
    html! { span class="plate" aria-hidden="true" { (text.to_string()) } }
}

/// A bar that is `value` of `max` full: style it with `width: calc(100% * var(--level))`.
pub fn meter(name: &str, value: u32, max: u32) -> Html {
    let level = if max == 0 { 0.0 } else { f64::from(value.min(max)) / f64::from(max) };
    html! {
        span class="meter" role="meter" aria-label=(name) aria-valuemin="0" aria-valuemax=(max) aria-valuenow=(value) {
            span class="meter-bar" style={ "--level: " (format!("{level:.3}")) } {}
        }
    }
}

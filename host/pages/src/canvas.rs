//! Overlays: graphics on video. Transparent, read-only, the canvas of the overlay's own size.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Block, Page, Statics, Words, stylesheets};

/// What the address of an overlay may say about its look.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Options {
    /// 0.25 to 4.
    pub scale: Option<f32>,
    /// `left`, `center` or `right`.
    pub align: Option<String>,
    /// `0`: no names.
    pub labels: Option<String>,
    /// `0`: no plate behind the graphics.
    pub plate: Option<String>,
}

pub struct Canvas<'a> {
    pub words: Words,
    pub statics: &'a Statics,
    pub nonce: &'a str,
    pub title: &'a str,
    pub width: u32,
    pub height: u32,
    pub options: &'a Options,
    pub picture: Picture,
    /// Further custom properties of the canvas, each after a `;`.
    pub properties: String,
    /// Further fields of what the page's script reads.
    pub data: Map<String, Value>,
    /// What stands after the page's scripts.
    pub tail: Markup,
    pub key: Option<&'a str>,
}

/// What is on the canvas.
pub enum Picture {
    /// Blocks as large as the canvas, lowest first: mostly one.
    Layers(Vec<Block>),
    /// Each in a place of its own, lowest first.
    Composed(Vec<Placed>),
}

/// A block on the composed overlay.
pub struct Placed {
    pub block: Block,
    /// Left upper corner on the canvas, in pixels.
    pub x: f32,
    pub y: f32,
    /// 0.25 to 4.
    pub scale: f32,
    /// The size of its own canvas, as its `[[overlay]]` says.
    pub width: u32,
    pub height: u32,
}

impl Picture {
    fn blocks(&self) -> Vec<&Block> {
        match self {
            Self::Layers(blocks) => blocks.iter().collect(),
            Self::Composed(placed) => placed.iter().map(|placed| &placed.block).collect(),
        }
    }

    fn markup(&self, style: &str) -> Markup {
        html! {
            @match self {
                Self::Layers(blocks) => @for block in blocks { (block.markup(Some(style))) },
                Self::Composed(placed) => @for one in placed {
                    // Two elements: a zoomed one counts its own position in zoomed pixels.
                    div class="rg-place" style={ "left:" (finite(one.x)) "px;top:" (finite(one.y)) "px" } {
                        (one.block.markup(Some(&format!(
                            "{style};width:{}px;height:{}px;zoom:{}", one.width, one.height, scale(Some(one.scale))
                        ))))
                    }
                },
            }
        }
    }
}

pub fn overlay(page: &Canvas<'_>) -> Markup {
    let align = match page.options.align.as_deref() {
        Some("center") => "center",
        Some("right") => "end",
        _ => "start",
    };
    let canvas = format!(
        "--rg-width:{}px;--rg-height:{}px;--rg-scale:{};--rg-align:{align}{}",
        page.width,
        page.height,
        scale(page.options.scale),
        page.properties
    );
    let off = |option: &Option<String>| option.as_deref() == Some("0");
    // A plugin's stylesheet reads these: `display: var(--overlay-labels, block)`.
    let mut style = format!("--overlay-align:{align}");
    if off(&page.options.labels) {
        style.push_str(";--overlay-labels:none");
    }
    if off(&page.options.plate) {
        style.push_str(";--overlay-plate:0");
    }
    Page {
        words: page.words,
        title: page.title,
        body_class: "obs-overlay",
        host_css: vec![&page.statics.overlay_css],
        plugin_css: stylesheets(page.picture.blocks()),
        script: &page.statics.overlay_js,
        further: Vec::new(),
        nonce: page.nonce,
        data: data(page),
        main: html! {
            main class="rg-canvas" aria-label=(page.title) style=(canvas) {
                h1 class="rg-unseen" { (page.title) }
                (page.picture.markup(&style))
            }
        },
        tail: page.tail.clone(),
    }
    .markup()
}

fn data(page: &Canvas<'_>) -> Value {
    let own = [("key", page.key.into()), ("locale", page.words.locale.into())];
    let own = own.into_iter().map(|(name, value): (_, Value)| (name.to_owned(), value));
    Value::Object(own.chain(page.data.clone()).collect())
}

fn scale(asked: Option<f32>) -> f32 {
    asked.filter(|scale| scale.is_finite()).unwrap_or(1.0).clamp(0.25, 4.0)
}

fn finite(length: f32) -> f32 {
    if length.is_finite() { length } else { 0.0 }
}

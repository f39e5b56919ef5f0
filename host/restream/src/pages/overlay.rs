//! `/<slug>/overlay`: graphics on video. Transparent, read-only, the canvas of the overlay's own size.

use maud::{Markup, html};
use serde::Deserialize;

use super::{Block, Page, Statics, Words, shell_css};

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
    pub block: Block,
    pub key: Option<&'a str>,
}

pub fn overlay(page: Canvas<'_>) -> Markup {
    let scale = page.options.scale.filter(|s| s.is_finite()).unwrap_or(1.0).clamp(0.25, 4.0);
    let align = match page.options.align.as_deref() {
        Some("center") => "center",
        Some("right") => "end",
        _ => "start",
    };
    let canvas = format!(
        "--rg-width:{}px;--rg-height:{}px;--rg-scale:{scale};--rg-align:{align}",
        page.width, page.height
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
    let css = shell_css(std::slice::from_ref(&page.block));
    Page {
        words: page.words,
        title: page.title,
        body_class: "obs-overlay",
        host_css: &page.statics.overlay_css,
        plugin_css: css,
        script: &page.statics.overlay_js,
        nonce: page.nonce,
        data: serde_json::json!({"key": page.key, "locale": page.words.locale}),
        main: html! {
            main class="rg-canvas" aria-label=(page.title) style=(canvas) {
                h1 class="rg-unseen" { (page.title) }
                (page.block.markup(Some(&style)))
            }
        },
    }
    .markup()
}

//! What both layers of the map share: the picture, the window that may follow the leaders, and lines.
//!
//! An overlay page may show a part of the map, larger: `?follow=true&maxLayers=8`. It says so by custom properties on an element
//! around both layers, and the style sheet does the rest:
//!
//! - `--map-follow` (0 or 1) and `--map-layers` (how many are to be seen), from the address;
//! - `--map-x` and `--map-y`, where the leader is. The layer of the runners tells them in `data-x-share`, a list of custom
//!   properties that whoever puts its block on a page copies to the element around both layers.
//!
//! Without them the map is shown whole.

use maud::html;
use regie_sdk::Html;

use crate::map::{BOTTOM, Canvas, HEIGHT, Layout, Link, TOP, WIDTH, beside, number, rounded};

/// Corners are rounded this far from where two segments meet.
const CORNER: f64 = 14.0;

/// A layer of the map: `map` lies in the window, `around` does not move.
pub struct Layer<'a> {
    pub class: &'a str,
    /// What it shows, in words.
    pub label: String,
    pub columns: usize,
    pub share: Option<String>,
    pub map: Html,
    pub around: Html,
}

pub fn layer(Layer { class, label, columns, share, map, around }: Layer) -> Html {
    let top = TOP - 4.0;
    let window = format!("0 {top} {WIDTH} {}", BOTTOM - top);
    let class = format!("dag map {class}");
    html! {
        div class=(class) style={ "--map-columns: " (columns.max(1)) } data-x-share=[share] {
            svg class="picture" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(label) focusable="false" {
                svg x="0" y=(top) width=(WIDTH) height=(BOTTOM - top) viewBox=(window) {
                    g class="window" { (map) }
                }
                (around)
            }
        }
    }
}

/// The paths of these links.
pub fn lines(canvas: &Canvas, links: &[Link]) -> String {
    links.iter().map(|link| rounded(&canvas.line(&link.points), CORNER)).collect()
}

/// The path of a link some pixels beside its middle; always the same side, whichever way it is walked.
pub fn trail(canvas: &Canvas, layout: &Layout, (from, to): (&str, &str), by: f64) -> Option<String> {
    Some(trail_along(canvas, &layout.route(from, to)?, by))
}

pub fn trail_along(canvas: &Canvas, points: &[crate::map::Point], by: f64) -> String {
    let mut points = canvas.line(points);
    if points.first() > points.last() {
        points.reverse();
    }
    rounded(&beside(&points, by), CORNER)
}

/// Something at a point of the map that keeps its size when the window shows it larger.
pub fn pinned(class: &str, [x, y]: [f64; 2], body: &Html) -> Html {
    let place = format!("translate({} {})", number(x), number(y));
    html! { g class=(class) transform=(place) { g class="pinned" { (body) } } }
}

//! The lower layer of the map: lines, stations and names. It is drawn once for what was revealed.

use maud::html;
use regie_sdk::{Html, View};
use serde::Deserialize;

use super::chart::{Layer, layer, lines, pinned, trail_along};
use super::look;
use crate::graph::{Graph, HIDDEN, Revealed, Way};
use crate::map::{Canvas, Document, LINE, Named, Sign, rank, shape, signs};
use crate::shown::Runner;

/// Of names, in pixels of the picture.
const SIZE: f64 = 22.0;
/// Where a window shows the map at least this much larger, it has room for more names.
const CLOSE: f64 = 2.0;

pub fn base(view: &View) -> Html {
    let revealed: Option<Revealed> = view.revealed().ok().flatten();
    let map = revealed.and_then(|one| Some((Document::deserialize(&one.layout).ok()?, one)));
    match map {
        Some((document, revealed)) => drawn(&document, &revealed, view),
        // Nothing is revealed. The upper layer says why.
        None => html! {},
    }
}

fn drawn(map: &Document, revealed: &Revealed, view: &View) -> Html {
    let canvas = Canvas::new(map.width, map.height);
    let graph = &revealed.graph;
    let stations: Vec<Station> =
        map.stations.iter().map(|(id, place)| station(id, canvas.at(*place), graph)).collect();
    let d = lines(&canvas, &map.links);
    let way = revealed.way.as_ref();
    let drawn = html! {
        path class="casing" d=(d) {}
        path class="line" d=(d) {}
        @if let Some(way) = way { (walked(way, map, &canvas)) }
        g class="stations" {
            @for one in &stations { (pinned("station", one.at, &html! { title { (one.full) } (shape(one.kind)) })) }
        }
        (names(&stations, map, &canvas))
        @if let Some(way) = way { (head(way, map, &canvas)) }
    };
    let label = format!(
        "{}: {} {}, {} {}",
        view.t("Map", "Carte"),
        map.layers.len(),
        view.t("layers", "couches"),
        stations.len(),
        view.t("places", "lieux"),
    );
    layer(Layer {
        class: "base",
        label,
        columns: map.layers.len(),
        share: None,
        map: drawn,
        around: axis(map, &canvas),
    })
}

struct Station<'a> {
    at: [f64; 2],
    kind: &'a str,
    name: &'a str,
    /// For who points at it.
    full: String,
}

fn station<'a>(id: &str, at: [f64; 2], graph: &'a Graph) -> Station<'a> {
    let Some(node) = graph.nodes.get(id) else {
        return Station { at, kind: HIDDEN, name: "", full: "?".into() };
    };
    let full = if node.kind == HIDDEN { "?".into() } else { node.display_name.clone() };
    let tier = node.tier.map(|tier| format!(" · {tier}")).unwrap_or_default();
    Station { at, kind: &node.kind, name: &node.display_name, full: full + &tier }
}

fn names(stations: &[Station], map: &Document, canvas: &Canvas) -> Html {
    let named: Vec<Named> = stations
        .iter()
        .map(|station| Named { name: station.name, at: station.at, rank: rank(station.kind) })
        .collect();
    let lines: Vec<_> = map.links.iter().map(|link| canvas.line(&link.points)).collect();
    let (far, close) = (signs(&named, &lines, SIZE, 1.0), signs(&named, &lines, SIZE, CLOSE));
    html! {
        g class="names far" { @for sign in &far { (written(sign, stations)) } }
        g class="names close" { @for sign in &close { (written(sign, stations)) } }
    }
}

fn written(sign: &Sign, stations: &[Station]) -> Html {
    let station = &stations[sign.station];
    let [x, y] = sign.offset.map(f64::round);
    let turn = (sign.turn != 0).then(|| format!("rotate({} {x} {y})", sign.turn));
    let grand = rank(station.kind) < 2;
    let text = html! {
        text class=[grand.then_some("grand")] x=(x) y=(y) text-anchor=(sign.anchor) transform=[turn] {
            @if let [only] = &sign.lines[..] {
                (only)
            } @else {
                @for (index, line) in sign.lines.iter().enumerate() {
                    tspan x=(x) dy=(if index == 0 { 0.0 } else { (SIZE * LINE).round() }) { (line) }
                }
            }
        }
    };
    pinned("name", station.at, &text)
}

/// The numbers of the layers, above the map. They move along with it, but not up or down.
fn axis(map: &Document, canvas: &Canvas) -> Html {
    html! {
        g class="axis" aria-hidden="true" {
            @for column in &map.layers {
                g transform={ "translate(" (crate::map::number(canvas.x(column.x))) " 34)" } {
                    text class="number" text-anchor="middle" { (column.layer) }
                }
            }
        }
    }
}

/// The way of the one runner that this map is about.
fn walked(way: &Way, map: &Document, canvas: &Canvas) -> Html {
    let look = look::look(way.slot);
    let taken = |from: &str, to: &str| {
        way.links
            .iter()
            .any(|edge| (edge.from == from && edge.to == to) || (edge.from == to && edge.to == from))
    };
    let links = map.links.iter().filter(|link| taken(&link.from, &link.to));
    let d: String = links.map(|link| trail_along(canvas, &link.points, 0.0)).collect();
    html! {
        g class="trails" { path class="trail" d=(d) stroke=(look.fill) stroke-dasharray=[Some(look.dash).filter(|dash| !dash.is_empty())] {} }
    }
}

fn head(way: &Way, map: &Document, canvas: &Canvas) -> Html {
    let at = way.at.as_ref().and_then(|at| map.stations.get(at));
    let runner = Runner { slot: way.slot, ..Runner::default() };
    html! {
        @if let Some(place) = at { (pinned("here", canvas.at(*place), &look::head(&runner, [0.0, 0.0]))) }
    }
}

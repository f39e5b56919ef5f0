//! The upper layer of the map: where everybody is and went, and who they are.

use std::collections::{BTreeMap, BTreeSet};

use maud::html;
use regie_sdk::{Html, View};
use serde::Deserialize;

use super::chart::{Layer, layer, pinned, trail};
use super::{legend, look, row, veil};
use crate::map::{Canvas, Layout, WIDTH, number, shape};
use crate::shown::{Runner, Shown};

/// From one trail to the next, in pixels, while there is room between two lanes.
const APART: f64 = 5.0;
const BUNDLE: f64 = 30.0;
/// From one badge to the next where several share a station.
const PITCH: f64 = 34.0;
/// More than this stand side by side even where columns are narrow.
const STACK: usize = 4;

pub fn runners(shown: &Shown, view: &View) -> Html {
    let layout = shown.layout.as_ref().and_then(|layout| Layout::deserialize(layout).ok());
    let hidden = veil::why(shown, view).filter(|_| layout.is_none());
    let (map, columns, share) = match &layout {
        Some(layout) => {
            let canvas = Canvas::new(layout.width, layout.height);
            (drawn(shown, layout, &canvas), layout.columns.len(), leader(shown, layout, &canvas))
        }
        None => (html! { @if hidden.is_some() { (veil::veil()) } }, 1, None),
    };
    let around = html! {
        @if let Some(why) = hidden { (veil::notice(why)) }
        (legend::legend(shown, view))
    };
    layer(Layer { class: "runners", label: label(shown, view), columns, share, map, around })
}

/// The picture in words: how everybody stands.
fn label(shown: &Shown, view: &View) -> String {
    let spoken: Vec<String> = shown.runners.iter().map(|one| row::spoken(one, shown, None, view)).collect();
    let nobody = || view.t("Nobody takes part yet", "Personne ne participe pour l’instant").to_owned();
    Some(spoken.join("; ")).filter(|spoken| !spoken.is_empty()).unwrap_or_else(nobody)
}

fn drawn(shown: &Shown, layout: &Layout, canvas: &Canvas) -> Html {
    html! {
        g class="trails" { (trails(shown, layout, canvas)) }
        // Trails lie over the lower layer: what they cover of it is drawn again.
        g class="stations" {
            @for (id, spot) in &shown.nodes {
                @if let Some(place) = layout.at(id) { (pinned("station", canvas.at(place), &shape(&spot.kind))) }
            }
        }
        g class="heads" { (heads(shown, layout, canvas)) }
    }
}

/// One path a runner: everybody who walked a line lies beside the others there, in the order of slots.
fn trails(shown: &Shown, layout: &Layout, canvas: &Canvas) -> Html {
    let mut walkers: BTreeMap<(&str, &str), BTreeSet<u32>> = BTreeMap::new();
    for runner in &shown.runners {
        let visits = runner.way.as_ref().map_or(&[][..], |way| &way.history);
        for pair in visits.windows(2) {
            let (from, to) = (pair[0].node.as_str(), pair[1].node.as_str());
            walkers.entry((from.min(to), from.max(to))).or_default().insert(runner.slot);
        }
    }
    let mut paths: BTreeMap<u32, (f64, String)> = BTreeMap::new();
    for (ends, slots) in &walkers {
        let apart = APART.min(BUNDLE / slots.len() as f64);
        let middle = (slots.len() - 1) as f64 / 2.0;
        for (index, slot) in slots.iter().enumerate() {
            // Who came back by another way than a line has not walked one.
            let Some(d) = trail(canvas, layout, *ends, (index as f64 - middle) * apart) else { continue };
            let path = paths.entry(*slot).or_insert((apart, String::new()));
            path.0 = path.0.min(apart);
            path.1 += &d;
        }
    }
    html! {
        @for (slot, (apart, d)) in &paths {
            @let look = look::look(*slot);
            g data-key={ "t" (slot) } {
                path class="trail under" d=(d) stroke-width=(number(apart + 1.0)) {}
                path class="trail" d=(d) stroke=(look.fill) stroke-width=(number(apart - 0.6))
                    stroke-dasharray=[Some(look.dash).filter(|dash| !dash.is_empty())] {}
            }
        }
    }
}

fn heads(shown: &Shown, layout: &Layout, canvas: &Canvas) -> Html {
    let mut stations: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut runners: Vec<(&Runner, &str)> =
        shown.runners.iter().filter_map(|runner| Some((runner, runner.way.as_ref()?.at.as_str()))).collect();
    // By slot, so that badges change places on the map and not in the document.
    runners.sort_by_key(|(runner, _)| runner.slot);
    for (runner, at) in &runners {
        stations.entry(at).or_default().push(runner.slot);
    }
    let gaps = layout.columns.windows(2).map(|pair| canvas.x(pair[1].x) - canvas.x(pair[0].x));
    let beside = (gaps.fold(WIDTH, f64::min) / PITCH).floor().max(1.0) as usize;
    html! {
        @for (runner, id) in runners {
            @if let (Some(place), Some(there)) = (layout.at(id), stations.get(id)) {
                @let index = there.iter().take_while(|slot| **slot < runner.slot).count();
                (moving(runner.slot, canvas.at(place), &look::head(runner, spot(index, there.len(), beside))))
            }
        }
    }
}

/// A badge that glides to where it is next.
fn moving(slot: u32, [x, y]: [f64; 2], head: &Html) -> Html {
    html! {
        g class="at" data-key={ "a" (slot) } style={ "--x: " (number(x)) "; --y: " (number(y)) } {
            g class="pinned" { (head) }
        }
    }
}

/// Where the badge of this index stands among so many, of which `beside` have room in a row.
fn spot(index: usize, count: usize, beside: usize) -> [f64; 2] {
    let square = (1..).find(|side| side * side >= count).unwrap_or(1);
    let across = square.min(beside).max(count.div_ceil(STACK));
    let down = count.div_ceil(across);
    let middle = |cells: usize| (cells - 1) as f64 / 2.0;
    [(index % across) as f64 - middle(across), (index / across) as f64 - middle(down)]
        .map(|cell| cell * PITCH)
}

/// Where the window looks, if it follows: at the best of those under way, else of all.
fn leader(shown: &Shown, layout: &Layout, canvas: &Canvas) -> Option<String> {
    let placed =
        |runner: &&Runner| runner.way.as_ref().is_some_and(|way| layout.stations.contains_key(&way.at));
    let mut placed = shown.runners.iter().filter(placed);
    let first = placed.clone().find(|runner| runner.status == "playing").or_else(|| placed.next())?;
    let [x, y] = canvas.at(layout.at(&first.way.as_ref()?.at)?);
    Some(format!("--map-x: {}; --map-y: {}", number(x), number(y)))
}

//! The cells that every list of runners is made of.

use maud::html;
use regie_sdk::{Html, View};

use super::{figures, is, last_layer, look, name};
use crate::shown::{Runner, Sees, Shown};

/// Whose view this is, if one of those who run.
pub fn own(shown: &Shown, view: &View) -> Option<u32> {
    match shown.sees {
        Sees::Own(slot) => Some(slot),
        _ => view.slot,
    }
}

/// `row`, and what is special about it.
pub fn class(runner: &Runner, own: Option<u32>) -> String {
    let mine = if own == Some(runner.slot) { " own" } else { "" };
    format!("row {}{mine}", runner.status)
}

/// Everything the row shows, in a sentence.
pub fn spoken(runner: &Runner, shown: &Shown, own: Option<u32>, view: &View) -> String {
    let mut parts = vec![name(runner.slot, view)];
    if own == Some(runner.slot) {
        parts[0] += view.t(" (you)", " (vous)");
    }
    if has_numbers(shown) {
        parts.insert(0, format!("{}.", runner.place));
    }
    parts.push(figures::status(runner, view).into());
    if has_numbers(shown) {
        parts.push(figures::layer(runner.layer, last_layer(shown), view));
        parts.extend(runner.igt_ms.map(figures::clock));
        parts.extend(runner.gap_ms.filter(|gap| *gap != 0).map(figures::gap));
        parts.extend(runner.deaths.map(|count| figures::deaths(count, view)));
    }
    parts.join(", ").replacen(".,", ".", 1)
}

/// Before the start, and for who may know nothing, there is no place, no time and no layer.
pub fn has_numbers(shown: &Shown) -> bool {
    shown.sees != Sees::Nothing
}

pub fn place(runner: &Runner, shown: &Shown) -> Html {
    html! { span class="place" { @if has_numbers(shown) { (runner.place) } @else { "–" } } }
}

pub fn who(runner: &Runner, own: Option<u32>, view: &View) -> Html {
    html! {
        (look::badge(runner.slot))
        span class="who" { (name(runner.slot, view)) }
        @if own == Some(runner.slot) { span class="you" { (view.t("you", "vous")) } }
    }
}

/// How far: a bar of the whole, and the layer in figures.
pub fn progress(runner: &Runner, shown: &Shown) -> Html {
    let (layer, last) = (runner.layer, last_layer(shown));
    let level = if last == 0 { 0.0 } else { f64::from(layer.min(last)) / f64::from(last) };
    let fill = look::look(runner.slot).fill;
    html! {
        span class="track" style={ "--level: " (format!("{level:.3}")) "; --fill: " (fill) } { span class="bar" {} }
        span class="layer" { (layer) "/" (last) }
    }
}

/// The mark of a run that is over, or the word for one that has not begun.
pub fn mark(runner: &Runner, view: &View) -> Html {
    html! {
        @if is(runner, "finished") { span class="mark fin" { (view.t("FIN", "FIN")) } }
        @else if is(runner, "abandoned") { span class="mark out" { (view.t("OUT", "ABD")) } }
        @else if is(runner, "disqualified") { span class="mark out" { (view.t("DSQ", "DSQ")) } }
        @else if is(runner, "ready") { span class="mark set" { (view.t("READY", "PRÊT")) } }
    }
}

pub fn deaths(runner: &Runner) -> Html {
    html! {
        span class="deaths" { @if let Some(count) = runner.deaths { (look::skull()) span class="count" { (count) } } }
    }
}

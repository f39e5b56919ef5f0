//! How a runner is told from the others: by a letter, a colour and the pattern of their line, all of them from the slot.

use maud::html;
use regie_sdk::Html;

use crate::shown::Runner;

/// Okabe and Ito's colours, made a little lighter where they must be seen on black; the eighth is for all that is left.
const COLOURS: [(&str, &str); 8] = [
    ("#f0a31c", "#14161c"),
    ("#62bdf0", "#14161c"),
    ("#12b886", "#14161c"),
    ("#f3e64f", "#14161c"),
    ("#2f7fd6", "#ffffff"),
    ("#e8652a", "#14161c"),
    ("#e08fbf", "#14161c"),
    ("#f2f4f8", "#14161c"),
];

/// Of the line, in pixels drawn and left out. Who shares a colour differs in it too.
const DASHES: [&str; 9] =
    ["", "20 5", "5 4", "20 4 5 4", "36 6", "11 4", "28 4 5 4 5 4", "8 8", "14 4 5 4"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub letter: char,
    pub fill: &'static str,
    pub ink: &'static str,
    pub dash: &'static str,
    /// Of the second eight: a square badge.
    pub square: bool,
}

pub fn look(slot: u32) -> Look {
    let index = slot.saturating_sub(1) as usize;
    let (fill, ink) = COLOURS[index % COLOURS.len()];
    let letter = char::from(b'A' + (index % 26) as u8);
    Look { letter, fill, ink, dash: DASHES[index % DASHES.len()], square: index / COLOURS.len() % 2 == 1 }
}

/// The badge beside a name, which says the same in words.
pub fn badge(slot: u32) -> Html {
    let look = look(slot);
    let class = if look.square { "badge square" } else { "badge" };
    html! {
        span class=(class) aria-hidden="true" style={ "--fill: " (look.fill) "; --ink: " (look.ink) } { (look.letter) }
    }
}

/// The badge on a map, its middle at `at`, marked where the run is over.
pub fn head(runner: &Runner, [x, y]: [f64; 2]) -> Html {
    let look = look(runner.slot);
    let over = match runner.status.as_str() {
        "finished" => "head finished",
        "abandoned" | "disqualified" => "head out",
        _ => "head",
    };
    let place = format!("translate({} {})", crate::map::number(x), crate::map::number(y));
    html! {
        g class=(over) data-key={ "h" (runner.slot) } transform=(place) style={ "--fill: " (look.fill) "; --ink: " (look.ink) } {
            @if look.square {
                rect class="disc" x="-16" y="-16" width="32" height="32" rx="5" {}
            } @else {
                circle class="disc" r="17" {}
            }
            text y="8" text-anchor="middle" { (look.letter) }
            @if over == "head finished" { (tick()) }
            @if over == "head out" { path class="strike" d="M-15 15L15 -15" {} }
        }
    }
}

fn tick() -> Html {
    html! {
        circle class="tick-plate" cx="14" cy="-14" r="10" {}
        path class="tick" d="M9 -14l4 4l7 -8" {}
    }
}

/// A skull: what stands before a number of deaths.
pub fn skull() -> Html {
    html! {
        svg class="skull" viewBox="0 0 20 20" width="18" height="18" focusable="false" aria-hidden="true" {
            path fill-rule="evenodd"
                d="M10 1a8 8 0 0 0-5 14.2V18h2.4v-2h1.4v2h2.4v-2h1.4v2H15v-2.8A8 8 0 0 0 10 1ZM6.7 7.6a2.1 2.1 0 1 1 0 4.2a2.1 2.1 0 0 1 0-4.2ZM13.3 7.6a2.1 2.1 0 1 1 0 4.2a2.1 2.1 0 0 1 0-4.2Z" {}
        }
    }
}

//! Below the map: who the letters are, how far, and where.

use maud::html;
use regie_sdk::{Html, View};

use super::{figures, is, last_layer, look, name, row};
use crate::map::{BOTTOM, WIDTH, cut, shortened};
use crate::shown::{Runner, Shown};

const ACROSS: usize = 4;
const HIGH: f64 = 36.0;
const LEFT: f64 = 24.0;

pub fn legend(shown: &Shown, view: &View) -> Html {
    let mut runners: Vec<&Runner> = shown.runners.iter().collect();
    // By slot, not by place: nothing moves here while people look at the map.
    runners.sort_by_key(|runner| runner.slot);
    let wide = (WIDTH - 2.0 * LEFT) / ACROSS as f64;
    html! {
        g class="legend" aria-hidden="true" {
            @for (index, runner) in runners.into_iter().enumerate() {
                @let (column, line) = ((index % ACROSS) as f64, (index / ACROSS) as f64);
                @let at = format!("translate({} {})", LEFT + column * wide, BOTTOM + 20.0 + line * HIGH);
                g class=(row::class(runner, row::own(shown, view))) data-key={ "l" (runner.slot) } transform=(at) {
                    (entry(runner, shown, wide, view))
                }
            }
        }
    }
}

fn entry(runner: &Runner, shown: &Shown, wide: f64, view: &View) -> Html {
    let zone = runner.way.as_ref().and_then(|way| shown.nodes.get(&way.at));
    let far = row::has_numbers(shown) && !is(runner, "finished");
    let state = match zone {
        _ if is(runner, "finished") => runner.igt_ms.map(figures::clock).unwrap_or_default(),
        Some(spot) if is(runner, "playing") => shortened(&spot.name, 13),
        _ if is(runner, "playing") => String::new(),
        _ => figures::status(runner, view).to_owned(),
    };
    html! {
        rect class="chip" y="-16" width=(wide - 10.0) height="33" rx="8" {}
        (look::head(runner, [20.0, 0.0]))
        (clipped("who", 44.0, if far { 140.0 } else { 210.0 }, &cut(&name(runner.slot, view), if far { 10 } else { 15 })))
        @if far { text class="number" x="252" y="8" text-anchor="end" { (runner.layer) "/" (last_layer(shown)) } }
        (clipped("state", 262.0, wide - 280.0, &state))
    }
}

/// A text that ends where its room does: how wide letters are is known to the browser alone.
fn clipped(class: &str, x: f64, width: f64, text: &str) -> Html {
    html! { svg x=(x) y="-16" width=(width) height="33" { text class=(class) y="24" { (text) } } }
}

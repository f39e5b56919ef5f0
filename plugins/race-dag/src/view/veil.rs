//! Where a map will be: a drawing that is of no seed, and why there is none yet.

use maud::html;
use regie_sdk::{Html, View};

use crate::map::{HEIGHT, WIDTH};
use crate::shown::{Phase, Sees, Shown};

const STATIONS: [(u32, u32); 10] = [
    (160, 312),
    (420, 312),
    (660, 212),
    (660, 412),
    (920, 312),
    (1080, 112),
    (1080, 512),
    (1240, 312),
    (1450, 412),
    (1760, 312),
];

/// Why there is no map, where there is none.
pub fn why(shown: &Shown, view: &View) -> Option<&'static str> {
    match (shown.phase, shown.sees) {
        (Phase::Cancelled, _) => Some(view.t("The race is cancelled", "La course est annulée")),
        (Phase::Waiting, _) => Some(view.t("The map is shown at the start", "La carte apparaîtra au départ")),
        (Phase::Running, Sees::Nothing) => Some(
            view.t("The map is shown when the race is over", "La carte apparaîtra à la fin de la course"),
        ),
        _ => None,
    }
}

pub fn veil() -> Html {
    html! {
        g class="veil" aria-hidden="true" {
            path class="line" d="M160 312H420L520 212H820L920 312H1240L1340 412H1560L1660 312H1760" {}
            path class="line" d="M420 312L520 412H720L820 512H1040L1240 312" {}
            path class="line" d="M820 212L920 112H1180L1280 212H1460L1560 312H1660" {}
            @for (x, y) in STATIONS { circle cx=(x) cy=(y) r="14" {} }
        }
    }
}

pub fn notice(words: &str) -> Html {
    let width = words.chars().count() as f64 * 17.0 + 80.0;
    html! {
        g class="notice" {
            rect x=((WIDTH - width) / 2.0) y=(HEIGHT / 2.0 - 88.0) width=(width) height="72" rx="14" {}
            text x=(WIDTH / 2.0) y=(HEIGHT / 2.0 - 42.0) text-anchor="middle" { (words) }
        }
    }
}

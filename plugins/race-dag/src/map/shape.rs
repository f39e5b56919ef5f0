//! What kind of place a station is, told by its shape.

use maud::{Markup, html};

/// A station at the origin, about 26 pixels wide.
pub fn shape(kind: &str) -> Markup {
    html! {
        @match kind {
            "start" => path class="shape" d="M-10 -14L15 0L-10 14Z" {},
            "mini_dungeon" => circle class="shape" r="9" {},
            "boss_arena" => rect class="shape" x="-10" y="-10" width="20" height="20" {},
            "major_boss" => path class="shape" d="M0 -16L16 0L0 16L-16 0Z" {},
            "legacy_dungeon" => {
                path class="shape grand" d="M-16 0L-8 -14H8L16 0L8 14H-8Z" {}
                circle class="core" r="4.5" {}
            },
            "final_boss" => path class="shape grand"
                d="M0 -20L5.6 -7.7L19 -6.2L9 2.9L11.8 16.2L0 9.5L-11.8 16.2L-9 2.9L-19 -6.2L-5.6 -7.7Z" {},
            crate::graph::HIDDEN => circle class="shape unseen" r="9" {},
            _ => rect class="shape" x="-12" y="-7" width="24" height="14" rx="7" {},
        }
    }
}

/// Shapes and what they mean, in English and French; what is not here is an ordinary place.
pub const MEANINGS: [(&str, &str, &str); 7] = [
    ("start", "Start", "Départ"),
    ("mini_dungeon", "Small dungeon", "Petit donjon"),
    ("boss_arena", "Boss arena", "Arène de boss"),
    ("major_boss", "Major boss", "Boss majeur"),
    ("legacy_dungeon", "Large dungeon", "Grand donjon"),
    ("final_boss", "Final boss", "Boss final"),
    (crate::graph::HIDDEN, "Not seen yet", "Pas encore vu"),
];

/// Whether a place is one that people go by.
pub fn rank(kind: &str) -> u8 {
    match kind {
        "final_boss" | "start" => 0,
        "legacy_dungeon" => 1,
        "major_boss" => 2,
        "boss_arena" => 3,
        _ => 4,
    }
}

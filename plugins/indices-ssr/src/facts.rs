//! Names of the randomizer: regions that hints speak of, checks in them, items, bosses.

use regie_sdk::Locale;

/// One a line, the regions in the order in which checks have them.
pub fn regions() -> impl Iterator<Item = &'static str> + Clone {
    include_str!("../data/regions.txt").lines()
}

/// `Region - Check`, one a line.
pub fn checks() -> impl Iterator<Item = &'static str> + Clone {
    include_str!("../data/checks.txt").lines()
}

pub fn items() -> impl Iterator<Item = &'static str> + Clone {
    include_str!("../data/items.txt").lines()
}

pub const TRIFORCES: [&str; 3] = ["Triforce of Courage", "Triforce of Power", "Triforce of Wisdom"];

/// Songs that lead to a trial, and with the trial's reward are hinted at.
pub const SONGS: [&str; 4] = ["Farore's Courage", "Nayru's Wisdom", "Din's Power", "Song of the Hero"];

/// What a seed always hints at, unless it is told otherwise.
pub const ALWAYS: [&str; 3] = [
    "Batreaux's House - 80 Crystals",
    "Sky - Beedle's Island Goddess Chest",
    "Thunderhead - Song from Levias",
];

/// Code of a dungeon, its region, and the goal that a path leads to there.
pub const DUNGEONS: [(&str, &str, &str); 7] = [
    ("SV", "Skyview", "Ghirahim 1"),
    ("ET", "Earth Temple", "Scaldera"),
    ("LMF", "Lanayru Mining Facility", "Moldarach"),
    ("AC", "Ancient Cistern", "Koloktos"),
    ("SSH", "Sandship", "Tentalus"),
    ("FS", "Fire Sanctuary", "Ghirahim 2"),
    ("SK", "Sky Keep", "Demise"),
];

/// Key, label in the file, label in French, columns.
pub const CATEGORIES: [(&str, &str, &str, usize); 6] = [
    ("path", "Path", "Chemin", 2),
    ("always", "Always", "Toujours", 2),
    ("sometimes", "Sometimes", "Parfois", 2),
    ("triforce", "Triforces", "Triforces", 2),
    ("barren", "Barren", "Stérile", 1),
    ("songs", "Songs", "Chants", 2),
];

/// The label in the reader's language, where it is still the one that this plugin wrote.
pub fn label<'l>(key: &str, label: &'l str, locale: Locale) -> &'l str {
    match CATEGORIES.iter().find(|category| category.0 == key && category.1 == label) {
        Some((_, en, fr, _)) => locale.t(en, fr),
        None => label,
    }
}

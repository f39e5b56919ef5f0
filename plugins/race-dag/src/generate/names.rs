use std::collections::BTreeSet;

use crate::random::Random;

const WORDS: [&str; 40] = [
    "Amber", "Ashen", "Bitter", "Brindle", "Candle", "Cinder", "Copper", "Crooked", "Drowned", "Ember",
    "Fallow", "Feather", "Flint", "Frostbit", "Gilded", "Hollow", "Idle", "Indigo", "Ivory", "Juniper",
    "Kestrel", "Lantern", "Lichen", "Lonely", "Marrow", "Mirror", "Nettle", "Ochre", "Pale", "Quiet", "Rust",
    "Saffron", "Salt", "Silent", "Slate", "Sunken", "Thistle", "Velvet", "Wicker", "Winter",
];
const STARTS: [&str; 4] = ["Gatehouse", "Landing", "Threshold", "Wayhouse"];
const SMALL: [&str; 12] = [
    "Cellar", "Cistern", "Crypt", "Gallery", "Kiln", "Mill", "Mine", "Orchard", "Quarry", "Tunnel", "Vault",
    "Weir",
];
const LARGE: [&str; 8] =
    ["Abbey", "Arsenal", "Bastion", "Citadel", "Library", "Observatory", "Palace", "Shipyard"];
const GIVEN: [&str; 24] = [
    "Aldwen", "Berrick", "Corvane", "Dessa", "Eamund", "Farrow", "Gisla", "Hadrec", "Isolde", "Jorvik",
    "Kestra", "Lothar", "Mirela", "Nestor", "Orla", "Perrin", "Quenna", "Roswith", "Sabine", "Torben",
    "Ulric", "Vesna", "Wilmar", "Ysolt",
];
const TITLES: [&str; 20] = [
    "Beekeeper",
    "Bellringer",
    "Cartographer",
    "Chandler",
    "Clockmaker",
    "Cooper",
    "Falconer",
    "Ferrywoman",
    "Gatekeeper",
    "Glassblower",
    "Glazier",
    "Gravedigger",
    "Huntress",
    "Lamplighter",
    "Miller",
    "Ropemaker",
    "Tanner",
    "Tollkeeper",
    "Warden",
    "Weaver",
];
const SIDES: [&str; 8] =
    ["behind", "before", "above", "below", "left of", "right of", "across from", "under"];
const THINGS: [&str; 20] = [
    "the altar",
    "the bell",
    "the broken bridge",
    "the canal",
    "the courtyard",
    "the dry fountain",
    "the great stair",
    "the hearth",
    "the iron gate",
    "the ladder",
    "the lift",
    "the long table",
    "the mosaic",
    "the old statue",
    "the organ",
    "the portcullis",
    "the rope bridge",
    "the scaffold",
    "the stables",
    "the waterwheel",
];

/// Hands out names, each once.
pub struct Names {
    chance: Random,
    used: BTreeSet<String>,
}

impl Names {
    pub fn new(chance: &mut Random) -> Self {
        Self { chance: Random::of(&chance.draw().to_string(), "names"), used: BTreeSet::new() }
    }

    /// A display name for a node of that type.
    pub fn place(&mut self, kind: &str) -> String {
        loop {
            let name = match kind {
                "boss_arena" | "major_boss" | "final_boss" => {
                    format!("{} the {}", self.one(&GIVEN), self.one(&TITLES))
                }
                "start" => format!("{} {}", self.one(&WORDS), self.one(&STARTS)),
                "legacy_dungeon" => format!("{} {}", self.one(&WORDS), self.one(&LARGE)),
                _ => format!("{} {}", self.one(&WORDS), self.one(&SMALL)),
            };
            // There are hundreds of each type and thirty layers of four at most.
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }

    /// The name as an id, with four digits that make it this node's.
    pub fn id(&mut self, name: &str) -> String {
        format!("{}_{:04x}", name.to_lowercase().replace(' ', "_"), self.chance.draw() & 0xffff)
    }

    pub fn gate(&mut self) -> String {
        format!("{} {}", self.one(&SIDES), self.one(&THINGS))
    }

    pub fn arrival(&mut self) -> String {
        format!("by {}", self.one(&THINGS))
    }

    fn one(&mut self, of: &[&'static str]) -> &'static str {
        of[self.chance.below(of.len())]
    }
}

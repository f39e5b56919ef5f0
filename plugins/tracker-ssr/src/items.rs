//! What there is to track. Ids go into documents and never change; maxima are those of the randomizer.

use regie_sdk::Locale;

/// A name in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    pub en: &'static str,
    pub fr: &'static str,
}

impl Name {
    pub fn in_locale(self, locale: Locale) -> &'static str {
        locale.t(self.en, self.fr)
    }
}

const fn n(en: &'static str, fr: &'static str) -> Name {
    Name { en, fr }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Equipment,
    Quest,
    Tablets,
    Songs,
    Triforces,
    Sidequests,
    Misc,
    Dungeons,
}

impl Group {
    /// In the order of the page; dungeons have a block of their own.
    pub const ITEMS: [Self; 7] = [
        Self::Equipment,
        Self::Quest,
        Self::Tablets,
        Self::Triforces,
        Self::Songs,
        Self::Sidequests,
        Self::Misc,
    ];

    pub fn name(self) -> Name {
        match self {
            Self::Equipment => n("Equipment", "Équipement"),
            Self::Quest => n("Quest items", "Objets de quête"),
            Self::Tablets => n("Tablets", "Tablettes"),
            Self::Songs => n("Songs", "Chants"),
            Self::Triforces => n("Triforces", "Triforces"),
            Self::Sidequests => n("Side quests", "Quêtes annexes"),
            Self::Misc => n("Other", "Divers"),
            Self::Dungeons => n("Dungeons", "Donjons"),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Item {
    pub id: &'static str,
    /// The randomizer's own name, by which automatic tracking knows it.
    pub canonical: &'static str,
    pub name: Name,
    pub max: u32,
    pub group: Group,
    /// One name a level, where levels are things of their own; each has an icon.
    pub tiers: &'static [Name],
}

impl Item {
    /// What level `count` is called; the item's own name at 0 and where levels have none.
    pub fn level_name(&self, count: u32) -> Name {
        let tier = count.checked_sub(1).and_then(|index| self.tiers.get(index as usize));
        tier.copied().unwrap_or(self.name)
    }

    /// Class of its icon on the sheet; at 0 that of the first level.
    pub fn icon(&self, count: u32) -> String {
        let name = if self.id.starts_with("smallkey_") { "smallkey" } else { self.id };
        let name = name.replace('.', "_");
        if self.tiers.is_empty() { format!("i-{name}") } else { format!("i-{name}-{}", count.max(1)) }
    }
}

const fn item(id: &'static str, canonical: &'static str, max: u32, group: Group, name: Name) -> Item {
    Item { id, canonical, name, max, group, tiers: &[] }
}

impl Item {
    const fn tiers(mut self, tiers: &'static [Name]) -> Self {
        self.tiers = tiers;
        self
    }
}

use Group::{Dungeons, Equipment, Misc, Quest, Sidequests, Songs, Tablets, Triforces};

pub const COUNT: usize = 55;

pub const ITEMS: [Item; COUNT] = [
    item("epee", "Progressive Sword", 6, Equipment, n("Sword", "Épée")).tiers(&[
        n("Practice Sword", "Épée d'entraînement"),
        n("Goddess Sword", "Épée divine"),
        n("Goddess Longsword", "Longue épée divine"),
        n("Goddess White Sword", "Épée divine blanche"),
        n("Master Sword", "Épée maîtresse"),
        n("True Master Sword", "Véritable épée maîtresse"),
    ]),
    item("beetle", "Progressive Beetle", 4, Equipment, n("Beetle", "Scarabée")).tiers(&[
        n("Beetle", "Scarabée"),
        n("Hook Beetle", "Scarabée à crochet"),
        n("Quick Beetle", "Scarabée rapide"),
        n("Tough Beetle", "Scarabée endurant"),
    ]),
    item("bow", "Progressive Bow", 3, Equipment, n("Bow", "Arc")).tiers(&[
        n("Bow", "Arc"),
        n("Iron Bow", "Arc de fer"),
        n("Sacred Bow", "Arc sacré"),
    ]),
    item("slingshot", "Progressive Slingshot", 2, Equipment, n("Slingshot", "Lance-pierre"))
        .tiers(&[n("Slingshot", "Lance-pierre"), n("Scattershot", "Lance-pierre rafale")]),
    item("clawshots", "Clawshots", 1, Equipment, n("Clawshots", "Grappin")),
    item("bomb", "Bomb Bag", 1, Equipment, n("Bomb Bag", "Sac de bombes")),
    item("whip", "Whip", 1, Equipment, n("Whip", "Fouet")),
    item("bugnet", "Progressive Bug Net", 2, Equipment, n("Bug Net", "Filet"))
        .tiers(&[n("Bug Net", "Filet"), n("Big Bug Net", "Grand filet")]),
    item("gustbellows", "Gust Bellows", 1, Equipment, n("Gust Bellows", "Jarre des vents")),
    item("mitts", "Progressive Mitts", 2, Quest, n("Mitts", "Gants"))
        .tiers(&[n("Digging Mitts", "Gants creuse-tout"), n("Mogma Mitts", "Gants Mogma")]),
    item(
        "water_scale",
        "Water Dragon's Scale",
        1,
        Quest,
        n("Water Dragon's Scale", "Écaille du dragon d'eau"),
    ),
    item("fireshield", "Fireshield Earrings", 1, Quest, n("Fireshield Earrings", "Boucles ignifuges")),
    item("sailcloth", "Sailcloth", 1, Quest, n("Sailcloth", "Parachâle")),
    item("stone_of_trials", "Stone of Trials", 1, Quest, n("Stone of Trials", "Joyau des épreuves")),
    item("tablets.emerald", "Emerald Tablet", 1, Tablets, n("Emerald Tablet", "Tablette d'émeraude")),
    item("tablets.ruby", "Ruby Tablet", 1, Tablets, n("Ruby Tablet", "Tablette de rubis")),
    item("tablets.amber", "Amber Tablet", 1, Tablets, n("Amber Tablet", "Tablette d'ambre")),
    item(
        "triforces.courage",
        "Triforce of Courage",
        1,
        Triforces,
        n("Triforce of Courage", "Triforce du courage"),
    ),
    item(
        "triforces.power",
        "Triforce of Power",
        1,
        Triforces,
        n("Triforce of Power", "Triforce de la force"),
    ),
    item(
        "triforces.wisdom",
        "Triforce of Wisdom",
        1,
        Triforces,
        n("Triforce of Wisdom", "Triforce de la sagesse"),
    ),
    item("harp", "Goddess's Harp", 1, Songs, n("Goddess's Harp", "Harpe de la Déesse")),
    item("ballad", "Ballad of the Goddess", 1, Songs, n("Ballad of the Goddess", "Chant de la Déesse")),
    item("farore_courage", "Farore's Courage", 1, Songs, n("Farore's Courage", "Courage de Farore")),
    item("nayru_wisdom", "Nayru's Wisdom", 1, Songs, n("Nayru's Wisdom", "Sagesse de Nayru")),
    item("din_power", "Din's Power", 1, Songs, n("Din's Power", "Force de Din")),
    item("soth", "Song of the Hero", 3, Songs, n("Song of the Hero", "Chant du héros")).tiers(&[
        n("Song of the Hero, one part", "Chant du héros, une partie"),
        n("Song of the Hero, two parts", "Chant du héros, deux parties"),
        n("Song of the Hero, complete", "Chant du héros, complet"),
    ]),
    item("cawlin_letter", "Cawlin's Letter", 1, Sidequests, n("Cawlin's Letter", "Lettre d'Orbo")),
    item(
        "horned_beetle",
        "Horned Colossus Beetle",
        1,
        Sidequests,
        n("Horned Colossus Beetle", "Scarabée de Beedle"),
    ),
    item("rattle", "Baby Rattle", 1, Sidequests, n("Baby Rattle", "Hochet")),
    item("tumbleweed", "Tumbleweed", 1, Sidequests, n("Tumbleweed", "Virevoltant")),
    item(
        PACKS,
        "Gratitude Crystal Pack",
        13,
        Sidequests,
        n("Packs of five crystals", "Lots de cinq cristaux"),
    ),
    item(SINGLES, "Gratitude Crystal", 15, Sidequests, n("Single crystals", "Cristaux isolés")),
    item("pouch", "Progressive Pouch", 1, Misc, n("Adventure Pouch", "Sacoche d'aventurier")),
    item("bottle", "Empty Bottle", 5, Misc, n("Empty Bottles", "Flacons vides")),
    item("wallet", "Progressive Wallet", 4, Misc, n("Wallet", "Bourse")).tiers(&[
        n("Medium Wallet", "Bourse moyenne"),
        n("Big Wallet", "Grande bourse"),
        n("Giant Wallet", "Bourse énorme"),
        n("Tycoon Wallet", "Bourse de star"),
    ]),
    item("wallet_bonus", "Extra Wallet", 3, Misc, n("Extra Wallets", "Bourses annexes")).tiers(&[
        n("Extra Wallets, +300", "Bourses annexes, +300"),
        n("Extra Wallets, +600", "Bourses annexes, +600"),
        n("Extra Wallets, +900", "Bourses annexes, +900"),
    ]),
    item("spiralcharge", "Spiral Charge", 1, Misc, n("Spiral Charge", "Charge en vrille")),
    item("tadtones", "Group of Tadtones", 17, Misc, n("Tadtones", "Groupes de Tadtones")),
    item(
        "caves_key",
        "Lanayru Caves Small Key",
        1,
        Misc,
        n("Lanayru Caves Small Key", "Petite clé des cavernes de Lanelle"),
    ),
    item("seachart", "Sea Chart", 1, Misc, n("Sea Chart", "Carte marine ancienne")),
    item("life_tree_fruit", "Life Tree Fruit", 1, Misc, n("Life Tree Fruit", "Fruit de l'arbre de vie")),
    item("scrapper", "Scrapper", 1, Misc, n("Scrapper", "Scrapper")),
    item("key_pieces", "Key Piece", 5, Dungeons, n("Key Pieces", "Fragments de clé")),
    item(
        "smallkey_sv",
        "Skyview Small Key",
        2,
        Dungeons,
        n("Skyview small keys", "Petites clés, Contemplation"),
    ),
    item(
        "smallkey_lmf",
        "Lanayru Mining Facility Small Key",
        1,
        Dungeons,
        n("Lanayru Mining Facility small key", "Petite clé, Raffinerie"),
    ),
    item(
        "smallkey_ac",
        "Ancient Cistern Small Key",
        2,
        Dungeons,
        n("Ancient Cistern small keys", "Petites clés, Grande caverne"),
    ),
    item("smallkey_ssh", "Sandship Small Key", 2, Dungeons, n("Sandship small keys", "Petites clés, Galion")),
    item(
        "smallkey_fs",
        "Fire Sanctuary Small Key",
        3,
        Dungeons,
        n("Fire Sanctuary small keys", "Petites clés, Grand sanctuaire"),
    ),
    item(
        "smallkey_sk",
        "Sky Keep Small Key",
        1,
        Dungeons,
        n("Sky Keep small key", "Petite clé, Donjon céleste"),
    ),
    item("golden_carving", "Skyview Boss Key", 1, Dungeons, n("Golden Carving", "Sculpture dorée")),
    item(
        "dragon_sculpture",
        "Earth Temple Boss Key",
        1,
        Dungeons,
        n("Dragon Sculpture", "Statuette de dragon"),
    ),
    item(
        "ancient_circuit",
        "Lanayru Mining Facility Boss Key",
        1,
        Dungeons,
        n("Ancient Circuit", "Circuit antique"),
    ),
    item("blessed_idol", "Ancient Cistern Boss Key", 1, Dungeons, n("Blessed Idol", "Statuette sereine")),
    item("squid_carving", "Sandship Boss Key", 1, Dungeons, n("Squid Carving", "Sculpture tentaculaire")),
    item(
        "mysterious_crystals",
        "Fire Sanctuary Boss Key",
        1,
        Dungeons,
        n("Mysterious Crystals", "Cristal mystérieux"),
    ),
];

/// Crystals come five at a time and one at a time; people count them together.
pub const PACKS: &str = "gratitude_packs";
pub const SINGLES: &str = "gratitude_singles";

/// Several items that people speak of as one.
#[derive(Debug)]
pub struct Composite {
    pub id: &'static str,
    pub canonical: Option<&'static str>,
    pub name: Name,
    pub parts: [&'static str; 3],
}

pub const COMPOSITES: [Composite; 2] = [
    Composite {
        id: "tablets",
        canonical: None,
        name: n("Tablets", "Tablettes"),
        parts: ["tablets.emerald", "tablets.ruby", "tablets.amber"],
    },
    Composite {
        id: "triforces",
        canonical: Some("Triforce"),
        name: n("Triforces", "Triforces"),
        parts: ["triforces.courage", "triforces.power", "triforces.wisdom"],
    },
];

pub const GRATITUDE: &str = "gratitude";
pub const GRATITUDE_NAME: Name = n("Gratitude Crystals", "Cristaux de gratitude");
pub const GRATITUDE_MAX: u32 = 80;
pub const SINGLE_NAME: Name = n("Add a single crystal", "Ajouter un cristal isolé");
pub const GO_NAME: Name = n("Go mode", "Mode go");

#[derive(Debug)]
pub struct Dungeon {
    pub code: &'static str,
    pub name: Name,
    /// Small keys, or what else opens its doors.
    pub keys: &'static str,
    pub boss_key: Option<&'static str>,
}

pub const DUNGEON_COUNT: usize = 7;

pub const DUNGEONS: [Dungeon; DUNGEON_COUNT] = [
    dungeon("SV", n("Skyview Temple", "Temple de la Contemplation"), "smallkey_sv", Some("golden_carving")),
    dungeon("ET", n("Earth Temple", "Temple de la Terre"), "key_pieces", Some("dragon_sculpture")),
    dungeon(
        "LMF",
        n("Lanayru Mining Facility", "Raffinerie de Lanelle"),
        "smallkey_lmf",
        Some("ancient_circuit"),
    ),
    dungeon("AC", n("Ancient Cistern", "Grande caverne antique"), "smallkey_ac", Some("blessed_idol")),
    dungeon("SSH", n("Sandship", "Galion des sables"), "smallkey_ssh", Some("squid_carving")),
    dungeon(
        "FS",
        n("Fire Sanctuary", "Grand sanctuaire antique"),
        "smallkey_fs",
        Some("mysterious_crystals"),
    ),
    dungeon("SK", n("Sky Keep", "Donjon céleste"), "smallkey_sk", None),
];

const fn dungeon(
    code: &'static str,
    name: Name,
    keys: &'static str,
    boss_key: Option<&'static str>,
) -> Dungeon {
    Dungeon { code, name, keys, boss_key }
}

/// Index of an item in [`ITEMS`], by id.
pub fn index_of(id: &str) -> Option<usize> {
    ITEMS.iter().position(|item| item.id == id)
}

//! What there is to track. Ids go into documents and never change; maxima are those of the randomizer's own item grid.

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
    Items,
    Equipment,
    Quests,
    Songs,
    Warps,
    Rewards,
}

impl Group {
    /// In the order of the page.
    pub const ALL: [Self; 6] =
        [Self::Items, Self::Equipment, Self::Quests, Self::Songs, Self::Warps, Self::Rewards];

    pub fn name(self) -> Name {
        match self {
            Self::Items => n("Items", "Objets"),
            Self::Equipment => n("Equipment", "Équipement"),
            Self::Quests => n("Quests", "Quêtes"),
            Self::Songs => n("Songs", "Chants"),
            Self::Warps => n("Warp songs", "Chants de téléportation"),
            Self::Rewards => n("Stones and medallions", "Pierres et médaillons"),
        }
    }
}

/// A level of an item that is a thing of its own.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    /// The randomizer's name, where a level is an item there: a step of a trade quest.
    pub canonical: Option<&'static str>,
    pub name: Name,
}

#[derive(Debug, Clone, Copy)]
pub struct Item {
    pub id: &'static str,
    /// The randomizer's own name, by which automatic tracking knows it.
    pub canonical: &'static str,
    pub name: Name,
    pub max: u32,
    pub group: Group,
    /// One a level up to `max`; none where there is only to have it or not.
    pub levels: &'static [Level],
}

impl Item {
    /// What level `count` is called; the item's own name at 0 and where levels have none.
    pub fn level_name(&self, count: u32) -> Name {
        let level = count.checked_sub(1).and_then(|index| self.levels.get(index as usize));
        level.map_or(self.name, |level| level.name)
    }

    /// Class of its icon on the sheet; at 0 that of the first level.
    pub fn icon(&self, count: u32) -> String {
        if self.levels.is_empty() {
            format!("i-{}", self.id)
        } else {
            format!("i-{}-{}", self.id, count.max(1))
        }
    }
}

const fn one(id: &'static str, canonical: &'static str, group: Group, name: Name) -> Item {
    Item { id, canonical, name, max: 1, group, levels: &[] }
}

const fn several(
    id: &'static str,
    canonical: &'static str,
    group: Group,
    name: Name,
    levels: &'static [Level],
) -> Item {
    // There are ten at most.
    Item { id, canonical, name, max: levels.len() as u32, group, levels }
}

const fn level(en: &'static str, fr: &'static str) -> Level {
    Level { canonical: None, name: n(en, fr) }
}

const fn step(canonical: &'static str, en: &'static str, fr: &'static str) -> Level {
    Level { canonical: Some(canonical), name: n(en, fr) }
}

use Group::{Equipment, Items, Quests, Rewards, Songs, Warps};

pub const COUNT: usize = 51;

/// In the order of the grid that players of the randomizer know, row by row, with the rewards below it.
#[rustfmt::skip]
pub const ITEMS: [Item; COUNT] = [
    several("slingshot", "Slingshot", Items, n("Slingshot", "Lance-pierre"), &[
        level("Slingshot, 30 seeds", "Lance-pierre, 30 graines"),
        level("Slingshot, 40 seeds", "Lance-pierre, 40 graines"),
        level("Slingshot, 50 seeds", "Lance-pierre, 50 graines"),
    ]),
    several("bomb_bag", "Bomb Bag", Items, n("Bomb Bag", "Sac de bombes"), &[
        level("Bomb Bag, 20 bombs", "Sac de 20 bombes"),
        level("Bomb Bag, 30 bombs", "Sac de 30 bombes"),
        level("Bomb Bag, 40 bombs", "Sac de 40 bombes"),
    ]),
    several("bow", "Bow", Items, n("Bow", "Arc"), &[
        level("Bow, 30 arrows", "Arc, 30 flèches"),
        level("Bow, 40 arrows", "Arc, 40 flèches"),
        level("Bow, 50 arrows", "Arc, 50 flèches"),
    ]),
    one("fire_arrows", "Fire Arrows", Items, n("Fire Arrows", "Flèches de feu")),
    one("dins_fire", "Dins Fire", Items, n("Din's Fire", "Feu de Din")),
    one("zeldas_lullaby", "Zeldas Lullaby", Songs, n("Zelda's Lullaby", "Berceuse de Zelda")),
    one("minuet", "Minuet of Forest", Warps, n("Minuet of Forest", "Menuet des bois")),

    several("wallet", "Progressive Wallet", Equipment, n("Wallet", "Bourse"), &[
        level("Adult's Wallet", "Grande bourse"),
        level("Giant's Wallet", "Bourse de géant"),
    ]),
    one("boomerang", "Boomerang", Items, n("Boomerang", "Boomerang")),
    several("hookshot", "Progressive Hookshot", Items, n("Hookshot", "Grappin"), &[
        level("Hookshot", "Grappin"),
        level("Longshot", "Super-grappin"),
    ]),
    one("light_arrows", "Light Arrows", Items, n("Light Arrows", "Flèches de lumière")),
    one("farores_wind", "Farores Wind", Items, n("Farore's Wind", "Vent de Farore")),
    one("eponas_song", "Eponas Song", Songs, n("Epona's Song", "Chant d'Epona")),
    one("bolero", "Bolero of Fire", Warps, n("Bolero of Fire", "Boléro du feu")),

    one("bottle", "Bottle", Items, n("Bottle", "Flacon")),
    one("lens_of_truth", "Lens of Truth", Items, n("Lens of Truth", "Monocle de vérité")),
    one("hammer", "Hammer", Items, n("Megaton Hammer", "Masse des titans")),
    several("magic_meter", "Magic Meter", Items, n("Magic Meter", "Jauge de magie"), &[
        level("Magic Meter", "Jauge de magie"),
        level("Double Magic Meter", "Double jauge de magie"),
    ]),
    one("nayrus_love", "Nayrus Love", Items, n("Nayru's Love", "Amour de Nayru")),
    one("sarias_song", "Sarias Song", Songs, n("Saria's Song", "Chant de Saria")),
    one("serenade", "Serenade of Water", Warps, n("Serenade of Water", "Sérénade de l'eau")),

    one("kokiri_sword", "Kokiri Sword", Equipment, n("Kokiri Sword", "Épée Kokiri")),
    one("biggoron_sword", "Biggoron Sword", Equipment, n("Biggoron's Sword", "Lame de Biggoron")),
    one("iron_boots", "Iron Boots", Equipment, n("Iron Boots", "Bottes de plomb")),
    several("strength", "Progressive Strength Upgrade", Equipment, n("Strength", "Force"), &[
        level("Goron's Bracelet", "Bracelet Goron"),
        level("Silver Gauntlets", "Gantelets d'argent"),
        level("Golden Gauntlets", "Gantelets d'or"),
    ]),
    one("stone_of_agony", "Stone of Agony", Quests, n("Stone of Agony", "Pierre de souffrance")),
    one("suns_song", "Suns Song", Songs, n("Sun's Song", "Chant du soleil")),
    one("requiem", "Requiem of Spirit", Warps, n("Requiem of Spirit", "Requiem des esprits")),

    one("goron_tunic", "Goron Tunic", Equipment, n("Goron Tunic", "Tunique Goron")),
    one("zora_tunic", "Zora Tunic", Equipment, n("Zora Tunic", "Tunique Zora")),
    one("hover_boots", "Hover Boots", Equipment, n("Hover Boots", "Bottes des airs")),
    several("scale", "Progressive Scale", Equipment, n("Scale", "Écaille"), &[
        level("Silver Scale", "Écaille d'argent"),
        level("Golden Scale", "Écaille d'or"),
    ]),
    several("child_trade", "Child Trade", Quests, n("Child trade", "Échanges, enfant"), &[
        step("Weird Egg", "Weird Egg", "Œuf curieux"),
        step("Chicken", "Chicken", "Cocotte"),
        step("Zeldas Letter", "Zelda's Letter", "Lettre de Zelda"),
        step("Keaton Mask", "Keaton Mask", "Masque du renard"),
        step("Skull Mask", "Skull Mask", "Masque de mort"),
        step("Spooky Mask", "Spooky Mask", "Masque d'effroi"),
        step("Bunny Hood", "Bunny Hood", "Masque du lapin"),
        step("Mask of Truth", "Mask of Truth", "Masque de vérité"),
    ]),
    one("song_of_time", "Song of Time", Songs, n("Song of Time", "Chant du temps")),
    one("nocturne", "Nocturne of Shadow", Warps, n("Nocturne of Shadow", "Nocturne de l'ombre")),

    one("deku_shield", "Deku Shield", Equipment, n("Deku Shield", "Bouclier Mojo")),
    one("hylian_shield", "Hylian Shield", Equipment, n("Hylian Shield", "Bouclier Hylien")),
    one("mirror_shield", "Mirror Shield", Equipment, n("Mirror Shield", "Bouclier Miroir")),
    one("skulltulas", "Gold Skulltulas", Quests, n("Gold Skulltulas", "Skulltulas d'or")),
    several("adult_trade", "Adult Trade", Quests, n("Adult trade", "Échanges, adulte"), &[
        step("Pocket Egg", "Pocket Egg", "Œuf de poche"),
        step("Pocket Cucco", "Pocket Cucco", "Cocotte de poche"),
        step("Cojiro", "Cojiro", "P'tit poulet"),
        step("Odd Mushroom", "Odd Mushroom", "Champignon suspect"),
        step("Poachers Saw", "Poacher's Saw", "Scie du braconnier"),
        step("Broken Sword", "Broken Sword", "Épée brisée"),
        step("Prescription", "Prescription", "Ordonnance"),
        step("Eyeball Frog", "Eyeball Frog", "Crapaud-qui-louche"),
        step("Eyedrops", "Eyedrops", "Super gouttes"),
        step("Claim Check", "Claim Check", "Certificat"),
    ]),
    one("song_of_storms", "Song of Storms", Songs, n("Song of Storms", "Chant des tempêtes")),
    one("prelude", "Prelude of Light", Warps, n("Prelude of Light", "Prélude de la lumière")),

    one("kokiri_emerald", "Kokiri Emerald", Rewards, n("Kokiri Emerald", "Émeraude Kokiri")),
    one("goron_ruby", "Goron Ruby", Rewards, n("Goron Ruby", "Rubis Goron")),
    one("zora_sapphire", "Zora Sapphire", Rewards, n("Zora Sapphire", "Saphir Zora")),
    one("forest_medallion", "Forest Medallion", Rewards, n("Forest Medallion", "Médaillon de la forêt")),
    one("fire_medallion", "Fire Medallion", Rewards, n("Fire Medallion", "Médaillon du feu")),
    one("water_medallion", "Water Medallion", Rewards, n("Water Medallion", "Médaillon de l'eau")),
    one("spirit_medallion", "Spirit Medallion", Rewards, n("Spirit Medallion", "Médaillon de l'esprit")),
    one("shadow_medallion", "Shadow Medallion", Rewards, n("Shadow Medallion", "Médaillon de l'ombre")),
    one("light_medallion", "Light Medallion", Rewards, n("Light Medallion", "Médaillon de la lumière")),
];

/// Index of an item in [`ITEMS`], by id.
pub fn index_of(id: &str) -> Option<usize> {
    ITEMS.iter().position(|item| item.id == id)
}

/// What the randomizer's name stands for: an item, and the level where the name is a step of it (the third mask is level 4).
pub fn canonical(name: &str) -> Option<(usize, Option<u32>)> {
    ITEMS.iter().enumerate().find_map(|(index, item)| {
        if item.canonical == name {
            return Some((index, None));
        }
        (1..)
            .zip(item.levels)
            .find(|(_, level)| level.canonical == Some(name))
            .map(|(at, _)| (index, Some(at)))
    })
}

//! The document: what each participant has. It is written out in full, in the order of the tables, because people read and
//! edit these files; a document that says more than the game has is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::items::{COUNT, DUNGEON_COUNT, DUNGEONS, GRATITUDE_MAX, ITEMS, PACKS, SINGLES, index_of};

/// `{"slots":{"1":{"items":{…},"dungeons":{…},"go":false}}}`. A slot that is missing has nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    pub slots: BTreeMap<u32, Inventory>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inventory {
    #[serde(default)]
    pub items: Items,
    #[serde(default)]
    pub dungeons: Dungeons,
    /// Somebody says: everything needed to finish is there.
    #[serde(default)]
    pub go: bool,
}

impl Inventory {
    /// All that is usually asked for before the last dungeon is there; go mode stays a person's call, because what a seed
    /// asks for is a setting that the tracker does not know.
    pub fn looks_ready(&self) -> bool {
        let required = self.dungeons.0.iter().filter(|progress| **progress == Progress::Required).count();
        let done = self.dungeons.0.iter().filter(|progress| **progress == Progress::Done).count();
        let triforces = ["triforces.courage", "triforces.power", "triforces.wisdom"];
        done > 0 && required == 0 && triforces.iter().all(|id| self.items.get(id) == 1)
    }
}

/// How many of which item; never above an item's maximum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items([u32; COUNT]);

impl Default for Items {
    fn default() -> Self {
        Self([0; COUNT])
    }
}

impl Items {
    pub fn get(&self, id: &str) -> u32 {
        index_of(id).map_or(0, |index| self.0[index])
    }

    /// Sets a count, at most the item's maximum.
    pub fn set(&mut self, index: usize, count: u32) {
        self.0[index] = count.min(ITEMS[index].max);
    }

    pub fn at(&self, index: usize) -> u32 {
        self.0[index]
    }

    /// Crystals of gratitude together, 0 to 80.
    pub fn gratitude(&self) -> u32 {
        5 * self.get(PACKS) + self.get(SINGLES)
    }

    /// Sets the crystals together: whole fives move packs, the rest singles, as far as each goes.
    pub fn set_gratitude(&mut self, total: u32) {
        let (Some(packs), Some(singles)) = (index_of(PACKS), index_of(SINGLES)) else { return };
        let total = total.min(GRATITUDE_MAX);
        let wanted = if total.abs_diff(self.gratitude()).is_multiple_of(5) {
            (total.saturating_sub(self.0[singles])) / 5
        } else {
            self.0[packs]
        };
        let fewest = total.saturating_sub(ITEMS[singles].max).div_ceil(5);
        self.0[packs] = wanted.clamp(fewest, (total / 5).min(ITEMS[packs].max));
        self.0[singles] = total - 5 * self.0[packs];
    }
}

impl Serialize for Items {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(ITEMS.iter().zip(self.0).map(|(item, count)| (item.id, count)))
    }
}

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut items = Self::default();
        for (id, count) in BTreeMap::<String, u32>::deserialize(deserializer)? {
            let index = index_of(&id).ok_or_else(|| D::Error::custom(format!("there is no item {id:?}")))?;
            let max = ITEMS[index].max;
            if count > max {
                return Err(D::Error::custom(format!("{id:?} goes up to {max}, not {count}")));
            }
            items.0[index] = count;
        }
        Ok(items)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    #[default]
    Off,
    Required,
    Done,
}

impl Progress {
    const CYCLE: [Self; 3] = [Self::Off, Self::Required, Self::Done];

    /// `steps` further in off, required, done, off…
    pub fn stepped(self, steps: i64) -> Self {
        let at = Self::CYCLE.iter().position(|progress| *progress == self).unwrap_or(0);
        // Reduced first, because the sum could overflow.
        let next = (at as i64 + steps.rem_euclid(3)).rem_euclid(3);
        Self::CYCLE[usize::try_from(next).unwrap_or(0)]
    }
}

/// How far each dungeon is, in the order of [`DUNGEONS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dungeons(pub [Progress; DUNGEON_COUNT]);

impl Serialize for Dungeons {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_map(DUNGEONS.iter().zip(self.0).map(|(dungeon, progress)| (dungeon.code, progress)))
    }
}

impl<'de> Deserialize<'de> for Dungeons {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut dungeons = Self::default();
        for (code, progress) in BTreeMap::<String, Progress>::deserialize(deserializer)? {
            let index = DUNGEONS.iter().position(|dungeon| dungeon.code == code);
            let index = index.ok_or_else(|| D::Error::custom(format!("there is no dungeon {code:?}")))?;
            dungeons.0[index] = progress;
        }
        Ok(dungeons)
    }
}

//! The document: what each participant has. It is written out in full, in the order of the table, because people read and edit
//! these files; a document that says more than the game has is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::items::{COUNT, ITEMS, index_of};

/// `{"slots":{"1":{"items":{"bow":2,…}}}}`. A slot that is missing has nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    pub slots: BTreeMap<u32, Inventory>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inventory {
    #[serde(default)]
    pub items: Items,
}

/// How many of which item; never above an item's maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Items([u32; COUNT]);

impl Default for Items {
    fn default() -> Self {
        Self([0; COUNT])
    }
}

impl Items {
    pub fn at(&self, index: usize) -> u32 {
        self.0[index]
    }

    /// Sets a count, at most the item's maximum.
    pub fn set(&mut self, index: usize, count: u32) {
        self.0[index] = count.min(ITEMS[index].max);
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

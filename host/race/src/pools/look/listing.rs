//! What lies in the three folders of a pool.

use std::path::Path;

use crate::pools::{
    folders::{self, Entry, EntryKind},
    model::Place,
};

/// The entries of a pool's three folders.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    pub available: Vec<Entry>,
    pub consumed: Vec<Entry>,
    pub discarded: Vec<Entry>,
}

impl Listing {
    pub fn read(pool: &Path) -> std::io::Result<Self> {
        Ok(Self {
            available: folders::entries(pool, Place::Available)?,
            consumed: folders::entries(pool, Place::Consumed)?,
            discarded: folders::entries(pool, Place::Discarded)?,
        })
    }

    fn of(&self, place: Place) -> &[Entry] {
        match place {
            Place::Available => &self.available,
            Place::Consumed => &self.consumed,
            Place::Discarded => &self.discarded,
        }
    }

    pub fn has(&self, place: Place, folder: &str) -> bool {
        self.of(place).iter().any(|entry| entry.name == folder)
    }

    /// Where a seed with this number was put aside.
    pub fn place_of(&self, number: u64) -> Option<Place> {
        let holds = |place: &Place| self.of(*place).iter().any(|entry| entry.kind == EntryKind::Seed(number));
        [Place::Consumed, Place::Discarded].into_iter().find(holds)
    }
}

/// Why an entry of `available/` is none.
pub fn no_seed(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Link => "it is a symbolic link; only folders are seeds",
        EntryKind::File => "it is a file; a seed is a folder, unpacked",
        EntryKind::OtherFolder | EntryKind::Seed(_) => "a seed's folder is named `seed_<number>`",
    }
}

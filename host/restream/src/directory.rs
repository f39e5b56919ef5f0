//! All restreams in memory, by slug and by id: what every page and frame looks up.

use std::{collections::HashMap, sync::Arc};

use parking_lot::RwLock;
use regie_core::{Error, Result};
use regie_store::Revision;

use crate::model::Restream;

/// A restream with the revision it was read at.
#[derive(Debug, Clone)]
pub struct Entry {
    pub restream: Arc<Restream>,
    pub revision: Revision,
}

#[derive(Default)]
pub struct Directory(RwLock<Tables>);

#[derive(Default)]
struct Tables {
    by_id: HashMap<u64, Entry>,
    ids: HashMap<String, u64>,
}

impl Directory {
    pub fn by_slug(&self, slug: &str) -> Result<Entry> {
        let tables = self.0.read();
        tables
            .ids
            .get(slug)
            .and_then(|id| tables.by_id.get(id))
            .cloned()
            .ok_or_else(|| Error::not_found(format!("there is no restream `{slug}`")))
    }

    pub fn by_id(&self, id: u64) -> Result<Entry> {
        self.0
            .read()
            .by_id
            .get(&id)
            .cloned()
            .ok_or_else(|| Error::not_found(format!("there is no restream {id}")))
    }

    /// Newest first.
    pub fn all(&self) -> Vec<Entry> {
        let mut all: Vec<_> = self.0.read().by_id.values().cloned().collect();
        all.sort_by_key(|entry| std::cmp::Reverse(entry.restream.id));
        all
    }

    pub fn put(&self, restream: Restream, revision: Revision) -> Entry {
        let entry = Entry { restream: Arc::new(restream), revision };
        let mut tables = self.0.write();
        if let Some(before) = tables.by_id.insert(entry.restream.id, entry.clone()) {
            tables.ids.remove(&before.restream.slug);
        }
        tables.ids.insert(entry.restream.slug.clone(), entry.restream.id);
        entry
    }

    pub fn remove(&self, id: u64) {
        let mut tables = self.0.write();
        if let Some(before) = tables.by_id.remove(&id) {
            tables.ids.remove(&before.restream.slug);
        }
    }
}

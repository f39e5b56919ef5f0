//! All restreams in memory, by slug and by id: what every page and frame looks up.

use std::{collections::HashMap, sync::Arc};

use parking_lot::RwLock;
use regie_core::{Error, Result, Topic};
use regie_sdk::protocol::Participant;
use regie_store::Revision;

use crate::{
    model::{NONE, Panel, Restream},
    trackers::{panel_topic, session_key},
};

/// A restream with the revision it was read at.
#[derive(Debug, Clone)]
pub struct Entry {
    pub restream: Arc<Restream>,
    pub revision: Revision,
}

/// What a panel shows: a session of its own, or another restream's.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Key of the session.
    pub key: String,
    pub tracker_type: String,
    /// The people of it that this panel shows.
    pub participants: Vec<Participant>,
    /// Whether the crew of the restream that shows it may edit it.
    pub editable: bool,
}

#[derive(Default)]
pub struct Directory(RwLock<Tables>);

#[derive(Default)]
struct Tables {
    by_id: HashMap<u64, Entry>,
    ids: HashMap<String, u64>,
    /// Topics of panels that show a session besides its own, by its key.
    others: HashMap<String, Vec<Topic>>,
}

impl Tables {
    fn by_slug(&self, slug: &str) -> Option<&Entry> {
        self.by_id.get(self.ids.get(slug)?)
    }

    /// The session that `source` of a panel names. Of one hop: a panel that shows another's has none to show.
    fn sourced(&self, panel: &Panel) -> Option<(&Entry, &Panel)> {
        let (slug, key) = panel.source()?;
        let entry = self.by_slug(slug)?;
        let found = entry.restream.panels.iter().find(|p| p.key == key)?;
        found.has_session().then_some((entry, found))
    }

    fn link(&mut self) {
        let mut others: HashMap<String, Vec<Topic>> = HashMap::new();
        for entry in self.by_id.values() {
            for panel in &entry.restream.panels {
                let Some((owner, shown)) = self.sourced(panel) else { continue };
                let key = session_key(owner.restream.id, &shown.key);
                others.entry(key).or_default().extend(panel_topic(entry.restream.id, &panel.key));
            }
        }
        self.others = others;
    }
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

    /// Errors: `not_found` where nothing is on the panel, or what it shows is gone.
    pub fn shown(&self, id: u64, panel: &str) -> Result<Shown> {
        let tables = self.0.read();
        let entry =
            tables.by_id.get(&id).ok_or_else(|| Error::not_found(format!("there is no restream {id}")))?;
        let panel = entry.restream.panel(panel)?;
        if panel.source.is_none() {
            if panel.tracker_type == NONE {
                return Err(Error::not_found(format!("`{}` has no tracker", entry.restream.slug)));
            }
            return Ok(Shown {
                key: session_key(id, &panel.key),
                tracker_type: panel.tracker_type.clone(),
                participants: entry.restream.slots(panel),
                editable: true,
            });
        }
        let (owner, shown) = tables.sourced(panel).ok_or_else(|| {
            let source = panel.source.as_deref().unwrap_or_default();
            Error::not_found(format!("there is no tracker `{source}` to show (any more)")).path("source")
        })?;
        let mut participants = owner.restream.slots(shown);
        participants.retain(|p| panel.participants.is_empty() || panel.participants.contains(&p.slot));
        Ok(Shown {
            key: session_key(owner.restream.id, &shown.key),
            tracker_type: shown.tracker_type.clone(),
            participants,
            editable: panel.shared,
        })
    }

    /// Every topic whose picture shows the session `key`.
    pub fn topics_of(&self, key: &str) -> Vec<Topic> {
        let own = Topic::parse(&format!("tracker/{}", key.replace('.', "/"))).ok();
        own.into_iter().chain(self.0.read().others.get(key).cloned().unwrap_or_default()).collect()
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
        tables.link();
        entry
    }

    pub fn remove(&self, id: u64) {
        let mut tables = self.0.write();
        if let Some(before) = tables.by_id.remove(&id) {
            tables.ids.remove(&before.restream.slug);
            tables.link();
        }
    }
}

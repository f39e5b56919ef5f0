//! What is in memory: the current documents of every bucket, what is left of deleted ones, and answers by action key.
//!
//! Only the journal's writer changes it, and only after the change is durable. Lock order: the map of buckets, then one
//! bucket, then one watcher.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, mpsc},
};

use parking_lot::RwLock;

use crate::{Answer, Document, Revision, files::FileEvent, watch::Watcher};

#[derive(Default)]
pub struct State {
    buckets: RwLock<HashMap<String, Arc<BucketState>>>,
}

impl State {
    pub fn bucket(&self, name: &str) -> Arc<BucketState> {
        if let Some(found) = self.buckets.read().get(name) {
            return found.clone();
        }
        let make = || Arc::new(BucketState { name: name.into(), inner: RwLock::default() });
        self.buckets.write().entry(name.into()).or_insert_with(make).clone()
    }

    pub fn buckets(&self) -> Vec<Arc<BucketState>> {
        self.buckets.read().values().cloned().collect()
    }
}

pub struct BucketState {
    pub name: String,
    pub inner: RwLock<Inner>,
}

#[derive(Default)]
pub struct Inner {
    pub slots: BTreeMap<String, Slot>,
    /// Of the newest change.
    pub revision: Revision,
    pub watchers: Vec<Arc<Watcher>>,
    /// Told the key of every change, where the bucket has files.
    pub files: Option<mpsc::Sender<FileEvent>>,
}

/// A key that exists or has existed: the numbers of a deleted document stay, because they go on.
#[derive(Clone, Default)]
pub struct Slot {
    pub document: Option<Document>,
    pub version: u64,
    pub revision: Revision,
    pub at_ms: i64,
    pub answers: Answers,
}

/// First answers by action key, oldest first.
#[derive(Clone, Default)]
pub struct Answers {
    by_key: HashMap<String, Answer>,
    order: VecDeque<(i64, String)>,
}

impl Answers {
    /// The first answer to a key stays.
    pub fn add(&mut self, answer: Answer) {
        if !self.by_key.contains_key(&answer.key) {
            self.order.push_back((answer.at_ms, answer.key.clone()));
            self.by_key.insert(answer.key.clone(), answer);
        }
    }

    /// Forgets what was answered at `before_ms` or earlier.
    pub fn expire(&mut self, before_ms: i64) {
        while self.order.front().is_some_and(|(at, _)| *at <= before_ms) {
            if let Some((_, key)) = self.order.pop_front() {
                self.by_key.remove(&key);
            }
        }
    }

    pub fn get(&self, key: &str, before_ms: i64) -> Option<&Answer> {
        self.by_key.get(key).filter(|a| a.at_ms > before_ms)
    }

    pub fn count(&self, before_ms: i64) -> usize {
        self.order.iter().filter(|(at, _)| *at > before_ms).count()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Answer> {
        self.order.iter().filter_map(|(_, key)| self.by_key.get(key))
    }
}

/// A durable change of one key.
#[derive(Clone)]
pub struct Applied {
    pub document: Option<Document>,
    pub version: u64,
    pub revision: Revision,
    pub at_ms: i64,
    pub answers: Vec<Answer>,
    /// Answers of this time and before are forgotten.
    pub expired_ms: i64,
}

impl Inner {
    /// The change is durable: shows it to readers and tells who watches.
    pub fn apply(&mut self, key: &str, change: Applied) {
        if !self.slots.contains_key(key) {
            self.slots.insert(key.into(), Slot::default());
        }
        let Some(slot) = self.slots.get_mut(key) else { return };
        slot.answers.expire(change.expired_ms);
        for answer in change.answers {
            slot.answers.add(answer);
        }
        if slot.revision == change.revision {
            return;
        }
        slot.document = change.document;
        slot.version = change.version;
        slot.revision = change.revision;
        slot.at_ms = change.at_ms;
        self.revision = self.revision.max(change.revision);
        self.watchers.retain(|w| !w.is_closed());
        for watcher in &self.watchers {
            watcher.mark(key, change.revision);
        }
        if let Some(files) = &self.files {
            let _ = files.send(FileEvent::Changed(key.into()));
        }
    }
}

/// `key` is `prefix` or stands below it in whole tokens.
pub fn under(key: &str, prefix: &str) -> bool {
    prefix.is_empty() || key.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

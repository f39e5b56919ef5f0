//! Watching a bucket: keys that changed and were not told yet, each once, so that a slow watcher costs no memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};

use crate::{
    Change, Revision, Watch,
    state::{BucketState, under},
};

pub struct Watcher {
    prefix: String,
    pending: Mutex<Pending>,
    wake: Notify,
}

#[derive(Default)]
struct Pending {
    by_revision: BTreeMap<Revision, String>,
    by_key: HashMap<String, Revision>,
    closed: bool,
}

impl Watcher {
    pub fn mark(&self, key: &str, revision: Revision) {
        if !under(key, &self.prefix) {
            return;
        }
        let mut pending = self.pending.lock();
        if let Some(old) = pending.by_key.insert(key.into(), revision) {
            pending.by_revision.remove(&old);
        }
        pending.by_revision.insert(revision, key.into());
        drop(pending);
        self.wake.notify_one();
    }

    pub fn close(&self) {
        self.pending.lock().closed = true;
        self.wake.notify_one();
    }

    pub fn is_closed(&self) -> bool {
        self.pending.lock().closed
    }
}

/// The oldest untold change, with its newest value. Taken under the bucket's lock, so that a change is told once.
fn take(bucket: &BucketState, watcher: &Watcher) -> Option<Change> {
    let inner = bucket.inner.read();
    let mut pending = watcher.pending.lock();
    let (revision, key) = pending.by_revision.pop_first()?;
    pending.by_key.remove(&key);
    Some(match inner.slots.get(&key).and_then(|slot| slot.document.clone()) {
        Some(document) => Change::Put(document),
        None => Change::Deleted { key, revision },
    })
}

/// Must be called within a tokio runtime.
pub fn watch(bucket: Arc<BucketState>, prefix: &str, since: Revision) -> Watch {
    let watcher = Arc::new(Watcher { prefix: prefix.into(), pending: Mutex::default(), wake: Notify::new() });
    {
        let mut inner = bucket.inner.write();
        for (key, slot) in inner.slots.range(prefix.to_owned()..) {
            if !key.starts_with(prefix) {
                break;
            }
            // Who starts from nothing does not care for what is gone.
            if slot.revision > since && (since > 0 || slot.document.is_some()) {
                watcher.mark(key, slot.revision);
            }
        }
        inner.watchers.push(watcher.clone());
    }
    let (send, next) = mpsc::channel(16);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = send.closed() => break,
                () = watcher.wake.notified() => {}
            }
            while let Some(change) = take(&bucket, &watcher) {
                if send.send(change).await.is_err() {
                    break;
                }
            }
            if watcher.is_closed() {
                break;
            }
        }
        watcher.close();
    });
    Watch { next }
}

//! Storing: what was decided is durable before it is acknowledged, published or shown.

use futures::future::join_all;
use regie_core::{Error, ErrorKind};
use regie_store::{Entry, EntryKind};
use serde_json::value::to_raw_value;

use super::{
    super::store::{Grave, Held},
    Lane,
};

impl Lane {
    /// Ends a batch.
    pub async fn finish(&mut self) {
        self.commit().await;
        if self.dirty.is_empty() {
            self.acknowledge();
            self.outbox.extend(self.held_back.drain(..));
        }
        self.show();
        self.bury().await;
        self.send_waiting();
    }

    /// All sessions at once, so that one write to the disk is for all of them. What cannot be stored stays to be tried again.
    async fn commit(&mut self) {
        if self.dirty.is_empty() {
            return;
        }
        let at_ms = self.clock.now_ms();
        let store = &self.store;
        let writes = self.dirty.iter().filter_map(|id| self.sessions.get(id).map(|kept| (id, kept))).map(
            |(id, kept)| async move {
                let written = store.save(kept.session.record(), kept.held, at_ms, kept.entries.clone()).await;
                (id.clone(), written)
            },
        );
        let written = join_all(writes).await;
        self.dirty.retain(|id| self.sessions.contains_key(id));
        for (id, written) in written {
            match written {
                Ok(held) => {
                    self.stats.commits += 1;
                    self.disk_full = false;
                    self.dirty.remove(&id);
                    if let Some(kept) = self.sessions.get_mut(&id) {
                        kept.held = held;
                        kept.entries.clear();
                    }
                }
                Err(error) => self.not_stored(&error),
            }
        }
    }

    /// Logged once, until it works again.
    pub fn not_stored(&mut self, error: &Error) {
        if !std::mem::replace(&mut self.disk_full, true) {
            let source = error.source.as_ref().map(ToString::to_string);
            let full = error.kind == ErrorKind::DiskFull;
            tracing::error!(%error, source, full, "the lobby cannot store sessions; peers wait until it can");
        }
    }

    /// In the order of arrival.
    fn acknowledge(&mut self) {
        let Some(link) = self.line.as_ref().and_then(|line| line.link.as_ref()) else { return };
        let sent = self.unacked.iter().take_while(|ack| link.ack(**ack)).count();
        self.unacked.drain(..sent);
    }

    /// What is stored is shown.
    pub fn show(&mut self) {
        let now = self.now();
        let mut changed = false;
        let ids: Vec<_> = self.touched.extract_if(|id| !self.dirty.contains(id)).collect();
        for id in ids {
            if let Some(kept) = self.sessions.get(&id) {
                changed |= self.shared.show(&id, kept.session.view(now));
            }
        }
        if changed {
            self.changed();
        }
    }

    /// Sessions that are over leave their id.
    async fn bury(&mut self) {
        let is_over = |id: &&String| self.sessions[*id].session.is_over() && !self.dirty.contains(*id);
        let over: Vec<String> = self.sessions.keys().filter(is_over).cloned().collect();
        if over.is_empty() {
            return;
        }
        let at_ms = self.clock.now_ms();
        let store = &self.store;
        let burials = over.iter().filter_map(|id| self.sessions.get(id)).map(|kept| async move {
            let grave = Grave::new(&kept.session.record().session_id, at_ms);
            let buried = store.bury(&grave, kept.held, kept.entries.clone()).await;
            (grave, buried)
        });
        for (grave, buried) in join_all(burials).await {
            match buried {
                Ok(held) => {
                    self.sessions.remove(&grave.buried);
                    self.due.remove(&grave.buried);
                    self.touched.remove(&grave.buried);
                    self.shared.hide(&grave.buried);
                    self.graves.add(grave, held);
                }
                Err(error) => self.not_stored(&error),
            }
        }
        self.changed();
    }

    pub async fn forget_graves(&mut self) {
        for (session, held) in self.graves.expired(self.clock.now_ms()) {
            self.forget(&session, held).await;
        }
    }

    pub async fn forget(&mut self, session: &str, held: Held) {
        let Ok(nobody) = to_raw_value(&()) else { return };
        let entry = Entry {
            version: held.version + 1,
            at_ms: self.clock.now_ms(),
            kind: EntryKind::Delete,
            actor: nobody.clone(),
            detail: nobody,
        };
        if let Err(error) = self.store.forget(session, held, entry).await {
            tracing::debug!(session, %error, "what is left of a session stays for now");
        }
    }
}

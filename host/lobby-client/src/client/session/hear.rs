//! What comes from the broker.

use tokio::{sync::watch, time::Instant};

use super::{Entered, Event, Heard, Over, Session};
use crate::{
    client::{
        change::{Failed, has},
        list,
    },
    wire::{EXPIRY_S, Form, Place, Refusal, SeedSync, State, StateDoc},
};

impl Session {
    pub(super) fn hear(&mut self, heard: Heard) {
        let now = Instant::now();
        match heard {
            Heard::Connected => self.connected(now),
            Heard::Lost { why } => self.lost(&why, now),
            Heard::TakenOver => self.evict("this client was started again elsewhere", Over::Replaced),
            Heard::Message { .. }
                if self.over.as_ref().is_some_and(|over| !matches!(over, Over::Closed { .. })) => {}
            Heard::Message { topic, payload } => match Place::read(&topic) {
                Some(Place::State { form, .. }) => self.heard_state(form, &payload, now),
                Some(Place::SeedSync { .. }) => self.heard_seed(&payload, now),
                Some(Place::GameStart { .. }) if self.is_in() && self.over.is_none() => self.started(),
                Some(Place::Refusal { .. }) => {
                    if let Ok(refusal) = serde_json::from_slice::<Refusal>(&payload) {
                        self.refused(Failed::refused(&refusal.reason));
                    }
                }
                _ => {}
            },
        }
    }

    fn connected(&mut self, now: Instant) {
        self.connected = true;
        // It is replayed.
        self.forms = list::Forms::default();
        let session = &self.id;
        let me = &self.me.client_id;
        self.link.subscribe(&[
            Place::State { session, form: Form::Prefix }.to_string(),
            Place::State { session, form: Form::Suffix }.to_string(),
            Place::SeedSync { session }.to_string(),
            Place::GameStart { session }.to_string(),
            Place::Refusal { session, client_id: me }.to_string(),
        ]);
        if self.is_in() {
            tracing::info!(session, "the lobby's broker is there again");
            self.announce();
        }
        let away = self.duties.connected(now);
        if away.is_some_and(|away| away.as_secs() >= EXPIRY_S) && self.is_creator() {
            self.duties.gave_up = true;
        }
    }

    fn lost(&mut self, why: &str, now: Instant) {
        if self.connected && self.is_in() {
            tracing::warn!(session = self.id, why, "a session lost its broker");
        }
        self.connected = false;
        self.doubtful = None;
        self.duties.lost(now);
        if let Some(attempt) = &mut self.attempt {
            attempt.lost();
        }
    }

    fn heard_state(&mut self, form: Form, payload: &[u8], now: Instant) {
        let Ok(doc) = list::read(&self.id, payload) else {
            tracing::debug!(session = self.id, "a state that cannot be read is left alone");
            return;
        };
        if let Some(doc) = &doc {
            self.arbitrated |= doc.arbitrated.is_some();
            if let Some(mut attempt) = self.attempt.take() {
                attempt.heard(doc, self, now);
                self.attempt = Some(attempt);
            }
            if self.is_followed(doc) {
                self.evict("this client was started again elsewhere", Over::Replaced);
                return;
            }
        }
        self.forms.set(form, doc);
        if self.is_in() && self.over.is_none() {
            self.adopt(now);
        }
    }

    /// Looks at what stands on the broker now: what changed is told.
    fn adopt(&mut self, now: Instant) {
        let Some(doc) = self.forms.newest().cloned() else {
            self.closed();
            return;
        };
        let leaving = self.attempt.as_ref().is_some_and(super::Attempt::is_leaving);
        let by_creator = doc.by.as_ref().is_some_and(|by| by.client_id == doc.creator_client_id);
        let closed = doc.state == State::Closed;
        if closed && !by_creator && doc.arbitrated.is_none() || !closed && !self.has_me(&doc) && !leaving {
            self.doubtful.get_or_insert(now);
        } else {
            self.doubtful = None;
        }
        if closed && self.doubtful.is_some() {
            return;
        }
        self.show(doc, now);
        if closed {
            self.closed();
        }
    }

    fn show(&mut self, doc: StateDoc, now: Instant) {
        let Some(known) = &self.known else { return };
        let before = known.borrow().clone();
        if before == doc {
            return;
        }
        if before.last_heartbeat != doc.last_heartbeat || before.creator_client_id != doc.creator_client_id {
            self.duties.creator_seen = now;
        }
        known.send_replace(doc.clone());
        let others = |one: &&String| **one != self.me.client_id;
        for one in doc.connected_instances.iter().filter(others).filter(|one| !has(&before, one)) {
            self.tell(Event::Joined(one.clone()));
        }
        for one in before.connected_instances.iter().filter(others).filter(|one| !has(&doc, one)) {
            self.tell(Event::Left(one.clone()));
        }
        if before.creator_client_id != doc.creator_client_id {
            self.tell(Event::HandedOver(doc.creator_client_id.clone()));
        }
        if Self::has_begun(&doc) {
            self.started();
        }
    }

    fn heard_seed(&mut self, payload: &[u8], now: Instant) {
        let Ok(seed) = serde_json::from_slice::<SeedSync>(payload) else { return };
        let creator = self.known.as_ref().map(|known| known.borrow().creator_client_id.clone());
        if seed.client_id == self.me.client_id {
            return;
        }
        if creator.is_some_and(|creator| creator == seed.client_id) {
            self.duties.creator_seen = now;
        }
        if seed.is_leader && !self.is_creator() {
            let first = {
                let mut known = self.told.seed.lock();
                let first = known.is_null() && !seed.seed.is_null();
                *known = seed.seed;
                first
            };
            if first && self.is_in() && self.connected {
                self.announce();
            }
        }
    }

    /// The attempt to come in has succeeded.
    pub(super) fn enter(&mut self, entered: Entered) {
        let Some(doc) = self.forms.newest().cloned() else {
            let _ = entered.send(Err(Failed::Unknown));
            self.over = Some(Over::Left);
            return;
        };
        self.duties.started = Self::has_begun(&doc);
        self.duties.begin(Instant::now());
        let (known, receiver) = watch::channel(doc);
        self.known = Some(known);
        if entered.send(Ok(receiver)).is_ok() {
            self.announce();
        }
    }
}

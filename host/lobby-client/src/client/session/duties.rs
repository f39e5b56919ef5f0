//! What a peer says again and again, and looks after.

use std::time::Duration;

use tokio::time::Instant;

use super::Session;
use crate::{
    client::{
        change::{self, Change},
        clock,
    },
    wire::{Discovery, EXPIRY_S, Form, HEARTBEAT_S, Place, Ready, SEED_SYNC_S, SeedSync, State},
};

use super::Attempt;

const HEARTBEAT: Duration = Duration::from_secs(HEARTBEAT_S);
const SEED_SYNC: Duration = Duration::from_secs(SEED_SYNC_S);
const EXPIRY: Duration = Duration::from_secs(EXPIRY_S);
/// An arbiter closes the session, or hands it over; only should it have gone, too, do peers.
const EXPIRY_ARBITRATED: Duration = Duration::from_secs(EXPIRY_S + 10);
/// After a new connection: what stands on the broker has been replayed by then.
const REPLAYED: Duration = Duration::from_secs(1);

pub struct Duties {
    /// Heartbeat and discovery, the creator's.
    beat_at: Instant,
    seed_at: Instant,
    /// The state is read again.
    read_at: Instant,
    pub creator_seen: Instant,
    pub started: bool,
    away_since: Option<Instant>,
    /// This creator was away for so long that the session has been closed, if nothing stands on the broker.
    pub gave_up: bool,
}

impl Duties {
    pub fn new(now: Instant) -> Self {
        Self {
            beat_at: now,
            seed_at: now,
            read_at: now,
            creator_seen: now,
            started: false,
            away_since: None,
            gave_up: false,
        }
    }

    /// This peer is in.
    pub fn begin(&mut self, now: Instant) {
        self.beat_at = now + HEARTBEAT;
        self.seed_at = now + SEED_SYNC;
        self.read_at = now + SEED_SYNC;
        self.creator_seen = now;
    }

    pub fn due(&self) -> Instant {
        self.beat_at.min(self.seed_at).min(self.read_at)
    }

    /// Answers for how long it was not.
    pub fn connected(&mut self, now: Instant) -> Option<Duration> {
        self.beat_at = now + REPLAYED;
        self.seed_at = now + SEED_SYNC;
        self.read_at = now + SEED_SYNC;
        // Nobody could be heard.
        self.creator_seen = now;
        self.away_since.take().map(|since| now - since)
    }

    pub fn lost(&mut self, now: Instant) {
        self.away_since.get_or_insert(now);
    }
}

impl Session {
    /// What is due by now.
    pub(super) fn keep_up(&mut self, now: Instant) {
        if !self.connected || !self.is_in() || self.over.is_some() {
            return;
        }
        if now >= self.duties.seed_at {
            self.duties.seed_at = now + SEED_SYNC;
            self.publish_seed();
        }
        if now >= self.duties.read_at {
            self.duties.read_at = now + SEED_SYNC;
            let topics = Form::ALL.map(|form| Place::State { session: &self.id, form }.to_string());
            self.link.subscribe(&topics);
            self.watch_creator(now);
        }
        if now >= self.duties.beat_at {
            self.duties.beat_at = now + HEARTBEAT;
            if self.is_creator() {
                self.beat();
            }
        }
    }

    /// All that says that this peer is here, at once.
    pub(super) fn announce(&self) {
        let client_id = &self.me.client_id;
        let ready = Ready {
            client_id: client_id.clone(),
            timestamp: clock::now(),
            seed_synced: self.is_creator() || !self.told.seed.lock().is_null(),
            game_start_subscribed: true,
        };
        let topic = Place::Ready { session: &self.id, client_id }.to_string();
        self.link.publish(topic, true, super::json(&ready));
        self.publish_seed();
        if self.is_creator() {
            self.publish_discovery();
        }
    }

    fn publish_seed(&self) {
        let message = SeedSync {
            seed: self.told.seed.lock().clone(),
            client_id: self.me.client_id.clone(),
            is_leader: self.is_creator(),
            timestamp: clock::now(),
        };
        let topic = Place::SeedSync { session: &self.id }.to_string();
        self.link.publish(topic, true, super::json(&message));
    }

    fn publish_discovery(&self) {
        let Some(known) = self.known.as_ref().map(|known| known.borrow().clone()) else { return };
        let message = Discovery {
            session_id: self.id.clone(),
            client_id: self.me.client_id.clone(),
            num_players_min: known.num_players_min,
            num_players_max: known.num_players_max,
            model_name: known.model_name,
            timestamp: clock::now(),
        };
        let topic = Place::Discovery { session: &self.id }.to_string();
        self.link.publish(topic, true, super::json(&message));
    }

    fn beat(&mut self) {
        self.publish_discovery();
        if self.attempt.is_some() || self.doubtful.is_some() {
            // It writes the state itself, or finds out first.
            return;
        }
        let standing = self.forms.newest().cloned();
        if standing.is_none() && self.duties.gave_up {
            self.closed();
            return;
        }
        self.duties.gave_up = false;
        // A broker that was started anew may have forgotten all.
        let doc = standing.or_else(|| self.known.as_ref().map(|known| known.borrow().clone()));
        if let Some(doc) = doc {
            self.write(&change::heartbeat(&doc, &self.me));
        }
    }

    /// A creator who is silent has gone, and an open session with them.
    fn watch_creator(&mut self, now: Instant) {
        let open = self.forms.newest().is_some_and(|doc| doc.state == State::Open);
        let expiry = if self.arbitrated { EXPIRY_ARBITRATED } else { EXPIRY };
        if open && !self.is_creator() && self.attempt.is_none() && now - self.duties.creator_seen > expiry {
            self.attempt = Some(Attempt::new(Change::Bury, None));
        }
    }
}

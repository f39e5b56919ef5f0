//! The one task that owns all state: sessions, subscriptions, retained messages, wills.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use bytestring::ByteString;
use parking_lot::Mutex;
use slab::Slab;
use tokio::{sync::mpsc, time::interval};

use crate::{
    Options, Stats,
    outbox::Outbox,
    retained::Retained,
    session::Session,
    tree::Tree,
    wire::{DisconnectReasonCode, Hello, Packet, SubscriptionOptions},
};

mod coming;
mod publishing;
mod subscribing;

/// Events that are taken together.
const BATCH: usize = 256;
/// How exactly wills and expiries are in time.
const TICK: Duration = Duration::from_millis(100);

/// A connection, by number; never given twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Link(pub u64);

/// What connections tell the hub.
pub enum Event {
    Hello {
        link: Link,
        hello: Box<Hello>,
        outbox: Arc<Outbox>,
    },
    Said {
        link: Link,
        packet: Packet,
    },
    /// The connection ended, however.
    Gone {
        link: Link,
    },
    /// There is room in its outbox again.
    Drained {
        link: Link,
    },
    Refused,
    Stop,
}

pub struct Hub {
    options: Arc<Options>,
    sessions: Slab<Session>,
    by_id: HashMap<ByteString, usize>,
    by_link: HashMap<Link, usize>,
    /// Sessions without a connection.
    away: HashSet<usize>,
    subscriptions: Tree<Vec<Subscriber>>,
    retained: Retained,
    stats: Stats,
    told: Arc<Mutex<Stats>>,
}

/// A session's subscription to one filter.
#[derive(Clone, Copy)]
struct Subscriber {
    session: usize,
    options: SubscriptionOptions,
    identifier: Option<NonZeroU32>,
}

impl Hub {
    pub fn new(options: Arc<Options>, told: Arc<Mutex<Stats>>) -> Self {
        Self {
            options,
            sessions: Slab::new(),
            by_id: HashMap::new(),
            by_link: HashMap::new(),
            away: HashSet::new(),
            subscriptions: Tree::default(),
            retained: Retained::default(),
            stats: Stats::default(),
            told,
        }
    }

    pub async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut tick = interval(TICK);
        loop {
            tokio::select! {
                _ = events.recv_many(&mut batch, BATCH) => {}
                _ = tick.tick() => self.turn_the_clock(),
            }
            for event in batch.drain(..) {
                if matches!(event, Event::Stop) {
                    return self.stop();
                }
                self.take(event);
            }
            self.tell();
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Hello { link, hello, outbox } => self.hello(link, *hello, outbox),
            Event::Said { link, packet } => {
                // A session that was taken over has nothing more to say over the old connection.
                if let Some(&session) = self.by_link.get(&link) {
                    self.said(session, packet);
                }
            }
            Event::Gone { link } => {
                if let Some(session) = self.by_link.remove(&link) {
                    self.sessions[session].detach(None);
                    self.lost(session);
                }
            }
            Event::Drained { link } => {
                if let Some(&session) = self.by_link.get(&link) {
                    self.pump(session);
                }
            }
            Event::Refused => self.stats.refused += 1,
            Event::Stop => {}
        }
    }

    fn said(&mut self, session: usize, packet: Packet) {
        match packet {
            Packet::Publish(publish, size) => self.publish(session, *publish, size),
            Packet::PubAck(id) | Packet::PubComp(id) | Packet::PubRec(id, false) => {
                self.sessions[session].acknowledged(id);
                self.pump(session);
            }
            Packet::PubRec(id, true) => self.sessions[session].taken(id),
            Packet::PubRel(id) => {
                let session = &mut self.sessions[session];
                session.unreleased.remove(&id);
                session.say(crate::wire::Answer::PubComp(id));
            }
            Packet::Subscribe { id, identifier, filters } => self.subscribe(session, id, identifier, filters),
            Packet::Unsubscribe { id, filters } => self.unsubscribe(session, id, filters),
            Packet::Ping => self.sessions[session].say(crate::wire::Answer::Pong),
            Packet::Disconnect { with_will, expiry } => self.goodbye(session, with_will, expiry),
        }
    }

    fn pump(&mut self, session: usize) {
        self.sessions[session].pump(&self.options, &mut self.stats);
    }

    fn tell(&mut self) {
        self.stats.connections = self.by_link.len();
        self.stats.sessions = self.sessions.len();
        self.stats.retained = self.retained.count();
        self.stats.retained_bytes = self.retained.bytes();
        *self.told.lock() = self.stats;
    }

    fn stop(mut self) {
        for (_, session) in &mut self.sessions {
            session.detach(Some(DisconnectReasonCode::ServerShuttingDown));
        }
    }
}

//! The lane: one task in which everything happens one after another, so that no decision is made twice or on old ground.

mod asks;
mod commit;
mod connect;
mod follow;
mod hear;
mod lead;
mod line;
mod second;
mod tell;
mod turn;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use regie_core::{Clock, Result, Shutdown};
use regie_live::Hub;
use regie_store::Entry;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, sleep_until},
};

use super::{
    Ask, Shared, broker,
    garbage::Garbage,
    graves::Graves,
    lease::Lease,
    link::{Ack, Event, Message, Out},
    store::{Held, Host, Store},
};
use crate::{
    Lobby, Options, Parts, Stats,
    model::{Now, Session},
    stats::Latencies,
};
use line::Line;
use turn::Turn;

/// Messages that are decided together before anything is stored.
const BATCH: usize = 256;
const BATCH_TIME: Duration = Duration::from_millis(20);

pub struct Lane {
    store: Store,
    clock: Arc<dyn Clock>,
    hub: Arc<Hub>,
    shared: Arc<Shared>,
    options: Options,
    shutdown: Shutdown,
    began: Instant,
    host: Host,
    host_held: Held,
    /// Of this run of the server.
    process: String,
    sessions: HashMap<String, Kept>,
    graves: Graves,
    /// Documents of sessions that this host knew before another host arbitrated: what they say is no longer true.
    outdated: HashMap<String, Held>,
    turn: Turn,
    line: Option<Line>,
    embedded: Option<broker::Running>,
    /// When the embedded broker is tried again.
    listen_at: Option<Instant>,
    /// Messages to itself, counted.
    marks: u64,
    /// The broker forbids something, or does not give back what is published for itself.
    forbidden: bool,
    deaf: bool,
    /// By whom this host was found to be overruled.
    overruled: Option<Lease>,
    /// Sessions whose record is not stored as it is.
    dirty: HashSet<String>,
    /// Sessions whose view may be another.
    touched: HashSet<String>,
    /// To be acknowledged and published when everything is stored.
    unacked: Vec<Ack>,
    held_back: Vec<Out>,
    outbox: tell::Outbox,
    /// Sessions for which something else may stand on the broker than should.
    due: HashSet<String>,
    /// When corrections, or what did not fit into the link, are next looked at.
    tell_at: Option<Instant>,
    garbage: Garbage,
    stats: Stats,
    latencies: Latencies,
    was_connected: bool,
    disk_full: bool,
}

/// A session and what the engine knows of it.
struct Kept {
    session: Session,
    held: Held,
    /// For its history, with the next commit.
    entries: Vec<Entry>,
    /// When the first write arrived that is not corrected yet.
    waits: Option<Instant>,
    pace: tell::Pace,
    members: usize,
}

impl Lane {
    pub async fn open(
        parts: Parts,
        store: Store,
        host: Host,
        host_held: Held,
        shared: Arc<Shared>,
    ) -> Result<Self> {
        let stored = store.load().await?;
        let mut lane = Self {
            store,
            clock: parts.clock,
            hub: parts.hub,
            shared,
            options: parts.settings,
            shutdown: parts.shutdown,
            began: Instant::now(),
            host,
            host_held,
            process: regie_core::random_hex(8),
            sessions: HashMap::new(),
            graves: Graves::new(stored.graves),
            outdated: HashMap::new(),
            turn: Turn::Idle,
            line: None,
            embedded: None,
            listen_at: None,
            marks: 0,
            forbidden: false,
            deaf: false,
            overruled: None,
            dirty: HashSet::new(),
            touched: HashSet::new(),
            unacked: Vec::new(),
            held_back: Vec::new(),
            outbox: tell::Outbox::default(),
            due: HashSet::new(),
            tell_at: None,
            garbage: Garbage::default(),
            stats: Stats::default(),
            latencies: Latencies::default(),
            was_connected: false,
            disk_full: false,
        };
        let now = lane.now();
        for (record, held) in stored.sessions {
            let session = Session::restore(record, lane.options.rules, now);
            lane.keep(session, held);
        }
        lane.show();
        lane.begin().await;
        Ok(lane)
    }

    pub async fn run(mut self, mut asked: mpsc::Receiver<Ask>) {
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shutdown = self.shutdown.clone();
        loop {
            let wake = [self.tell_at, self.turn.wake_at()].into_iter().flatten().min();
            let woken = async {
                match wake {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = shutdown.requested() => break,
                _ = second.tick() => self.tick().await,
                Some(ask) = asked.recv() => self.asked(ask).await,
                event = line::next(&mut self.line) => self.event(event).await,
                () = woken => {
                    self.settle_if_due().await;
                    self.tell();
                }
            }
        }
        self.stop().await;
    }

    fn now(&self) -> Now {
        let mono_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now { mono_ms, wall_ms: self.clock.now_ms() }
    }

    fn keep(&mut self, session: Session, held: Held) {
        let record = session.record();
        let (id, members) = (record.session_id.clone(), record.members.len());
        self.touched.insert(id.clone());
        let pace = tell::Pace::default();
        self.sessions.insert(id, Kept { session, held, entries: Vec::new(), waits: None, pace, members });
    }

    async fn event(&mut self, event: Event) {
        let began = Instant::now();
        let mut next = Some(event);
        let mut heard = 0;
        while let Some(event) = next.take() {
            match event {
                Event::Message(message) => self.message(message),
                other => {
                    // What was heard before it belongs to the connection that was.
                    self.finish().await;
                    self.link_event(other).await;
                }
            }
            heard += 1;
            if heard < BATCH && began.elapsed() < BATCH_TIME {
                next = self.line.as_mut().and_then(Line::try_next);
            }
        }
        self.finish().await;
        self.step_down_if_overruled().await;
        if self.turn.is_alone() {
            self.take_turns().await;
        }
    }

    fn message(&mut self, message: Message) {
        let Message { topic, payload, retain, at, ack } = message;
        self.unacked.extend(ack);
        self.hear(&topic, &payload, retain, at);
    }

    /// Tells of the lobby on the live link, and who asks for it.
    fn changed(&self) {
        self.hub.changed(&Lobby::topic());
    }
}

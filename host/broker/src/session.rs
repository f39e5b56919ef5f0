//! One client's session: what waits for it, what is on its way, and whether it is there.

use std::{
    collections::{HashSet, VecDeque},
    num::{NonZeroU16, NonZeroU32},
    sync::Arc,
    time::{Duration, Instant},
};

use bytestring::ByteString;
use rmqtt_codec::types::QoS;

use crate::{
    Options, Stats,
    hub::Link,
    message::{Manner, Message},
    outbox::Outbox,
    wire::{Answer, DisconnectReasonCode, Version, Will},
};

pub struct Session {
    pub id: ByteString,
    pub filters: HashSet<ByteString>,
    /// How long it outlives its connection.
    pub expiry: Duration,
    pub connection: Option<Connection>,
    /// The will of the connection, or of the one that was lost.
    pub will: Option<Will>,
    /// When the will of a lost connection is due, and when the session ends.
    pub will_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    /// Messages of qos 2 that the client did not release yet.
    pub unreleased: HashSet<NonZeroU16>,
    waiting: VecDeque<Delivery>,
    waiting_bytes: usize,
    on_the_way: VecDeque<OnTheWay>,
    /// How many of `on_the_way` went over this connection: the rest goes again.
    sent_here: usize,
    last_id: u16,
    /// It was told once that messages were dropped.
    full: bool,
}

pub struct Connection {
    pub link: Link,
    pub version: Version,
    pub outbox: Arc<Outbox>,
    /// Messages that may be on their way.
    pub window: usize,
    pub max_packet: usize,
}

pub struct Delivery {
    pub message: Arc<Message>,
    pub qos: QoS,
    pub retain: bool,
    pub identifiers: Vec<NonZeroU32>,
}

struct OnTheWay {
    id: NonZeroU16,
    /// None when the client has it and only the handshake of qos 2 is open.
    delivery: Option<Delivery>,
}

impl Session {
    pub fn new(id: ByteString) -> Self {
        Self {
            id,
            filters: HashSet::new(),
            expiry: Duration::ZERO,
            connection: None,
            will: None,
            will_at: None,
            ends_at: None,
            unreleased: HashSet::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            on_the_way: VecDeque::new(),
            sent_here: 0,
            last_id: 0,
            full: false,
        }
    }

    pub fn attach(&mut self, connection: Connection) {
        self.connection = Some(connection);
        self.will_at = None;
        self.ends_at = None;
        self.sent_here = 0;
    }

    pub fn say(&self, answer: Answer) {
        if let Some(connection) = &self.connection {
            connection.outbox.push(answer.encode(connection.version));
        }
    }

    /// Ends the connection, with a reason where the version has one.
    pub fn detach(&mut self, reason: Option<DisconnectReasonCode>) -> Option<Link> {
        let connection = self.connection.take()?;
        if let Some(reason) = reason {
            connection.outbox.push(Answer::Goodbye(reason).encode(connection.version));
        }
        connection.outbox.close();
        Some(connection.link)
    }

    /// Puts a message behind the others, unless there is no room.
    pub fn enqueue(&mut self, delivery: Delivery, options: &Options, stats: &mut Stats) {
        if self.connection.is_none() && delivery.qos == QoS::AtMostOnce {
            return;
        }
        let size = delivery.message.size();
        if self.waiting.len() >= options.max_queued
            || self.waiting_bytes + size > options.max_queued_bytes
            || stats.queued_bytes + size > options.max_queued_bytes_of_all
        {
            stats.dropped += 1;
            if !std::mem::replace(&mut self.full, true) {
                tracing::warn!(client = &*self.id, waiting = self.waiting.len(), "a client's queue is full");
            }
            return;
        }
        self.waiting_bytes += size;
        stats.queued += 1;
        stats.queued_bytes += size;
        self.waiting.push_back(delivery);
    }

    /// Sends what may be sent now: first again what was not acknowledged, then what waits.
    pub fn pump(&mut self, options: &Options, stats: &mut Stats) {
        let Some(connection) = &self.connection else { return };
        while self.sent_here < self.on_the_way.len().min(connection.window)
            && connection.outbox.has_room(options.max_unwritten)
        {
            let again = &self.on_the_way[self.sent_here];
            self.sent_here += 1;
            match &again.delivery {
                Some(delivery) => {
                    connection.send(delivery, Some(again.id), true, stats);
                }
                None => connection.outbox.push(Answer::PubRel(again.id).encode(connection.version)),
            }
        }
        let now = Instant::now();
        while let Some(next) = self.waiting.front() {
            let counted = next.qos != QoS::AtMostOnce;
            if counted && self.on_the_way.len() >= connection.window
                || self.sent_here < self.on_the_way.len()
                || !connection.outbox.has_room(options.max_unwritten)
            {
                break;
            }
            let id = counted.then(|| free_id(&mut self.last_id, &self.on_the_way));
            let Some(next) = self.waiting.pop_front() else { break };
            let size = next.message.size();
            self.waiting_bytes -= size;
            stats.queued -= 1;
            stats.queued_bytes -= size;
            if next.message.is_over(now) || !connection.send(&next, id, false, stats) {
                continue;
            }
            if let Some(id) = id {
                self.on_the_way.push_back(OnTheWay { id, delivery: Some(next) });
                self.sent_here += 1;
            }
        }
        self.full &= !self.waiting.is_empty();
    }

    /// PUBACK, PUBCOMP, and a PUBREC that refuses: the message is done.
    pub fn acknowledged(&mut self, id: NonZeroU16) {
        if let Some(place) = self.on_the_way.iter().position(|sent| sent.id == id) {
            self.on_the_way.remove(place);
            if place < self.sent_here {
                self.sent_here -= 1;
            }
        }
    }

    /// PUBREC: the client has it, what is left is to say that it may forget the id.
    pub fn taken(&mut self, id: NonZeroU16) {
        if let Some(sent) = self.on_the_way.iter_mut().find(|sent| sent.id == id) {
            sent.delivery = None;
        }
        self.say(Answer::PubRel(id));
    }

    /// Gives back what the queue took of the sums.
    pub fn forget(&mut self, stats: &mut Stats) {
        stats.queued -= self.waiting.len();
        stats.queued_bytes -= self.waiting_bytes;
        self.waiting.clear();
        self.waiting_bytes = 0;
    }
}

impl Connection {
    /// `false` when the client does not take packets of this size.
    fn send(&self, delivery: &Delivery, id: Option<NonZeroU16>, dup: bool, stats: &mut Stats) -> bool {
        let (pieces, length) = delivery.message.encode(Manner {
            version: self.version,
            qos: delivery.qos,
            retain: delivery.retain,
            dup,
            id,
            subscriptions: &delivery.identifiers,
        });
        if length > self.max_packet {
            stats.dropped += 1;
            return false;
        }
        stats.sent += 1;
        for piece in pieces {
            if !piece.is_empty() {
                self.outbox.push(piece);
            }
        }
        true
    }
}

/// The window is far smaller than the number of ids: there always is a free one.
fn free_id(last: &mut u16, used: &VecDeque<OnTheWay>) -> NonZeroU16 {
    loop {
        *last = last.wrapping_add(1);
        if let Some(id) = NonZeroU16::new(*last)
            && used.iter().all(|sent| sent.id != id)
        {
            return id;
        }
    }
}

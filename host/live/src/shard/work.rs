//! The loop of a shard: readiness, commands, then a bounded share of the deliveries under way, and again.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use bytes::Bytes;
use mio::{Events, Poll};
use slab::Slab;

use super::{
    Command, Shard, Stream, WAKE,
    fan::Fan,
    link::{Link, Phase, Written},
};
use crate::{
    feed::Shared,
    frame::{self, Decoder, Incoming},
    message::{self, Said},
    session::Session,
};

/// Deliveries between two looks at sockets and commands: editors' pictures and readers do not wait for a whole crowd.
const DELIVERIES: usize = 256;
/// Reads of one link before others get their turn.
const READS: usize = 16;
/// At shutdown links get this long to say goodbye, or `Options::farewell` if that is shorter.
const LAST_CALL: Duration = Duration::from_secs(2);

pub(super) struct Worker {
    poll: Poll,
    shard: Arc<Shard>,
    pub(super) shared: Arc<Shared>,
    pub(super) links: Slab<Link>,
    ids: HashMap<u64, usize>,
    pub(super) fan: Fan,
    /// Links with more to read than one turn allows.
    unread: Vec<usize>,
    scratch: Vec<u8>,
    /// Bytes of unfinished messages.
    held: usize,
    /// Counts [`Worker::tick_length`]s.
    pub(super) tick: u64,
    next_tick: Instant,
    stopping: Option<Instant>,
    pub(super) sums: Sums,
}

/// Counted here, added to the shared counters once a turn.
#[derive(Default)]
pub(super) struct Sums {
    pub delivered: u64,
    pub coalesced: u64,
    pub bytes: u64,
}

impl Worker {
    pub(super) fn new(poll: Poll, shard: Arc<Shard>, shared: Arc<Shared>) -> Self {
        Self {
            poll,
            shard,
            shared,
            links: Slab::new(),
            ids: HashMap::new(),
            fan: Fan::default(),
            unread: Vec::new(),
            scratch: vec![0; 64 << 10],
            held: 0,
            tick: 0,
            next_tick: Instant::now(),
            stopping: None,
            sums: Sums::default(),
        }
    }

    pub(super) fn run(mut self) {
        let last_call = LAST_CALL.min(self.shared.options.farewell);
        let mut events = Events::with_capacity(1024);
        loop {
            if let Err(error) = self.poll.poll(&mut events, self.patience())
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "the live shard cannot wait for its sockets");
                break;
            }
            for event in &events {
                if event.token() == WAKE {
                    continue;
                }
                let key = event.token().0;
                if event.is_writable() && self.links.get(key).is_some_and(|link| link.outbox.is_some()) {
                    self.drain(key);
                }
                if event.is_readable() || event.is_read_closed() || event.is_error() {
                    self.read(key);
                }
            }
            for key in std::mem::take(&mut self.unread) {
                self.read(key);
            }
            self.obey();
            self.walk(DELIVERIES);
            if Instant::now() >= self.next_tick {
                self.ticked();
            }
            self.count();
            if self.stopping.is_some_and(|since| self.links.is_empty() || since.elapsed() > last_call) {
                break;
            }
        }
        for key in self.links.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            self.end(key);
        }
    }

    /// How long to wait for something to happen.
    fn patience(&self) -> Option<Duration> {
        if self.fan.is_busy() || !self.unread.is_empty() {
            return Some(Duration::ZERO);
        }
        if self.links.is_empty() && self.stopping.is_none() {
            return None;
        }
        Some(self.next_tick.saturating_duration_since(Instant::now()))
    }

    fn count(&mut self) {
        let sums = std::mem::take(&mut self.sums);
        let counters = &self.shared.counters;
        for (counter, sum) in [
            (&counters.delivered, sums.delivered),
            (&counters.coalesced, sums.coalesced),
            (&counters.bytes, sums.bytes),
        ] {
            if sum > 0 {
                counter.fetch_add(sum, Relaxed);
            }
        }
    }

    fn obey(&mut self) {
        let commands = std::mem::take(&mut *self.shard.queue.lock());
        for command in commands {
            match command {
                Command::Adopt { session, stream, leftover } => self.adopt(session, stream, &leftover),
                Command::Join { link, feed, picture, etag } => {
                    if let Some(key) = self.open_link(link) {
                        self.join(key, feed, picture, etag);
                    }
                }
                Command::Leave { link, feed } => {
                    if let Some(key) = self.open_link(link) {
                        self.leave(key, feed);
                    }
                }
                Command::Publish { feed, picture } => self.fan.publish(feed, picture),
                Command::Retire { feed, frame } => self.retire(feed, &frame),
                Command::Send { link, frame } => {
                    if let Some(key) = self.open_link(link) {
                        self.answer(key, frame);
                    }
                }
                Command::Report { answer } => {
                    // Whoever asked may have gone.
                    let _ = answer.send(self.report());
                }
                Command::Shutdown => {
                    self.stopping = Some(Instant::now());
                    for key in self.links.iter().map(|(key, _)| key).collect::<Vec<_>>() {
                        self.close(key, 1001, "the server is shutting down");
                    }
                }
            }
        }
    }

    fn open_link(&self, id: u64) -> Option<usize> {
        let key = *self.ids.get(&id)?;
        (self.links[key].phase == Phase::Open).then_some(key)
    }

    fn adopt(&mut self, session: Arc<Session>, mut stream: Stream, leftover: &[u8]) {
        let entry = self.links.vacant_entry();
        let key = entry.key();
        if let Err(error) = stream.register(self.poll.registry(), key) {
            tracing::warn!(%error, "a live link could not be taken over");
            return session.close();
        }
        if self.stopping.is_some() {
            return session.close();
        }
        self.ids.insert(session.link, key);
        entry.insert(Link {
            id: session.link,
            stream,
            session,
            memberships: Vec::new(),
            outbox: None,
            decoder: None,
            unfinished: None,
            opened: Instant::now(),
            phase: Phase::Open,
            greeted: false,
            last_sent: self.tick,
            strikes: 0,
        });
        if self.links.len() == 1 {
            self.next_tick = Instant::now() + self.tick_length();
        }
        if !leftover.is_empty() {
            self.ingest(key, leftover);
        }
    }

    fn read(&mut self, key: usize) {
        let mut scratch = std::mem::take(&mut self.scratch);
        for turn in 0.. {
            let Some(link) = self.links.get_mut(key) else { break };
            if turn == READS {
                self.unread.push(key);
                break;
            }
            match link.stream.read(&mut scratch) {
                Ok(0) => {
                    self.end(key);
                    break;
                }
                Ok(n) => {
                    self.ingest(key, &scratch[..n]);
                    // The rest comes with the next edge.
                    if n < scratch.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.end(key);
                    break;
                }
            }
        }
        self.scratch = scratch;
    }

    /// Decodes what a link sent. While it is closing, nothing counts but its end.
    fn ingest(&mut self, key: usize, bytes: &[u8]) {
        let Some(link) = self.links.get_mut(key) else { return };
        if link.phase != Phase::Open {
            return;
        }
        let options = &self.shared.options;
        let limit = if link.session.visitor { options.visitor_message_bytes } else { options.message_bytes };
        let mut decoder = link.decoder.take().unwrap_or_else(|| Box::new(Decoder::new(limit)));
        self.held -= decoder.held();
        let mut incoming = Vec::new();
        let result = decoder.push(bytes, &mut incoming);
        if decoder.is_idle() {
            link.unfinished = None;
        } else {
            self.held += decoder.held();
            link.decoder = Some(decoder);
            link.unfinished.get_or_insert_with(Instant::now);
        }
        let full = self.held > options.unfinished_bytes;
        for one in incoming {
            if self.links.get(key).is_none_or(|link| link.phase != Phase::Open) {
                return;
            }
            match one {
                Incoming::Text(text) => self.said(key, &text),
                Incoming::Ping(payload) => self.answer(key, frame::pong(&payload)),
                Incoming::Pong => {}
                Incoming::Binary => self.fault(key, 1003, "frames are JSON text"),
                Incoming::Close(code) => self.close(key, code, ""),
            }
        }
        if let Err(violation) = result {
            self.fault(key, violation.code, violation.reason);
        } else if full {
            self.fault(key, 1013, "too many unfinished messages; try again later");
        }
    }

    fn said(&mut self, key: usize, text: &str) {
        let Some(link) = self.links.get_mut(key) else { return };
        match Said::read(text) {
            Ok(said) => {
                link.greeted = true;
                link.strikes = 0;
                let session = Arc::clone(&link.session);
                session.accept(said, text.len(), |frame| self.answer(key, frame));
            }
            Err(error) => {
                link.strikes += 1;
                if link.strikes >= self.shared.options.strikes {
                    return self.fault(key, 1008, "too many frames that could not be read");
                }
                self.answer(key, message::fault(&error));
            }
        }
    }

    /// Writes an answer, or keeps it until the socket takes it.
    pub(super) fn answer(&mut self, key: usize, frame: Bytes) {
        let limit = self.shared.options.pending_bytes;
        let Some(link) = self.links.get_mut(key) else { return };
        if link.outbox.is_none() {
            match link.write(&frame) {
                Ok(Written::Whole) => {
                    link.last_sent = self.tick;
                    self.sums.bytes += frame.len() as u64;
                    return;
                }
                Ok(Written::Part(n)) => {
                    self.sums.bytes += n as u64;
                    return self.drain(key);
                }
                Ok(Written::Nothing) => {}
                Err(_) => return self.end(key),
            }
        }
        if !link.enqueue(frame, limit) {
            self.end_slow(key, "too many answers wait");
        }
    }

    /// Writes what waits for a link, as far as the kernel takes it.
    pub(super) fn drain(&mut self, key: usize) {
        loop {
            let Some(link) = self.links.get_mut(key) else { return };
            let before = self.sums.bytes;
            let drained = link.drain_answers(&mut self.sums.bytes);
            if self.sums.bytes > before {
                link.last_sent = self.tick;
            }
            match drained {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => return self.end(key),
            }
            if link.phase != Phase::Open {
                link.outbox = None;
                return link.stream.finish();
            }
            let Some(feed) = link.next_due() else {
                link.outbox = None;
                return;
            };
            if let Some((frame, version)) = self.fan.newest(feed) {
                link.begin(frame);
                link.tell(feed, version);
                self.sums.delivered += 1;
            }
        }
    }

    fn fault(&mut self, key: usize, code: u16, reason: &'static str) {
        if self.links.get(key).is_some_and(|link| link.phase == Phase::Open) {
            self.shared.counters.closed_fault.fetch_add(1, Relaxed);
            self.close(key, code, reason);
        }
    }

    /// Says goodbye: the frame under way, then the close frame, then nothing; the peer closes, or is cut off.
    fn close(&mut self, key: usize, code: u16, reason: &'static str) {
        let Some(link) = self.links.get_mut(key) else { return };
        if link.phase != Phase::Open {
            return;
        }
        link.phase = Phase::Closing(Instant::now());
        link.unfinished = None;
        self.held -= link.decoder.take().map_or(0, |decoder| decoder.held());
        link.drop_answers();
        self.leave_all(key);
        self.answer(key, frame::close(code, reason));
        if let Some(link) = self.links.get(key)
            && link.outbox.is_none()
        {
            link.stream.finish();
        }
    }

    fn end_slow(&mut self, key: usize, reason: &'static str) {
        if let Some(link) = self.links.get(key) {
            tracing::info!(link = link.id, reason, "a live link was closed");
        }
        self.shared.counters.closed_slow.fetch_add(1, Relaxed);
        self.end(key);
    }

    /// The connection is over, whatever waits.
    pub(super) fn end(&mut self, key: usize) {
        if !self.links.contains(key) {
            return;
        }
        self.leave_all(key);
        let link = self.links.remove(key);
        self.ids.remove(&link.id);
        self.held -= link.decoder.as_ref().map_or(0, |decoder| decoder.held());
        link.session.close();
    }

    /// Time passes in steps fine enough for the shortest of the limits.
    fn tick_length(&self) -> Duration {
        let o = &self.shared.options;
        let shortest =
            [o.beat, o.hello, o.message_time, o.stalled, o.farewell].into_iter().min().unwrap_or_default();
        (shortest / 2).clamp(Duration::from_millis(10), Duration::from_secs(1))
    }

    fn ticked(&mut self) {
        let now = Instant::now();
        let length = self.tick_length();
        self.next_tick = now + length;
        self.tick += 1;
        let shared = Arc::clone(&self.shared);
        let options = &shared.options;
        let beat_after = options.beat.as_nanos().div_ceil(length.as_nanos().max(1)) as u64;
        let beat = message::beat(&self.tick.to_string());
        let older = |since: Instant, limit: Duration| now.duration_since(since) > limit;
        for key in self.links.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            let Some(link) = self.links.get(key) else { continue };
            if let Phase::Closing(since) = link.phase {
                if older(since, options.farewell) {
                    self.end(key);
                }
            } else if link.outbox.as_ref().is_some_and(|outbox| older(outbox.progress, options.stalled)) {
                self.end_slow(key, "it took no byte for too long");
            } else if !link.greeted && older(link.opened, options.hello) {
                self.fault(key, 1008, "nothing was subscribed to");
            } else if link.unfinished.is_some_and(|since| older(since, options.message_time)) {
                self.fault(key, 1008, "a message took too long");
            } else if self.tick - link.last_sent >= beat_after && link.outbox.is_none() {
                self.answer(key, beat.clone());
            }
        }
    }
}

//! One connection as its shard sees it. What it holds while all is well is this struct and its memberships; an outbox and a
//! decoder exist only while something is unfinished.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind},
    sync::Arc,
    time::Instant,
};

use bytes::{Buf, Bytes};

use super::stream::Stream;
use crate::{frame::Decoder, session::Session};

pub(crate) struct Link {
    pub id: u64,
    pub stream: Stream,
    pub session: Arc<Session>,
    pub memberships: Vec<Membership>,
    pub outbox: Option<Box<Outbox>>,
    pub decoder: Option<Box<Decoder>>,
    /// When the unfinished message began.
    pub unfinished: Option<Instant>,
    pub opened: Instant,
    pub phase: Phase,
    /// It said something sensible.
    pub greeted: bool,
    /// The tick at which something was last sent.
    pub last_sent: u64,
    pub strikes: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Open,
    /// A close frame was sent or waits to be; nothing else follows.
    Closing(Instant),
}

/// A link's place among the members of a feed.
pub(crate) struct Membership {
    /// Key in the shard's feeds.
    pub feed: usize,
    /// Index among its members.
    pub at: usize,
    /// The newest picture waits until the socket takes it.
    pub due: bool,
    /// The version of the last picture that was written.
    pub told: Option<u64>,
}

/// What the kernel did not take. Pictures are not kept here, only the one that is half written: a membership that is
/// `due` gets the newest when its turn comes.
pub(crate) struct Outbox {
    /// The rest of a frame under way.
    partial: Bytes,
    /// Answers, in order.
    answers: VecDeque<Bytes>,
    answer_bytes: usize,
    /// Last time the kernel took a byte.
    pub progress: Instant,
    /// Membership after the one served last.
    turn: usize,
}

/// Fate of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Whole,
    /// The outbox has the rest.
    Part(usize),
    /// Nothing was taken, and nothing is kept.
    Nothing,
}

impl Link {
    /// Writes `frame` past an empty outbox.
    pub(crate) fn write(&mut self, frame: &Bytes) -> io::Result<Written> {
        debug_assert!(self.outbox.is_none());
        loop {
            return match self.stream.write(frame) {
                Ok(n) if n == frame.len() => Ok(Written::Whole),
                Ok(n) => {
                    self.outbox().partial = frame.slice(n..);
                    Ok(Written::Part(n))
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Written::Nothing),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
        }
    }

    pub(crate) fn outbox(&mut self) -> &mut Outbox {
        self.outbox.get_or_insert_with(|| {
            Box::new(Outbox {
                partial: Bytes::new(),
                answers: VecDeque::new(),
                answer_bytes: 0,
                progress: Instant::now(),
                turn: 0,
            })
        })
    }

    /// Keeps an answer for later; `false` when more than `limit` bytes would wait.
    pub(crate) fn enqueue(&mut self, frame: Bytes, limit: usize) -> bool {
        let outbox = self.outbox();
        if outbox.answer_bytes + frame.len() > limit {
            return false;
        }
        outbox.answer_bytes += frame.len();
        outbox.answers.push_back(frame);
        true
    }

    /// Drops what waits except a frame under way, which must end before anything else can be said.
    pub(crate) fn drop_answers(&mut self) {
        if let Some(outbox) = &mut self.outbox {
            outbox.answers.clear();
            outbox.answer_bytes = 0;
        }
    }

    /// Writes the rest of the frame under way, then answers. `true` when nothing of them is left; the bytes that went out
    /// are added to `bytes`.
    pub(crate) fn drain_answers(&mut self, bytes: &mut u64) -> io::Result<bool> {
        let Some(outbox) = &mut self.outbox else { return Ok(true) };
        loop {
            if outbox.partial.is_empty() {
                let Some(next) = outbox.answers.pop_front() else { return Ok(true) };
                outbox.answer_bytes -= next.len();
                outbox.partial = next;
            }
            match self.stream.write(&outbox.partial) {
                Ok(n) => {
                    outbox.partial.advance(n);
                    outbox.progress = Instant::now();
                    *bytes += n as u64;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The feed whose newest picture is to be written next, in turn; clears its mark.
    pub(crate) fn next_due(&mut self) -> Option<usize> {
        let outbox = self.outbox.as_mut()?;
        let count = self.memberships.len();
        let at = (0..count).map(|i| (outbox.turn + i) % count).find(|at| self.memberships[*at].due)?;
        outbox.turn = at + 1;
        self.memberships[at].due = false;
        Some(self.memberships[at].feed)
    }

    /// Puts `frame` next on the wire; nothing may be under way.
    pub(crate) fn begin(&mut self, frame: Bytes) {
        self.outbox().partial = frame;
    }

    /// Notes what was written.
    pub(crate) fn tell(&mut self, feed: usize, version: u64) {
        if let Some(membership) = self.membership(feed) {
            membership.told = Some(version);
        }
    }

    pub(crate) fn membership(&mut self, feed: usize) -> Option<&mut Membership> {
        self.memberships.iter_mut().find(|m| m.feed == feed)
    }
}

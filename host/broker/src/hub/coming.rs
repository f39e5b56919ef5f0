//! Clients that come, go, come back, and those who do not.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytestring::ByteString;
use subtle::ConstantTimeEq;

use super::{Hub, Link};
use crate::{
    outbox::Outbox,
    session::{Connection, Session},
    topic::is_topic,
    wire::{ConnectAckReason, DisconnectReasonCode, Hello, Welcome, refusal},
};

impl Hub {
    pub(super) fn hello(&mut self, link: Link, mut hello: Hello, outbox: Arc<Outbox>) {
        if let Some(reason) = self.objection(&hello) {
            self.stats.refused += 1;
            outbox.push(refusal(hello.version, reason));
            return outbox.close();
        }
        let assigned =
            hello.id.is_empty().then(|| ByteString::from(format!("auto-{}", uuid::Uuid::now_v7())));
        // The text is a piece of a packet, which the session would keep.
        let id = assigned.clone().unwrap_or_else(|| ByteString::from(hello.id.to_string()));
        let before = self.by_id.get(&id).copied().and_then(|before| self.take_over(before, hello.clean));
        let session_present = before.is_some();
        let session = before.unwrap_or_else(|| {
            let session = self.sessions.insert(Session::new(id.clone()));
            self.by_id.insert(id, session);
            session
        });
        let wanted = hello.expiry.map(|seconds| Duration::from_secs(seconds.into()));
        let expiry = wanted.unwrap_or(self.options.session_expiry).min(self.options.session_expiry);
        let window = usize::from(hello.receive_max.min(self.options.max_inflight).max(1));
        outbox.push(
            Welcome {
                session_present,
                expiry: wanted.filter(|wanted| *wanted != expiry).map(|_| expiry.as_secs() as u32),
                assigned_id: assigned,
                max_packet: self.options.max_packet,
                receive_max: self.options.max_inflight,
            }
            .encode(hello.version),
        );
        let at = &mut self.sessions[session];
        at.expiry = expiry;
        at.will = hello.will.take();
        at.attach(Connection { link, version: hello.version, outbox, window, max_packet: hello.max_packet });
        self.by_link.insert(link, session);
        self.away.remove(&session);
        self.pump(session);
    }

    /// Why a client is not let in.
    fn objection(&self, hello: &Hello) -> Option<ConnectAckReason> {
        if let Some((user, password)) = &self.options.credentials {
            let said = hello.user.as_deref().unwrap_or_default().as_bytes();
            let right = said.ct_eq(user.as_bytes())
                & hello.password.as_deref().unwrap_or_default().ct_eq(password.as_bytes());
            if !bool::from(right) {
                return Some(ConnectAckReason::BadUserNameOrPassword);
            }
        }
        if hello.id.contains('\0') {
            return Some(ConnectAckReason::ClientIdentifierNotValid);
        }
        if hello.will.as_ref().is_some_and(|will| !is_topic(&will.publish.topic)) {
            return Some(ConnectAckReason::TopicNameInvalid);
        }
        let full = self.sessions.len() >= self.options.max_sessions && !self.by_id.contains_key(&hello.id);
        full.then_some(ConnectAckReason::ServerBusy)
    }

    /// Ends the connection that a session has; the session, unless it ends with that or is not wanted any more.
    fn take_over(&mut self, session: usize, clean: bool) -> Option<usize> {
        let had = self.sessions[session].detach(Some(DisconnectReasonCode::SessionTakenOver));
        let at = &mut self.sessions[session];
        if let Some(link) = had {
            self.by_link.remove(&link);
        }
        if clean || had.is_some() && at.expiry.is_zero() {
            self.end(session);
            return None;
        }
        // A will that is to wait is not wanted any more: its client is back in time.
        if had.is_some() && at.will.as_ref().is_some_and(|will| will.delay == 0) {
            self.fire(session);
        }
        Some(session)
    }

    pub(super) fn goodbye(&mut self, session: usize, with_will: bool, expiry: Option<u32>) {
        let at = &mut self.sessions[session];
        if !with_will {
            at.will = None;
        }
        // Who came without a session may not leave with one.
        if let Some(seconds) = expiry
            && !at.expiry.is_zero()
        {
            at.expiry = Duration::from_secs(seconds.into()).min(self.options.session_expiry);
        }
    }

    /// The connection of a session is gone.
    pub(super) fn lost(&mut self, session: usize) {
        let at = &mut self.sessions[session];
        if at.expiry.is_zero() {
            return self.end(session);
        }
        let now = Instant::now();
        at.ends_at = now.checked_add(at.expiry);
        let delay = at.will.as_ref().map(|will| Duration::from_secs(will.delay.into()).min(at.expiry));
        at.will_at = delay.and_then(|delay| now.checked_add(delay));
        self.away.insert(session);
        if delay == Some(Duration::ZERO) {
            self.fire(session);
        }
    }

    /// Wills, sessions and retained messages whose time is over.
    pub(super) fn turn_the_clock(&mut self) {
        let now = Instant::now();
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let away: Vec<_> = self.away.iter().copied().collect();
        for session in away {
            if due(self.sessions[session].ends_at) {
                self.end(session);
            } else if due(self.sessions[session].will_at) {
                self.fire(session);
            }
        }
        self.retained.remove_ended(now);
    }

    /// Ends a session: with it its subscriptions and its queue; its will fires.
    fn end(&mut self, session: usize) {
        self.fire(session);
        let mut ended = self.sessions.remove(session);
        ended.forget(&mut self.stats);
        self.by_id.remove(&ended.id);
        self.away.remove(&session);
        for filter in &ended.filters {
            self.drop_subscriber(session, filter);
        }
    }

    fn fire(&mut self, session: usize) {
        let at = &mut self.sessions[session];
        at.will_at = None;
        if let Some(will) = at.will.take() {
            let size = will.publish.payload.len() + will.publish.topic.len();
            self.spread(Some(session), will.publish, size);
        }
    }
}

//! How a membership ends.

use std::time::Duration;

use tokio::time::Instant;

use super::{Attempt, Event, Session};
use crate::{
    client::change::{Change, Failed},
    wire::{Form, HEARTBEAT_S, Place, State},
};

/// How long a state may be wrong about this peer, or about the session's end, before it is believed: an arbiter mends it before.
pub const BELIEVED: Duration = Duration::from_millis(700);
/// A closed session's messages stay so long, that everybody sees that it is closed.
const REMAINS: Duration = Duration::from_secs(HEARTBEAT_S);

pub enum Over {
    /// Nothing is left to do.
    Left,
    /// What is left on the broker is emptied then, if it still is there.
    Closed { empty_at: Instant },
    /// The connection must not come back.
    Replaced,
}

impl Session {
    /// Once it is over.
    pub(super) fn tidy(&mut self, now: Instant) {
        let Some(Over::Closed { empty_at }) = self.over else { return };
        let emptied = self.forms.newest().is_none();
        if !emptied && now >= empty_at {
            self.empty();
        }
        if emptied || now >= empty_at {
            self.over = Some(Over::Left);
        }
    }

    /// A state that was doubtful for so long is true.
    pub(super) fn believe(&mut self, now: Instant) {
        if self.doubtful.is_none_or(|since| now < since + BELIEVED) || !self.connected {
            return;
        }
        self.doubtful = None;
        let Some(doc) = self.forms.newest() else { return };
        if doc.state == State::Closed {
            let buried = self.attempt.as_ref().is_some_and(Attempt::is_burying);
            self.closed_by(buried || self.is_creator());
        } else if self.is_in() && self.attempt.is_none() {
            // Somebody wrote this peer out of it who did not know, or took it for gone.
            self.attempt = Some(Attempt::new(Change::Join, None));
        }
    }

    /// The session is over, for everybody.
    pub(super) fn closed(&mut self) {
        self.closed_by(self.is_creator());
    }

    /// Whoever closed it `tidies` up.
    pub(super) fn closed_by(&mut self, tidies: bool) {
        self.tell(Event::Closed);
        if let Some(attempt) = self.attempt.take() {
            attempt.end_closed();
        }
        if tidies {
            self.withdraw();
        }
        self.over = Some(if tidies && self.forms.newest().is_some() {
            Over::Closed { empty_at: Instant::now() + REMAINS }
        } else {
            Over::Left
        });
    }

    pub(super) fn evict(&mut self, why: &str, over: Over) {
        if self.is_in() {
            self.tell(Event::Evicted(why.to_owned()));
        }
        if let Some(entered) = self.entered.take() {
            let _ = entered.send(Err(Failed::Broker(why.to_owned())));
        }
        self.over = Some(over);
    }

    /// Nothing of a closed session stays on the broker.
    fn empty(&self) {
        let session = &self.id;
        for form in Form::ALL {
            self.link.publish(Place::State { session, form }.to_string(), true, Vec::new());
        }
        self.link.publish(Place::SeedSync { session }.to_string(), true, Vec::new());
        let members = self.known.as_ref().map(|known| known.borrow().connected_instances.clone());
        for client_id in members.iter().flatten() {
            self.link.publish(Place::Ready { session, client_id }.to_string(), true, Vec::new());
        }
    }

    fn withdraw(&self) {
        self.link.publish(Place::Discovery { session: &self.id }.to_string(), true, Vec::new());
    }
}

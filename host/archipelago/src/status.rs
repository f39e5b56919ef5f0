//! How a connection is doing, for those who set it up.

use std::sync::Arc;

use parking_lot::Mutex;
use regie_core::Clock;
use serde::Serialize;

use crate::{deliver::Sink, fault::brief};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// On the way to the room, or waiting for its answer.
    Connecting,
    /// The room has taken the slot; items are counted as they come.
    Connected,
    /// The room does not take the slot as it is set up. Tried again, slowly.
    Refused,
    /// The room is not there, or the link was lost. Tried again soon.
    Waiting,
    /// Ended, or never begun.
    Off,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub state: State,
    /// One sentence for people: why it is not connected, or why the sink does not take what was counted. It stays while
    /// the next try is on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Items received so far, by all that is known; kept while the link is down.
    pub items: u64,
    /// Since when it is in this state, in milliseconds since 1970.
    pub since_ms: i64,
}

/// Gathers what is known of the link and of the sink, and tells the sink of every difference.
pub(crate) struct Reporter {
    clock: Arc<dyn Clock>,
    sink: Arc<dyn Sink>,
    known: Mutex<Known>,
}

struct Known {
    status: Status,
    link: Option<String>,
    delivery: Option<String>,
}

impl Reporter {
    pub fn new(clock: Arc<dyn Clock>, sink: Arc<dyn Sink>) -> Self {
        let status = Status { state: State::Off, error: None, items: 0, since_ms: clock.now_ms() };
        Self { clock, sink, known: Mutex::new(Known { status, link: None, delivery: None }) }
    }

    pub fn connecting(&self) {
        self.change(|known| known.status.state = State::Connecting);
    }

    pub fn connected(&self, items: u64) {
        self.change(|known| {
            known.status.state = State::Connected;
            known.status.items = items;
            known.link = None;
        });
    }

    pub fn down(&self, state: State, error: Option<String>) {
        self.change(|known| {
            known.status.state = state;
            known.link = error;
        });
    }

    /// What the sink said to the newest counts; `None`: it took them.
    pub fn delivered(&self, error: Option<String>) {
        self.change(|known| known.delivery = error);
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        // Told under the lock, so that the sink hears of changes in their order.
        let mut known = self.known.lock();
        let before = known.status.clone();
        change(&mut known);
        if known.status.state != before.state {
            known.status.since_ms = self.clock.now_ms();
        }
        known.status.error = known.link.as_ref().or(known.delivery.as_ref()).map(|error| brief(error));
        if known.status != before {
            self.sink.status(known.status.clone());
        }
    }
}

//! What comes out: what the caller is to do, and what happened.

use regie_lobby_client::wire::{Refusal, State};

use super::{Gone, Refused};

/// What follows from an input.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// The record changed: commit it before acknowledging and before publishing.
    pub commit: bool,
    /// What stands on the broker may be wrong: ask `correction` for both forms.
    pub correct: bool,
    /// To publish to their clients, not retained.
    pub refusals: Vec<Refusal>,
    pub publish: Vec<Publication>,
    /// Topics to empty: a retained message without payload.
    pub empty: Vec<String>,
    pub notes: Vec<Note>,
    /// It was a write of a peer's to the state.
    pub raw: bool,
}

impl Effects {
    /// The effects of two inputs after each other.
    pub fn and(mut self, later: Self) -> Self {
        self.commit |= later.commit;
        self.correct |= later.correct;
        self.raw |= later.raw;
        self.refusals.extend(later.refusals);
        self.publish.extend(later.publish);
        self.empty.extend(later.empty);
        self.notes.extend(later.notes);
        self
    }
}

/// A message beside the state, qos 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub topic: String,
    pub payload: String,
    pub retain: bool,
}

/// What happened, for log, history and counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    Found,
    Created,
    Joined {
        client_id: String,
    },
    /// `how` is never [`Gone::Silent`] or [`Gone::Refused`] here.
    Left {
        client_id: String,
        how: Gone,
    },
    /// Silent for too long.
    Evicted {
        client_id: String,
    },
    /// Silent, not yet for too long: views show it. `false`: heard of again.
    Suspected {
        client_id: String,
        suspect: bool,
    },
    /// Not let in, or (`NotCreator`) a state not believed; the client is empty where nobody knows who wrote.
    Refused {
        client_id: String,
        why: Refused,
    },
    /// An old message would have brought back one who left.
    BuriedTriedToReturn {
        client_id: String,
    },
    Started {
        state: State,
    },
    Closed {
        why: Closed,
    },
    HandedOver {
        from: String,
        to: String,
    },
    /// A peer's copy replaced a newer one; the truth is written again.
    Regressed {
        from: u64,
        to: u64,
    },
    /// Somebody wrote other values for what the first state fixed.
    FieldsRestored,
    /// A heartbeat of the creator, or of the host for it.
    Heartbeat,
    /// An own write came back.
    Echo,
}

/// Why a session closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// A peer wrote it and is believed.
    Written,
    CreatorLeft,
    CreatorSilent,
    /// Over HTTP.
    Asked,
    /// Nobody was heard of for too long.
    Abandoned,
}

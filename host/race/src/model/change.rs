//! What a transition of a race says besides the new document: what its mode must hear, and what followers are told.

use regie_store::EntryKind;

use crate::Event;

/// The moment of a transition; it never falls within one race.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since 1970.
    pub ms: i64,
    /// The same as RFC 3339.
    pub text: String,
}

impl Now {
    pub fn at(ms: i64) -> Self {
        Self { ms, text: regie_core::rfc3339(ms) }
    }
}

/// An action of the host's, told to the mode in the same commit: `{"type":"host:join","slot":3}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// `host:start` and so on.
    pub kind: &'static str,
    pub slot: Option<u32>,
}

impl Told {
    pub const fn all(kind: &'static str) -> Self {
        Self { kind, slot: None }
    }

    pub const fn of(kind: &'static str, slot: u32) -> Self {
        Self { kind, slot: Some(slot) }
    }
}

/// What comes of a transition once it is durable.
#[derive(Debug, Clone)]
pub struct Change {
    /// For the mode, in order.
    pub tell: Vec<Told>,
    /// For the history: "Ada joined". Empty: not worth a line.
    pub words: String,
    /// For followers, in order, after the commit. A new picture follows by itself.
    pub events: Vec<Event>,
    pub kind: EntryKind,
}

impl Default for Change {
    fn default() -> Self {
        Self { tell: Vec::new(), words: String::new(), events: Vec::new(), kind: EntryKind::Action }
    }
}

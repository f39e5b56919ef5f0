//! What a transition answers: what its mode must hear, what followers are told, what the history says.

use regie_core::rfc3339;
use regie_store::EntryKind;

use crate::Event;

/// What followed from one transition of a race. The document was changed already.
#[derive(Debug, Clone)]
pub struct Change {
    /// Actions of the host's that the mode hears, in order, before anybody is told.
    pub tell: Vec<Told>,
    /// In a person's language, for the history; empty where nothing happened.
    pub words: String,
    pub events: Vec<Event>,
    pub kind: EntryKind,
}

/// One action of the host's to the mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// As `action.type`: `host:start`.
    pub kind: &'static str,
    /// Where it is about one participant.
    pub slot: Option<u32>,
}

/// The moment of a transition; it never falls within one race.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since 1970.
    pub ms: i64,
    /// RFC 3339.
    pub text: String,
}

impl Now {
    pub fn at(ms: i64) -> Self {
        Self { ms, text: rfc3339(ms) }
    }
}

impl Told {
    pub const fn all(kind: &'static str) -> Self {
        Self { kind, slot: None }
    }

    pub const fn of(kind: &'static str, slot: u32) -> Self {
        Self { kind, slot: Some(slot) }
    }
}

impl Default for Change {
    fn default() -> Self {
        Self { tell: Vec::new(), words: String::new(), events: Vec::new(), kind: EntryKind::Action }
    }
}

impl Change {
    /// A change of the host's own fields, which the mode need not hear of.
    pub fn said(words: impl Into<String>) -> Self {
        Self { words: words.into(), kind: EntryKind::Labels, ..Self::default() }
    }

    /// Asked again for what is so already: nothing is written, nobody is told.
    pub fn nothing() -> Self {
        Self::said("")
    }

    pub fn is_nothing(&self) -> bool {
        self.words.is_empty() && self.tell.is_empty() && self.events.is_empty()
    }

    #[must_use]
    pub fn told(mut self, kind: &'static str, slot: Option<u32>) -> Self {
        self.tell.push(Told { kind, slot });
        if self.kind == EntryKind::Labels {
            self.kind = EntryKind::Action;
        }
        self
    }

    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Both, as one entry of the history.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        if next.is_nothing() {
            return self;
        }
        if self.is_nothing() {
            return next;
        }
        self.tell.extend(next.tell);
        self.events.extend(next.events);
        self.words = format!("{}; {}", self.words, next.words);
        if self.kind == EntryKind::Labels {
            self.kind = next.kind;
        }
        self
    }
}

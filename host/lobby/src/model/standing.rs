//! What stands on one of the two topics of a session's state, and what is on its way there.

use regie_lobby_client::wire::{Arbitrated, State};

use super::SetHash;

/// As far as it matters whether it is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    pub version: u64,
    pub set: SetHash,
    pub state: State,
    pub heartbeat: String,
    /// Creator, model, limits and creation are those of the record.
    pub fixed: bool,
    /// When it is to be written again, monotonic: only the host's own messages expire.
    pub refresh_ms: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum Stands {
    #[default]
    Unknown,
    Nothing,
    Value(Value),
}

#[derive(Debug, Clone)]
pub struct Pending {
    pub value: Value,
    pub mark: Arbitrated,
    pub since_ms: u64,
}

#[derive(Debug, Default, Clone)]
pub struct Standing {
    pub stands: Stands,
    /// Published and not come back yet: it is newer than all that arrives before its echo, as the broker has one order.
    pub pending: Option<Pending>,
    /// The value with the highest version that stood there.
    highest: Option<Value>,
    /// With this version two different values stood there, or will: peers that only take higher versions may have either.
    pub contested: u64,
}

impl Value {
    fn says_the_same(&self, other: &Self) -> bool {
        (self.set, self.state, self.fixed) == (other.set, other.state, other.fixed)
    }
}

impl Standing {
    /// Nobody knows which values stood there with this version: the truth is written once more, above it.
    pub fn unsure(version: u64) -> Self {
        Self { contested: version, ..Self::default() }
    }

    pub fn arrived(&mut self, value: Value) {
        let pending = self.pending.as_ref().map(|pending| &pending.value);
        let above = pending.filter(|pending| value.version >= pending.version);
        let beside = self.highest.as_ref().filter(|highest| highest.version == value.version);
        if above.into_iter().chain(beside).any(|other| !other.says_the_same(&value)) {
            self.contested = self.contested.max(value.version);
        }
        if self.highest.as_ref().is_none_or(|highest| highest.version < value.version) {
            self.highest = Some(value.clone());
        }
        self.stands = Stands::Value(value);
    }

    /// What will stand there when all that is on its way has arrived.
    pub fn expected(&self) -> Option<&Value> {
        match (&self.pending, &self.stands) {
            (Some(pending), _) => Some(&pending.value),
            (None, Stands::Value(value)) => Some(value),
            (None, _) => None,
        }
    }
}

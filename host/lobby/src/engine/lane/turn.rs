//! Whose turn it is to arbitrate, and how far this host is in taking its own.

use std::time::Instant;

use super::super::lease::Watch;

pub enum Turn {
    /// There is no broker yet.
    Idle,
    /// Whether another host arbitrates.
    Looking(Watch),
    Arbiter(Phase),
}

/// How far an arbiter is with its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Down,
    /// Connected; whether another host took over meanwhile is not known yet.
    Checking {
        until: Instant,
    },
    /// What stands on the topics comes, one filter after another: a broker that queues few messages would drop the rest of many.
    Replaying {
        filter: usize,
        until: Instant,
    },
    /// All of it was sent; what others said at that time comes.
    Settling {
        until: Instant,
    },
    Settled,
}

impl Turn {
    /// When [`Lane::settle_if_due`] has something to do.
    pub fn wake_at(&self) -> Option<Instant> {
        match self {
            Self::Arbiter(
                Phase::Checking { until } | Phase::Replaying { until, .. } | Phase::Settling { until },
            ) => Some(*until),
            _ => None,
        }
    }

    /// Nobody else can be the arbiter: no need to look any longer.
    pub fn is_alone(&self) -> bool {
        matches!(self, Self::Looking(watch) if watch.is_alone())
    }

    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Arbiter(Phase::Settled))
    }
}

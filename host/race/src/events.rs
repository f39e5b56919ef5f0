//! What a room tells those who follow it: pictures for a class of viewers, and what happened. Only what is durable, but for
//! running clocks.

use std::{collections::BTreeSet, sync::Arc};

use regie_sdk::protocol::Standings;
use serde_json::{Map, Value, value::RawValue};

use crate::{Class, model::Race};

/// What one class of viewers may see of a race at one moment: nothing else leaves the room.
#[derive(Debug)]
pub struct Shown {
    pub class: Class,
    /// Rises with every picture of this race and class.
    pub seq: u64,
    /// When it was made, milliseconds since 1970; with a delay this is when it was true.
    pub at_ms: i64,
    pub version: u64,
    /// The race without `state`, `derived`, `invites` and what was `seen`; names of participants already as this class may
    /// read them (a participant whose name is hidden has an empty `user_id`).
    pub race: Arc<Race>,
    /// Slots whose game is connected.
    pub connected: Arc<BTreeSet<u32>>,
    /// As projected. `more["seed"]`, `more["leader_splits"]` and each one's `more` are the mode's; see docs/authors.md.
    pub standings: Arc<Standings>,
    /// What `render` gets in place of the state.
    pub view: Arc<RawValue>,
    /// The part of the seed that this class may see, with the digest of what was asked for.
    pub revealed: Option<(String, Arc<RawValue>)>,
}

/// What happens in a room, in order. A class's pictures reach its followers at most five times a second.
#[derive(Debug, Clone)]
pub enum Event {
    /// A new picture of the class that is followed.
    Shown(Arc<Shown>),
    /// A running clock moved; told at once, stored a little later. Only for classes that see this participant's clock.
    Clock { slot: u32, igt_ms: u64, death_count: Option<u64> },
    /// The countdown began, for all or (in a race where each starts alone) for one.
    Start { slot: Option<u32>, countdown_seconds: u32, at_ms: i64 },
    /// The race's status changed.
    Status,
    /// A message of the mode's to one player's game.
    Notify { slot: u32, message: Arc<Map<String, Value>> },
    /// What the mode tells everybody, already fit for this class.
    Announce { text: Arc<str> },
    /// How many spectators follow now.
    Spectators { count: usize },
    /// The room was reset: mods are disconnected with 1000 "Race reset".
    Reset,
    /// The race is gone.
    Gone,
}

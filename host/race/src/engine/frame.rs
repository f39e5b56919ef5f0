//! Frames of players' games, as the socket hands them in.

use serde_json::value::RawValue;

/// What a player's game sent, as it came.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its `type`.
    pub kind: String,
    /// Answered once it is durable; the same one again changes nothing.
    pub message_id: Option<String>,
    /// The whole object, `type` and all: the mode's action.
    pub body: Box<RawValue>,
}

/// It was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Its `message_id` was answered before; nothing was done now.
    pub repeated: bool,
}

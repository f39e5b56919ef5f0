//! What the API document says of values whose types live in crates that know nothing of it. Never built.

#![allow(dead_code, reason = "they are only described")]

use utoipa::ToSchema;

#[derive(ToSchema)]
#[schema(as = EntryKind, rename_all = "snake_case")]
pub enum EntryKind {
    Action,
    Create,
    Reset,
    Preset,
    HandEdit,
    Labels,
    Migration,
    Undo,
    Redo,
    Restore,
    Delete,
}

/// Who did it, with the role of that moment.
#[derive(ToSchema)]
#[schema(as = Actor)]
pub struct Actor {
    id: String,
    name: String,
    #[schema(value_type = regie_identity::routes::RoleName)]
    role: (),
}

/// What may be granted on one target.
#[derive(ToSchema)]
#[schema(as = CrewRole, rename_all = "snake_case")]
pub enum CrewRole {
    Editor,
    Restreamer,
}

/// `stale`: its plugin, or what it shows of another restream, is gone. `failed`: its plugin never loaded.
#[derive(ToSchema)]
#[schema(as = Condition, rename_all = "snake_case")]
pub enum Condition {
    Ready,
    Stale,
    Failed,
    None,
}

#[derive(ToSchema)]
#[schema(as = FeedState, rename_all = "snake_case")]
pub enum FeedState {
    Connecting,
    Connected,
    Refused,
    Waiting,
    Off,
}

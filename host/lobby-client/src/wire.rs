//! What stands on which topic. Every fact of a session is on topics below its id; its state alone is on two.

mod message;
mod state;
mod topic;

pub use message::{
    Discovery, PlayerDisconnect, PlayerRegistration, PlayerReservation, Ready, Refusal, Reservation,
    SeedSync, Will,
};
pub use state::{Arbitrated, By, State, StateDoc};
pub use topic::{FILTERS, Form, Place, check_session_id};

/// A creator's heartbeat, and the discovery message, every this many seconds.
pub const HEARTBEAT_S: u64 = 5;
/// A peer's sign of life (`session_seed_sync`), every this many seconds.
pub const SEED_SYNC_S: u64 = 3;
/// Who was silent for this many seconds is gone.
pub const EXPIRY_S: u64 = 15;

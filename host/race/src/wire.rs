//! The wire of races: what games and spectators send, and what they are told, in both dialects. Everything here is made of
//! pictures ([`Shown`]) of one class of viewers; there is no I/O and no clock. The fields are specified in
//! docs/race-protocol.md.

mod frame;
mod games;
mod message;
mod participant;
mod status;
mod told;

#[cfg(test)]
pub(crate) mod tests;

pub use frame::{Frame, Refusal};
pub use games::Game;
pub use message::{ack, announcement, auth_error, error, ping, pong, race_state, refused, spectator_count};
pub use told::Told;

/// What `auth_ok` says this server speaks.
pub const PROTOCOL_VERSION: &str = "1.3";

/// A time as messages carry it: milliseconds since 1970 and the same as RFC 3339.
pub type Ms = i64;

#![forbid(unsafe_code)]
//! Distributed game sessions over MQTT: peers meet in sessions whose state is one retained message, and the arbiter makes
//! what they write of it come out right (docs/lobby.md).
//!
//! It knows no game and no other domain room; how a lobby's members become participants is said by `live`'s rosters.

mod engine;
mod json;
mod lobby;
pub mod model;
mod rosters;
pub mod routes;
mod settings;
mod source;
mod stats;
mod status;

pub use lobby::{Lobby, New, Parts};
pub use model::View;
pub use settings::{BrokerChoice, Credentials, Options, Remote, SETTINGS};
pub use source::LobbySource;
pub use stats::Stats;
pub use status::{ArbiterStatus, BrokerKind, BrokerStatus, LinkState, Status};

#![forbid(unsafe_code)]
//! A client to race with: it reads the settings file of a player's pack, speaks the mod socket, draws the in-game layout in a
//! terminal, and can run a route through a seed by itself.
//!
//! It knows the wire (`docs/race-protocol.md`) and no room of the server: an example for people who write a mod, a rehearsal for
//! organizers, a load for tests. A mod needs [`Settings`], [`Link`] (reconnects, and keeps what was not acknowledged) and
//! [`View`] (what it was told); [`Runner`] stands in for the game.

mod args;
mod graph;
mod link;
mod outbox;
mod race;
mod random;
mod route;
mod runner;
mod screen;
mod settings;
mod view;

pub use args::{Args, run};
pub use graph::Graph;
pub use link::{Link, Told};
pub use outbox::Outbox;
pub use race::{Options, Outcome, Wish, race};
pub use random::Random;
pub use route::{Route, Step};
pub use runner::Runner;
pub use settings::Settings;
pub use view::{Row, View};

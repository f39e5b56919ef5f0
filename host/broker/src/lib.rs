#![forbid(unsafe_code)]
//! An MQTT broker in the process, so that a laptop needs nothing installed.
//!
//! It speaks MQTT 3.1.1 and 5 and knows no lobby: whoever speaks MQTT may use it. One task, the hub, owns all state; each
//! connection has a task of its own that reads packets, hands them to the hub and writes what the hub left for it. Nothing
//! is kept on disk. Every buffer has a bound ([`Options`]).

mod connection;
mod hub;
mod message;
mod options;
mod outbox;
mod retained;
mod server;
mod session;
mod stats;
mod topic;
mod tree;
mod wire;

pub use options::Options;
pub use server::{Broker, serve};
pub use stats::Stats;

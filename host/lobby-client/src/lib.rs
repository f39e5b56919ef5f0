#![forbid(unsafe_code)]
//! A client of lobbies for games in Rust, and the wire (docs/lobby.md) as types: topics, documents, messages.
//!
//! It knows MQTT and the wire, and no room of the server: games link it, the server's lobby shares the wire.

pub mod wire;

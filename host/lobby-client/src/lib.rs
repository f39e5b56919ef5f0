#![forbid(unsafe_code)]
//! A client of lobbies for games in Rust, and the wire (docs/lobby.md) as types: topics, documents, messages.
//!
//! It knows MQTT and the wire, and no room of the server: games link it, the server's lobby shares the wire. It needs no arbiter on the
//! broker; with one, no join is lost and nobody who left comes back.
//!
//! ```no_run
//! # async fn play() -> Result<(), Box<dyn std::error::Error>> {
//! use regie_lobby_client::{Event, Lobby, New, Options};
//!
//! let lobby = Lobby::connect(Options::new("mqtt://127.0.0.1:1883", "machine-7")).await?;
//! let membership = lobby.create(New::named("Tide pools", 2, 4)).await?;
//! let mut events = membership.events();
//! while let Ok(event) = events.recv().await {
//!     if event == Event::Joined("machine-8".into()) {
//!         membership.start().await?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod client;
pub mod wire;

pub use client::{
    ActError, Available, ConnectError, CreateError, Event, JoinError, Lobby, Membership, New, Options,
    Protocol,
};

#![forbid(unsafe_code)]
//! Races: rooms with people, clocks and ranks, seeds and pools, players' packs, the sockets of mods and spectators.
//!
//! Knows rooms below it and the plugin protocol; knows no game: what a race is about, how participants stand and who may see
//! what of it are its mode's, which is a plugin.

mod class;
pub mod engine;
mod events;
mod json;
pub mod model;
pub mod packs;
mod pages;
mod picture;
pub mod pools;
mod races;
pub mod routes;
mod service;
mod sockets;
mod source;
mod tokens;
mod wire;

pub use class::{Class, DELAYS, Who};
pub use engine::{Accepted, Engine, Events, Follow, Frame, OpenRaces};
pub use events::{Event, Shown};
pub use pools::Pools;
pub use races::{Parts, Races};
pub use service::{Added, Named, NewRace, RaceInvites};
pub use sockets::Sockets;
pub use source::{RaceSource, may_act};

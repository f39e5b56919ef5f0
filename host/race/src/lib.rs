#![forbid(unsafe_code)]
//! Races: rooms with people, clocks and ranks, seeds and pools, players' packs, the sockets of mods and spectators.
//!
//! Knows rooms below it and the plugin protocol; knows no game: what a race is about, how participants stand and who may see
//! what of it are its mode's, which is a plugin.

mod class;
mod events;
pub mod model;
mod pages;

pub use class::{Class, Who};
pub use events::{Event, Shown};

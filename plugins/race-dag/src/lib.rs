#![forbid(unsafe_code)]
//! Race mode: runners find their way through a generated graph of places in layers, from one start to one end.
//!
//! It knows where everybody was and when, in in-game time; it has no clock of its own and no idea of the game.

pub mod graph;
pub mod map;
pub mod shown;
pub mod view;

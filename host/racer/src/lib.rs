#![forbid(unsafe_code)]
//! A client to race with: it reads the settings file of a player's pack, speaks the mod socket, draws the in-game layout in a
//! terminal, and can run a route through a seed by itself.
//!
//! It knows the wire and no room of the server: an example for people who write a mod, a rehearsal for organizers, a load for
//! tests.

#![forbid(unsafe_code)]
//! Distributed game sessions over MQTT: peers meet in sessions whose state is one retained message, and the arbiter makes
//! what they write of it come out right (docs/lobby.md).
//!
//! It knows no game and no other domain room; how a lobby's members become participants is said by `live`'s rosters.

//! The arbiter against a real mosquitto.

#![allow(clippy::unwrap_used)]

mod away;
mod broker;
mod bucket;
mod embedded;
mod garbage;
mod host;
mod lease;
mod over;
mod peer;
mod people;
mod restart;
mod secure;
mod simple;
mod stored;

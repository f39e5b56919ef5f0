#![forbid(unsafe_code)]
//! Follows one slot of an [Archipelago](https://archipelago.gg) multiworld room and counts the items it has received.
//!
//! A room shuffles the items of many players among their games. [`run`] joins it as a client with the tag `Tracker`,
//! which may look at a slot without playing it, and tells a [`Sink`] the absolute count of every item by name. It keeps
//! the connection up until told to stop. It speaks the published network protocol and knows no session, no plugin and
//! no page; what an item means is the sink's business.
//!
//! From inside out: [`packet`] is what goes over the wire, [`ledger`] what was received, [`names`] what it is called,
//! [`dialogue`] the protocol as a reducer without I/O, [`link`] the socket, [`session`] one connection, [`run`] all of
//! them in a row, [`deliver`] the way to the sink.

mod address;
mod config;
mod deliver;
mod dialogue;
mod fault;
mod ledger;
mod link;
mod names;
mod packet;
mod run;
mod session;
mod status;

pub use config::{Config, Options};
pub use deliver::{Counts, Sink};
pub use run::run;
pub use status::{State, Status};

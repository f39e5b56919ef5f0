//! The Hub behind a real listener, built like the server's, with a synthetic room.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod acting;
mod delivery;
mod links;
mod protocol;
mod rights;
mod streams;
mod support;

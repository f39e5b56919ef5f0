//! The Hub behind a real listener, built like the server's, with a synthetic room.

mod acting;
mod delivery;
mod protocol;
mod rights;
mod streams;
mod support;

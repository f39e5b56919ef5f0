#![forbid(unsafe_code)]
//! Restreams: trackers on live pages and overlays, edited by crews.
//!
//! Knows rooms below it and the plugin protocol; knows no game: what a tracker contains, and what an action means, is its
//! plugin's.

mod act;
mod directory;
mod json;
mod lane;
mod model;
mod pages;
pub mod routes;
mod service;
mod session;
mod source;
mod trackers;

pub use model::{MAIN_PANEL, NONE, NewRestream, ParticipantForm, Restream, RestreamPatch};
pub use pages::Statics;
pub use service::{Choice, Parts, Restreams};
pub use session::{SessionFiles, session_key};
pub use source::{AppSource, TrackerSource};
pub use trackers::OpenSessions;

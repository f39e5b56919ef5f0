#![forbid(unsafe_code)]
//! Restreams: trackers and hint sheets on live pages and overlays, edited by crews.
//!
//! Knows rooms below it and the plugin protocol; knows no game: what a tracker contains, and what an action means, is its
//! plugin's.

mod directory;
mod feeds;
mod indices;
mod json;
mod model;
mod pages;
mod presence;
mod presets;
pub mod routes;
mod service;
mod sessions;
mod sources;
mod trackers;

pub use indices::SheetFiles;
pub use model::{
    INDICES_PANEL, MAIN_PANEL, NONE, NewRestream, Panel, ParticipantForm, Restream, RestreamPatch,
};
pub use presets::{NewPreset, PresetFiles};
pub use service::{Choice, Parts, Restreams};
pub use sessions::{OpenSessions, Sessions};
pub use sources::sources;
pub use trackers::{SessionFiles, session_key};

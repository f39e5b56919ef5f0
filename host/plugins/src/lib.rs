#![deny(unsafe_code)]
//! Plugin packages: what lies in the drop folder is read, checked, compiled, probed and put on the air, and replaced there
//! while a show runs. Hooks run in wasmtime with bounds on everything; what they render is sanitised, their style sheets
//! are confined.
//!
//! It knows no documents, no history and no pages: a room calls [`Plugin`]'s hooks with what it stores and stores what they
//! answer. (`unsafe` is denied and not forbidden for one module, `runtime/cache.rs`, which says why.)

mod assets;
pub mod author;
mod breaker;
pub mod css;
mod error;
pub mod html;
mod limits;
mod load;
mod logs;
mod manifest;
mod operator;
mod package;
mod plugin;
mod plugins;
mod probe;
mod runtime;
mod seen;
mod status;
mod timings;

pub use assets::Asset;
pub use error::{CallError, refused_action};
pub use limits::{Limits, SETTINGS};
pub use load::load_package;
pub use logs::LogLine;
pub use manifest::{API, Api, Frontend, Kind, Manifest, ManifestFault, Overlay, SettingField, SettingKind};
pub use operator::{Edited, Operator};
pub use plugin::{Plugin, Rendered, SettingsOf};
pub use plugins::{Options, Plugins};
pub use probe::{OpenSession, Sessions};
pub use runtime::Hook;
pub use status::{Grants, Rests, SettingsStatus, State, Status};
pub use timings::Timing;

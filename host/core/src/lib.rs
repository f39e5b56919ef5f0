#![forbid(unsafe_code)]
//! What every room shares: errors, ids and topics, the clock, actors and roles, settings, shutdown.
//!
//! It knows no room, no storage and no transport; with the feature `http` it knows how an [`Error`] is answered
//! and how bodies and queries are read.

mod actor;
mod clock;
mod credential;
mod error;
#[cfg(feature = "http")]
mod http;
mod id;
#[cfg(feature = "http")]
mod json;
#[cfg(feature = "http")]
mod key;
#[cfg(feature = "http")]
mod page;
mod settings;
mod shutdown;
mod topic;

pub use actor::{Actor, Role};
pub use clock::{Clock, SimulatedClock, SystemClock, parse_rfc3339, rfc3339};
pub use credential::Credential;
pub use error::{Error, ErrorBody, ErrorDetail, ErrorKind, Result};
pub use id::{RESERVED_SEGMENTS, check_slug, new_id, random_hex};
#[cfg(feature = "http")]
pub use json::{ApiJson, ApiQuery, OptionalJson};
#[cfg(feature = "http")]
pub use key::idempotency_key;
#[cfg(feature = "http")]
pub use page::PageQuery;
pub use settings::{Kind, Setting, Settings, SettingsError, Shown};
pub use shutdown::Shutdown;
pub use topic::Topic;

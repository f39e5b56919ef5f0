#![forbid(unsafe_code)]
//! Topics and their latest value, pushed to many viewers.
//!
//! The [`Hub`] asks a room ([`Source`]) for a picture once per change and variant and gives the same bytes to all. It
//! knows no game, no page and no storage.

mod source;

pub use source::{Act, Body, Credential, Form, Refused, Snapshot, Source, Variant, Want};

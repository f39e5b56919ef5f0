#![forbid(unsafe_code)]
//! Keyed documents with revisions, history and action keys, behind one trait ([`Bucket`]); the embedded engine keeps
//! them in an append-only journal and projects it into memory, sled and session files.
//!
//! It knows no domain: bodies and entries are opaque JSON. `sled` is named nowhere else.

mod bucket;

pub use bucket::{Answer, Bucket, Change, Document, Entry, EntryKind, Revision, Watch, Write};
pub use regie_core::{Error, Result};

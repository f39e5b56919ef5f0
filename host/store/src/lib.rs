#![forbid(unsafe_code)]
//! Keyed documents with revisions, history and action keys, behind one trait ([`Bucket`]); the embedded engine keeps
//! them in an append-only journal and projects it into memory, sled and session files (docs/storage.md).
//!
//! It knows no domain: bodies and entries are opaque JSON. `sled` is named nowhere else.

mod backup;
mod blobs;
mod bucket;
mod embedded;
mod files;
mod health;
mod history;
mod index;
mod journal;
mod options;
mod state;
mod store;
mod watch;

pub use backup::{BackupReport, backup, restore};
pub use bucket::{Answer, Bucket, Change, Document, Entry, EntryKind, Revision, Watch, Write};
pub use embedded::BODY_MAX;
pub use files::{FileLayout, HandEdit, HandEdits, RejectedEdit};
pub use health::Health;
pub use options::{Disk, Options, RealDisk};
pub use regie_core::{Error, Result};
pub use store::Store;

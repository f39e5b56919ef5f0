//! The embedded engine: what only it can promise.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

#[path = "../common/mod.rs"]
mod common;

mod backup;
mod damage;
mod disk;
mod files;
mod segments;

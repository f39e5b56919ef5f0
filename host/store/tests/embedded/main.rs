//! The embedded engine: what only it can promise.

#[path = "../common/mod.rs"]
mod common;

mod backup;
mod damage;
mod disk;
mod files;
mod segments;

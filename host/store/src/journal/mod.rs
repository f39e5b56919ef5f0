//! The one commit point of every bucket: an append-only journal in segments, written by one thread.

pub mod chain;
pub mod frame;
pub mod record;
pub mod replay;
pub mod segment;
pub mod snapshot;
pub mod stage;
pub mod upkeep;
pub mod writer;

use record::{Head, Op, Spot};

/// Where a commit stands in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub segment: u64,
    pub spot: Spot,
}

/// What the index of the history keeps of a commit.
#[derive(Debug, Clone)]
pub struct Row {
    pub bucket: String,
    pub key: String,
    pub op: Op,
    pub version: u64,
    pub revision: u64,
    pub at_ms: i64,
    /// Lowest version among the entries, as it is read.
    pub first_entry: u64,
    pub body_crc: u32,
    pub place: Place,
}

impl Row {
    pub fn new(bucket: String, key: String, head: &Head, place: Place) -> Self {
        Self {
            bucket,
            key,
            op: head.op,
            version: head.version,
            revision: head.revision,
            at_ms: head.at_ms,
            first_entry: head.first_entry + head.shift,
            body_crc: head.body_crc,
            place,
        }
    }
}

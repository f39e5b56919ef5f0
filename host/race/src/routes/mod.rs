//! HTTP in, one call of the room, HTTP out.

pub mod download;
pub mod pools;

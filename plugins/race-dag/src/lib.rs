//! A race mode.

pub mod map;

//! A race mode.

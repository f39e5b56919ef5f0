//! Restreams on the real binary, one file a verb.

mod create;
mod edit;
mod overlay;
mod permissions;
mod stream;
mod update;

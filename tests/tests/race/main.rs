//! Races on the real binary, one file a verb.

mod act;
mod alone;
mod download;
mod edit;
mod history;
mod idempotent;
mod invites;
mod lifecycle;
mod list;
mod packs;
mod participants;
mod permissions;
mod pools;
mod schedule;
mod support;

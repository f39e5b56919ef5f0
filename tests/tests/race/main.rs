//! Races on the real binary, one file a verb.

mod act;
mod alone;
mod edit;
mod history;
mod idempotent;
mod invites;
mod lifecycle;
mod list;
mod packs;
mod participants;
mod permissions;
mod schedule;
mod support;

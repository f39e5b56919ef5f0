//! Races on the real binary: one file a verb of HTTP, and what mods, spectators and pages are told.

mod act;
mod alone;
mod edit;
mod history;
mod idempotent;
mod invites;
mod lifecycle;
mod list;
mod mod_socket;
mod packs;
mod pages;
mod participants;
mod permissions;
mod schedule;
mod spectator;
mod stage;
mod support;
mod transcript;
mod visibility;

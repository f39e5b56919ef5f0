//! Races on the real binary: a file a verb over HTTP, and the sockets as mods and spectators see them.

mod act;
mod alone;
mod download;
mod edit;
mod history;
mod idempotent;
mod invites;
mod kill;
mod lifecycle;
mod list;
mod lobby;
mod mod_socket;
mod mqtt;
mod packs;
mod pages;
mod participants;
mod permissions;
mod pools;
mod runners;
mod schedule;
mod spectator;
mod stage;
mod support;
mod transcript;
mod visibility;

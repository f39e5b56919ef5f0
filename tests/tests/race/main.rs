//! Races as mods, spectators and pages see them.

mod mod_socket;
mod spectator;
mod stage;
mod transcript;
mod visibility;

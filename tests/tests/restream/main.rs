//! Restreams on the real binary, one file a verb.

mod archipelago;
mod auto;
mod create;
mod edit;
mod faults;
mod indices;
mod lobby;
mod moving;
mod overlay;
mod panels;
mod people;
mod permissions;
mod presence;
mod presets;
mod scripts;
mod stream;
mod undo;
mod update;

//! What is acknowledged is kept: kills, hand edits, a full disk, backups.

mod backup;
mod hand_edit;
mod kill;
mod full;

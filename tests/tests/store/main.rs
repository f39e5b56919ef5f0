//! What is acknowledged is kept: kills, hand edits, a full disk, backups.

mod backup;
mod full;
mod hand_edit;
mod kill;

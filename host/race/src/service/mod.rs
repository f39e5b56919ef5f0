//! What people do with races: who may, what else moves with it (seeds, links, keys), and the change itself.

mod access;
mod create;
mod history;
mod invites;
mod keys;
mod lifecycle;
mod list;
mod lobby;
mod modes;
mod people;
mod player;
mod seeds;
mod turns;

pub use create::NewRace;
pub use invites::RaceInvites;
pub use lifecycle::Patch;
pub use list::Wanted;
pub use lobby::{Fate, Taken};
pub use people::{Added, Named};
pub use player::{Raced, Totals};
pub use turns::Turns;

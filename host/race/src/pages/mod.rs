//! The room's server-rendered pages. What they say is plain: who may read it was decided before.

mod actions;
mod drawer;
mod list;
mod overlay;
mod race;
mod replay;
mod room;
#[cfg(test)]
mod tests;
mod time;

pub use list::{Listed, list};
pub use overlay::{Display, Follow, properties};
pub use race::{Layers, Me, RacePage, race};
pub use replay::{Replay, replay};
pub use room::{OWN, PEOPLE, ROOM, Room};

use maud::Markup;
use regie_pages::{Absent, Statics, Words};

pub use drawer::OverlayLink;

/// A page in place of one that is not there.
pub fn not_found(words: Words, statics: &Statics) -> Markup {
    regie_pages::not_found(words, statics, &Absent { hint: "race.not_found_hint", list: ("/races", "races") })
}

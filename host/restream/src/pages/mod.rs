//! Server-rendered pages: first paint needs no script, and a script of a few kB keeps them live.

mod index;
mod indices;
mod keys;
mod live;
mod panel;
mod preset;
mod restream;
mod scripted;
#[cfg(test)]
mod tests;

pub use index::index;
pub use indices::{Indices, indices};
pub use live::{Live, live};
pub use panel::{INDICES, Panel, Source};
pub use preset::{Preset, preset};
#[cfg(test)]
use regie_pages::Options;
use regie_pages::{Absent, Page, bar, in_script, link_state, stylesheets};
pub use regie_pages::{Block, Canvas, Picture, Placed, Statics, Words, overlay};
pub use restream::restream;
pub use scripted::Scripted;

/// A page in place of one that is not there.
pub fn not_found(words: Words, statics: &Statics) -> maud::Markup {
    regie_pages::not_found(words, statics, &Absent { hint: "not_found_hint", list: ("/", "restreams") })
}

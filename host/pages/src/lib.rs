#![forbid(unsafe_code)]
//! What all server-rendered pages share: the shell with its policy, words in two languages, blocks that the page runtime
//! keeps live, and the canvas of overlays.
//!
//! Knows no room that has pages: what stands on a page is its room's.

mod block;
mod canvas;
pub mod routes;
mod shell;
pub mod testing;
mod words;

pub use block::{Block, stylesheets};
pub use canvas::{Canvas, Options, Picture, Placed, overlay};
pub use shell::{Absent, Page, Statics, bar, in_script, link_state, not_found};
pub use words::Words;

//! The map of a seed, drawn like that of a metro: layers left to right, every line horizontal or at 45°.
//!
//! [`layout`] says where everything is, once for a seed or for the part of one that somebody may see. It is a pure function of its
//! input, whose order does not matter: what was laid out twice lies on itself. The rest of this folder says how it is drawn.

mod canvas;
mod capsule;
mod lanes;
mod layered;
mod layout;
mod names;
mod order;
mod path;
mod place;
mod shape;

pub use canvas::{BOTTOM, Canvas, HEIGHT, TOP, WIDTH};
pub use layout::{Column, Document, Layout, Link, Place, Stop, Via, lay_out, layout};
pub use names::{LINE, Named, Sign, cut, shortened, signs};
pub use path::{Point, beside, number, rounded};
pub use shape::{MEANINGS, rank, shape};

//! The map of a seed, drawn like that of a metro: layers left to right, every line horizontal or at 45°.
//!
//! [`layout`] says where everything is, once for a seed or for the part of one that somebody may see. It is a pure function of its
//! input, whose order does not matter: what was laid out twice lies on itself.

mod lanes;
mod layered;
mod layout;
mod order;
mod path;
mod place;

pub use layout::{Column, Document, Layout, Link, Place, Stop, Via, layout};
pub use path::{Point, beside, rounded};

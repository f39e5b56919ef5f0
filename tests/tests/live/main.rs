//! The live link on the real binary: many topics, slow readers, garbage.

mod garbage;
mod links;
mod slow;
mod topics;

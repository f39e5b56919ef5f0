//! Tools for authors: from a crate to a package, and whether a package keeps what the interface promises.

pub mod build;
pub mod check;
mod package;
mod toolchain;

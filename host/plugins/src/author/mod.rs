//! Tools for authors: from a crate to a package, and whether a package keeps what the interface promises.

pub mod build;
pub mod check;
pub mod new;
mod package;
mod toolchain;

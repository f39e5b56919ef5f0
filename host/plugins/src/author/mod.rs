//! Tools for authors: from a crate to a package, and whether a package keeps what the interface promises.

pub mod build;
pub mod check;
mod js;
pub mod new;
pub mod pack;
mod package;
mod toolchain;
pub mod watch;

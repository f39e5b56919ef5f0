//! Tools for authors: from a crate to a package.

pub mod build;
mod package;
mod toolchain;

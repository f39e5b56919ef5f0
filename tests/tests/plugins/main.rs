//! Plugins on the real binary: what a hostile or broken one can do, and what the server keeps on the air.

mod authors;
mod isolation;
mod markup;
mod misbehave;
mod operate;
mod package;
mod reload;

//! Plugins on the real binary: what a hostile or broken one can do, and what the server keeps on the air.

mod isolation;
mod markup;
mod misbehave;
mod package;
mod reload;

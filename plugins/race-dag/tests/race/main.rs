//! The mode as a host drives it.
#![cfg(test)]

mod frames;
mod hostile;
mod ranks;
mod seeds;
mod support;
mod visibility;

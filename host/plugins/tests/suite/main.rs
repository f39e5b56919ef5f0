//! The plugin room from outside: packages in a drop folder, guests that are real components.
#![allow(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod calls;
mod fixture;
mod house;
mod operators;
mod packages;
mod reload;
mod sharing;

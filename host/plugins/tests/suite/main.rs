//! The plugin room from outside: packages in a drop folder, guests that are real components.

mod calls;
mod fixture;
mod house;
mod packages;
mod reload;
mod sharing;

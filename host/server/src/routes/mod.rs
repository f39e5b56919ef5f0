//! Routes of the server's own.

pub mod admin;
pub mod health;
pub mod live;
pub mod plugins;

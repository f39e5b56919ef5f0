//! Routes of the server's own.

pub mod admin;
pub mod health;
pub mod links;
pub mod live;
pub mod operate;
pub mod plugins;

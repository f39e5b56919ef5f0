pub mod accept;
pub mod show;

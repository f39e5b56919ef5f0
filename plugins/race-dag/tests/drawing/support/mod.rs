pub mod graphs;
pub mod random;
pub mod seeds;
pub mod show;

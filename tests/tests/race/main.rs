//! Races on the real binary.

mod pages;

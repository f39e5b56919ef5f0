//! The engine with a real store and a real mode (`make fixtures`), on a clock that the tests turn.

mod frames;
mod hidden;
mod late;
mod live;
mod restart;
mod starts;
mod support;

//! One session as a state machine: every input gives what the caller is to do. No I/O, no clock, no task.
//!
//! Peers read the whole state, change it and write it over whatever stands there by then. So no write is taken for the truth:
//! each is read as what its writer meant ([`rebase`]), done to the record, and corrected where the broker has something else.

mod belief;
mod beside;
mod clock;
mod correction;
mod effects;
mod heard;
mod link;
mod members;
mod people;
mod presence;
mod read;
mod rebase;
mod record;
mod ring;
mod rules;
mod said;
mod session;
mod set;
mod standing;
#[cfg(test)]
mod tests;
mod view;
mod written;

pub use effects::{Closed, Effects, Note, Publication};
pub use read::{Fault, MAX_PAYLOAD, PROTOCOL};
pub use record::{Burial, Ending, Gone, Member, Pair, Record, SCHEMA};
pub use rules::{CreatorGone, Now, Rules};
pub use said::{Authority, Mark, NewSession, Person, Refused, Said};
pub use session::Session;
pub use set::SetHash;
pub use view::{MemberView, View};

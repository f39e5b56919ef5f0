//! The client: a [`Lobby`] lists sessions on a connection of its own, a [`Membership`] is one session on another.
//!
//! One connection a membership, because a last will is fixed when a connection is made, and has to name the session: with a shared one,
//! each join would have to cut the list off and connect again, and a broker that speaks 3.1.1 would send the will each time. So the end
//! of a connection says something about exactly one session, and the list is never disturbed.

mod change;
mod clock;
mod error;
mod link;
mod list;
mod lobby;
mod membership;
mod options;
mod session;

pub use error::{ActError, ConnectError, CreateError, JoinError};
pub use list::Available;
pub use lobby::{Lobby, New};
pub use membership::{Event, Membership};
pub use options::{Options, Protocol};

//! The connections of players' games and of spectators: who is on them, what they are told, and that none of them can hurt
//! another. What the messages say is `wire`'s; what carries them is `routes`'.

mod auth;
mod channel;
mod game;
mod line;
mod pace;
mod players;
mod seats;
mod spectator;

use std::sync::Arc;

use regie_core::{Error, ErrorKind, Result, Shutdown};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::{channel::Channels, seats::Seats};
use crate::Races;

pub use self::{
    auth::Visitor,
    game::play,
    line::{Heard, Line, Lost, Say},
    spectator::spectate,
};

/// Open connections of both kinds together; one more is refused before it is one.
const LINKS: usize = 10_000;

/// How connections end. Codes from 4000 tell a game not to come back by itself.
mod close {
    pub const RESET: (u16, &str) = (1000, "Race reset");
    pub const LEAVING: (u16, &str) = (1001, "the server stops");
    pub const SILENT: (u16, &str) = (1001, "two pings without an answer");
    pub const TOO_LARGE: (u16, &str) = (1009, "a frame was too large");
    pub const BEHIND: (u16, &str) = (1013, "too far behind; connect again");
    pub const REPLACED: (u16, &str) = (4000, "replaced by a newer connection");
    pub const NO_AUTH: (u16, &str) = (4001, "no auth in time");
    pub const REFUSED: (u16, &str) = (4003, "not authenticated");
    pub const NO_RACE: (u16, &str) = (4004, "there is no such race");
}

/// What all connections share.
pub struct Sockets {
    pub races: Arc<Races>,
    seats: Seats,
    channels: Channels,
    links: Arc<Semaphore>,
    shutdown: Shutdown,
}

/// A place among the open connections, held as long as one is.
pub struct Permit {
    _place: OwnedSemaphorePermit,
}

impl Sockets {
    pub fn new(races: Arc<Races>) -> Arc<Self> {
        let shutdown = races.engine.ground.shutdown.clone();
        Arc::new(Self {
            races,
            seats: Seats::default(),
            channels: Channels::default(),
            links: Arc::new(Semaphore::new(LINKS)),
            shutdown,
        })
    }

    /// Errors: `unavailable` while too many are open.
    pub fn permit(&self) -> Result<Permit> {
        let place = self.links.clone().try_acquire_owned();
        let full = |_| {
            Error::new(ErrorKind::Unavailable, "too many connections are open").hint("try again in a moment")
        };
        Ok(Permit { _place: place.map_err(full)? })
    }

    fn now_ms(&self) -> i64 {
        self.races.clock.now_ms()
    }
}

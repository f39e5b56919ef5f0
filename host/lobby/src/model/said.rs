//! What goes in: what messages say, and who asks over HTTP.

use regie_lobby_client::wire::{Form, StateDoc};

/// What a message says, read from the wire by [`Said::read`]. `retained`: it came with the retain flag set, so it is a replay of
/// what stands there, not something that happens now.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one a message, taken apart at once; most are states")]
pub enum Said {
    State {
        form: Form,
        doc: StateDoc,
        retained: bool,
    },
    StateEmptied {
        form: Form,
        retained: bool,
    },
    Discovery {
        client_id: String,
        retained: bool,
    },
    SeedSync {
        client_id: String,
        timestamp: String,
        retained: bool,
    },
    Ready {
        client_id: String,
        retained: bool,
    },
    ReadyEmptied {
        client_id: String,
    },
    Registration {
        client_id: String,
        player: String,
    },
    Disconnect {
        client_id: String,
        timestamp: String,
    },
    /// `client_id` is empty where the topic was emptied.
    Reservation {
        client_id: String,
        player: String,
        reserve: bool,
        retained: bool,
    },
    GameStart,
    AllPlayersSelected,
    Will {
        client_id: String,
        incarnation: u64,
    },
}

/// Who joined over HTTP: their silence is judged by [`super::Rules::person_expiry_ms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `regie-<user id>`
    pub client_id: String,
    pub user_id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    pub id: String,
    pub creator: Person,
    pub model_name: String,
    pub num_players_min: u32,
    /// 0: no limit.
    pub num_players_max: u32,
}

/// In whose name something is done that not everybody may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// This client id, which must be the session's creator's.
    Creator(String),
    Admin,
}

/// Who writes corrections: goes into `_arb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub host: String,
    pub epoch: u64,
}

/// Why something that was asked is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    Full,
    NotOpen,
    Closed,
    NotCreator,
    /// Fewer members than `num_players_min`.
    TooFew,
}

impl Refused {
    /// The word on the wire and over HTTP.
    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::NotOpen => "not_open",
            Self::Closed => "closed",
            Self::NotCreator => "not_creator",
            Self::TooFew => "too_few",
        }
    }
}

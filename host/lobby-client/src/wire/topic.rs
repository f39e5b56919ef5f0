//! Topics, read and written.

/// What the arbiter subscribes to. The first two are wider than the wire, so that a session id with a slash is seen and refused.
pub const FILTERS: &[&str] = &[
    "session_state/#",
    "session_discovery/#",
    "+/session_state",
    "+/session_seed_sync",
    "+/session_instance_ready/+",
    "+/session_player_registration/+",
    "+/session_player_disconnect/+",
    "+/session_player_reservation/+",
    "+/session_game_start",
    "+/session_all_players_selected",
    "+/session_will/+",
];

/// The two topics on which a session's state stands, with the same meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `session_state/{s}`
    Prefix,
    /// `{s}/session_state`
    Suffix,
}

impl Form {
    pub const ALL: [Self; 2] = [Self::Prefix, Self::Suffix];
}

/// A topic of the wire. The last part of most is a client's id or a player's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place<'a> {
    State {
        session: &'a str,
        form: Form,
    },
    Discovery {
        session: &'a str,
    },
    SeedSync {
        session: &'a str,
    },
    Ready {
        session: &'a str,
        client_id: &'a str,
    },
    Registration {
        session: &'a str,
        player: &'a str,
    },
    Disconnect {
        session: &'a str,
        client_id: &'a str,
    },
    Reservation {
        session: &'a str,
        player: &'a str,
    },
    GameStart {
        session: &'a str,
    },
    AllPlayersSelected {
        session: &'a str,
    },
    /// A last will of peers that know the arbiter; not in the source's protocol.
    Will {
        session: &'a str,
        client_id: &'a str,
    },
    /// Not retained, from the arbiter to the peer that it refused; not in the source's protocol.
    Refusal {
        session: &'a str,
        client_id: &'a str,
    },
}

impl<'a> Place<'a> {
    /// `None` for topics that are not of the wire, or whose session id is none (see [`check_session_id`]).
    pub fn read(topic: &'a str) -> Option<Self> {
        let mut parts = topic.split('/');
        let (first, second) = (parts.next()?, parts.next()?);
        let third = parts.next();
        if parts.next().is_some() {
            return None;
        }
        let session = match (first, third) {
            ("session_state" | "session_discovery", None) => second,
            _ => first,
        };
        check_session_id(session).ok()?;
        Some(match (first, second, third) {
            ("session_state", _, None) => Self::State { session, form: Form::Prefix },
            ("session_discovery", _, None) => Self::Discovery { session },
            (_, "session_state", None) => Self::State { session, form: Form::Suffix },
            (_, "session_seed_sync", None) => Self::SeedSync { session },
            (_, "session_game_start", None) => Self::GameStart { session },
            (_, "session_all_players_selected", None) => Self::AllPlayersSelected { session },
            (_, "session_instance_ready", Some(client_id)) => Self::Ready { session, client_id },
            (_, "session_player_registration", Some(player)) => Self::Registration { session, player },
            (_, "session_player_disconnect", Some(client_id)) => Self::Disconnect { session, client_id },
            (_, "session_player_reservation", Some(player)) => Self::Reservation { session, player },
            (_, "session_will", Some(client_id)) => Self::Will { session, client_id },
            (_, "session_refusal", Some(client_id)) => Self::Refusal { session, client_id },
            _ => return None,
        })
    }

    pub fn session(&self) -> &'a str {
        match *self {
            Self::State { session, .. }
            | Self::Discovery { session }
            | Self::SeedSync { session }
            | Self::Ready { session, .. }
            | Self::Registration { session, .. }
            | Self::Disconnect { session, .. }
            | Self::Reservation { session, .. }
            | Self::GameStart { session }
            | Self::AllPlayersSelected { session }
            | Self::Will { session, .. }
            | Self::Refusal { session, .. } => session,
        }
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::State { session, form: Form::Prefix } => write!(f, "session_state/{session}"),
            Self::State { session, form: Form::Suffix } => write!(f, "{session}/session_state"),
            Self::Discovery { session } => write!(f, "session_discovery/{session}"),
            Self::SeedSync { session } => write!(f, "{session}/session_seed_sync"),
            Self::GameStart { session } => write!(f, "{session}/session_game_start"),
            Self::AllPlayersSelected { session } => write!(f, "{session}/session_all_players_selected"),
            Self::Ready { session, client_id } => write!(f, "{session}/session_instance_ready/{client_id}"),
            Self::Registration { session, player } => {
                write!(f, "{session}/session_player_registration/{player}")
            }
            Self::Disconnect { session, client_id } => {
                write!(f, "{session}/session_player_disconnect/{client_id}")
            }
            Self::Reservation { session, player } => {
                write!(f, "{session}/session_player_reservation/{player}")
            }
            Self::Will { session, client_id } => write!(f, "{session}/session_will/{client_id}"),
            Self::Refusal { session, client_id } => write!(f, "{session}/session_refusal/{client_id}"),
        }
    }
}

/// 1 to 128 printable characters without `/`, `+`, `#`, and none of the wire's own words. Errors: what is wrong, for people.
pub fn check_session_id(id: &str) -> Result<(), &'static str> {
    if id.is_empty() || id.chars().count() > 128 {
        return Err("a session id has 1 to 128 characters");
    }
    if id.chars().any(|c| matches!(c, '/' | '+' | '#') || c.is_control()) {
        return Err("a session id has no /, + or # in it");
    }
    if id.starts_with('$') || id.starts_with("session_") || id == "regie_arbiter" {
        return Err("a session id does not begin with $ or session_");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_read_as_they_are_written() {
        let (session, client_id, player) = ("abc-123-DEF", "client uuid", "Ada");
        for place in [
            Place::State { session, form: Form::Prefix },
            Place::State { session, form: Form::Suffix },
            Place::Discovery { session },
            Place::SeedSync { session },
            Place::Ready { session, client_id },
            Place::Registration { session, player },
            Place::Disconnect { session, client_id },
            Place::Reservation { session, player },
            Place::GameStart { session },
            Place::AllPlayersSelected { session },
            Place::Will { session, client_id },
            Place::Refusal { session, client_id },
        ] {
            let topic = place.to_string();
            assert_eq!(Place::read(&topic), Some(place), "{topic}");
        }
        for bad in [
            "session_state/a/b",
            "a/b",
            "session_state",
            "session_state/",
            "/session_state",
            "$SYS/session_state",
            "x/session_state/y",
        ] {
            assert_eq!(Place::read(bad), None, "{bad}");
        }
    }
}

//! From a message's bytes to what it says.

use std::collections::HashSet;

use regie_lobby_client::wire::{
    Place, PlayerDisconnect, PlayerRegistration, PlayerReservation, Ready, Reservation, SeedSync, StateDoc,
    Will,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Said;

/// Larger payloads are not looked at.
pub const MAX_PAYLOAD: usize = 256 * 1024;
/// The protocol of this server; a state may name a newer one in `_protocol`.
pub const PROTOCOL: u64 = 1;
/// Higher versions leave no room for corrections that every peer's JSON can read.
pub const MAX_VERSION: u64 = 1 << 52;
const MAX_INSTANCES: usize = 1_000;
const MAX_TEXT: usize = 128;

/// What is wrong with a message; it is not adopted. A state that cannot be read is told to [`super::Session::garbled`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("{0} bytes; at most 262144 are read")]
    TooLarge(usize),
    #[error("it does not fit: {0}")]
    Malformed(String),
    #[error("it is of the session {inside:?}, on a topic of {topic:?}")]
    OtherSession { inside: String, topic: String },
    #[error("protocol {0}; this server knows 1")]
    Protocol(u64),
    #[error("version {0}; at most 2^52 is taken")]
    Version(u64),
    #[error("{0} instances; at most 1000 are in a session")]
    TooMany(usize),
    #[error("{0:?} is no client id: 1 to 128 characters without control characters, /, + and #")]
    ClientId(String),
}

impl Fault {
    /// The state in a payload, on a topic of `session`. Each instance is in it once; fields that are not of the wire are dropped.
    pub fn read(session: &str, payload: &[u8]) -> Result<StateDoc, Self> {
        let mut fields: Map<String, Value> = parse(payload)?;
        if let Some(protocol) = fields.get("_protocol").and_then(Value::as_u64)
            && protocol > PROTOCOL
        {
            return Err(Self::Protocol(protocol));
        }
        let texts = ["model_name", "created_at", "last_updated", "last_heartbeat"];
        fields.retain(|key, value| {
            let nothing = value.is_null() && key.as_str() != "version";
            !nothing && (value.is_string() || !texts.contains(&key.as_str()))
        });
        for mark in ["_arb", "_by"] {
            if fields.get(mark).is_some_and(|value| !is_mark(mark, value)) {
                fields.remove(mark);
            }
        }
        let mut doc: StateDoc =
            serde_json::from_value(Value::Object(fields)).map_err(|error| malformed(&error))?;
        doc.other.clear();
        if doc.session_id != session {
            return Err(Self::OtherSession { inside: short(&doc.session_id), topic: session.to_owned() });
        }
        if doc.version > MAX_VERSION {
            return Err(Self::Version(doc.version));
        }
        if doc.connected_instances.len() > MAX_INSTANCES {
            return Err(Self::TooMany(doc.connected_instances.len()));
        }
        once(&mut doc.connected_instances);
        let by = doc.by.iter().map(|by| &by.client_id);
        for id in doc.connected_instances.iter().chain([&doc.creator_client_id]).chain(by) {
            check_client_id(id)?;
        }
        Ok(doc)
    }
}

/// Keeps the first of each.
pub(super) fn once(ids: &mut Vec<String>) {
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
}

fn is_mark(name: &str, value: &Value) -> bool {
    use regie_lobby_client::wire::{Arbitrated, By};
    match name {
        "_arb" => Arbitrated::deserialize(value).is_ok(),
        _ => By::deserialize(value).is_ok(),
    }
}

fn parse<T: for<'a> Deserialize<'a>>(payload: &[u8]) -> Result<T, Fault> {
    if payload.len() > MAX_PAYLOAD {
        return Err(Fault::TooLarge(payload.len()));
    }
    serde_json::from_slice(payload).map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> Fault {
    Fault::Malformed(short(&error.to_string()))
}

fn short(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

fn check_client_id(id: &str) -> Result<(), Fault> {
    let bad = |c: char| matches!(c, '/' | '+' | '#') || c.is_control();
    if id.is_empty() || id.chars().count() > MAX_TEXT || id.contains(bad) {
        return Err(Fault::ClientId(short(id)));
    }
    Ok(())
}

/// A message beside the state whose sender matters, and its other parts do not.
#[derive(Deserialize)]
struct Sender {
    #[serde(rename = "clientId")]
    client_id: String,
}

impl Said {
    /// What a message of the wire says. `None`: nothing that matters here (own refusals, topics that were emptied).
    pub fn read(place: &Place<'_>, payload: &[u8], retained: bool) -> Result<Option<Self>, Fault> {
        let said = match *place {
            Place::State { form, .. } if payload.is_empty() => Self::StateEmptied { form, retained },
            Place::State { session, form } => {
                Self::State { form, doc: Fault::read(session, payload)?, retained }
            }
            Place::Ready { client_id, .. } if payload.is_empty() => {
                Self::ReadyEmptied { client_id: client_id.to_owned() }
            }
            Place::Reservation { player, .. } if payload.is_empty() => Self::Reservation {
                client_id: String::new(),
                player: player.to_owned(),
                reserve: false,
                retained,
            },
            Place::GameStart { .. } if !retained => Self::GameStart,
            Place::AllPlayersSelected { .. } if !payload.is_empty() => Self::AllPlayersSelected,
            Place::GameStart { .. } | Place::AllPlayersSelected { .. } | Place::Refusal { .. } => {
                return Ok(None);
            }
            _ if payload.is_empty() => return Ok(None),
            Place::Discovery { .. } => {
                Self::Discovery { client_id: parse::<Sender>(payload)?.client_id, retained }
            }
            Place::SeedSync { .. } => {
                let SeedSync { client_id, timestamp, .. } = parse(payload)?;
                Self::SeedSync { client_id, timestamp, retained }
            }
            Place::Ready { .. } => Self::Ready { client_id: parse::<Ready>(payload)?.client_id, retained },
            Place::Registration { .. } => {
                let said: PlayerRegistration = parse(payload)?;
                Self::Registration { client_id: said.client_id, player: short(&said.assigned_player_name) }
            }
            Place::Disconnect { .. } => {
                let PlayerDisconnect { client_id, timestamp, .. } = parse(payload)?;
                Self::Disconnect { client_id, timestamp }
            }
            Place::Reservation { player, .. } => {
                let said: PlayerReservation = parse(payload)?;
                let reserve = said.action == Reservation::Reserve;
                Self::Reservation { client_id: said.client_id, player: player.to_owned(), reserve, retained }
            }
            Place::Will { client_id: whose, .. } => {
                let Will { client_id, incarnation } = parse(payload)?;
                if client_id != whose {
                    return Err(Fault::ClientId(short(&client_id)));
                }
                Self::Will { client_id, incarnation }
            }
        };
        let emptied = matches!(said, Self::Reservation { reserve: false, .. });
        if let Some(id) = said.sender()
            && !(emptied && id.is_empty())
        {
            check_client_id(id)?;
        }
        Ok(Some(said))
    }

    fn sender(&self) -> Option<&str> {
        match self {
            Self::Discovery { client_id, .. }
            | Self::SeedSync { client_id, .. }
            | Self::Ready { client_id, .. }
            | Self::ReadyEmptied { client_id }
            | Self::Registration { client_id, .. }
            | Self::Disconnect { client_id, .. }
            | Self::Reservation { client_id, .. }
            | Self::Will { client_id, .. } => Some(client_id),
            Self::State { .. } | Self::StateEmptied { .. } | Self::GameStart | Self::AllPlayersSelected => {
                None
            }
        }
    }
}

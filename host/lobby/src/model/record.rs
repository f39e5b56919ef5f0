//! The durable part of a session: one document of the store.

use regie_core::{Error, Result};
use regie_lobby_client::wire::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Closed;

pub const SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub schema: u32,
    pub session_id: String,
    pub creator_client_id: String,
    pub model_name: String,
    pub state: State,
    pub num_players_min: u32,
    /// 0: no limit.
    pub num_players_max: u32,
    /// As its creator wrote it, whatever that is.
    pub created_at: String,
    /// When the host first knew of it, milliseconds since 1970.
    pub created_at_ms: i64,
    /// Of the last change that was stored.
    #[serde(default)]
    pub updated_at_ms: i64,
    /// The host writes heartbeat and discovery: the creator is a person, or the session was handed over.
    #[serde(default)]
    pub held: bool,
    /// The highest version seen or written.
    pub version: u64,
    /// The host's own count of what it observed and wrote.
    pub rev: u64,
    /// The newest heartbeat when this was written, in the creator's frame.
    #[serde(default)]
    pub last_heartbeat: String,
    /// The creator's naive clock minus UTC, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Ending>,
    /// In the order in which they joined.
    pub members: Vec<Member>,
    #[serde(default)]
    pub buried: Vec<Burial>,
    /// What peers may have as a base of their next write, oldest first.
    #[serde(default)]
    pub observed: Vec<Pair>,
    /// Fingerprints of messages that were taken, oldest first: the broker may deliver them again after a restart.
    #[serde(default)]
    pub taken: Vec<String>,
    /// What this version does not know, kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub at_ms: i64,
    pub why: Closed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub client_id: String,
    /// Of peers that count theirs; else 0.
    #[serde(default)]
    pub incarnation: u64,
    pub joined_rev: u64,
    pub joined_at_ms: i64,
    /// The timestamp of the last that it said, by its own clock: a sign of life that is not later came twice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_sign: String,
    /// Only of persons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// A person's name, or the player that a peer registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One who left: comes back only by what is newer than this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burial {
    pub client_id: String,
    #[serde(default)]
    pub incarnation: u64,
    pub left_rev: u64,
    pub left_at_ms: i64,
    pub how: Gone,
    /// It may be back: a live sign of life of its would prove it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub claimed: bool,
    /// As of a member.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_sign: String,
    /// The last that it said before it was out, by its own clock.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said_at: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// An exact difference of one in a written state.
    Difference,
    /// A disconnect message.
    Disconnect,
    /// Its ready message was emptied.
    Ready,
    Will,
    /// Over HTTP.
    Asked,
    Silent,
    /// It never was in: there was no room, or the session was not open.
    Refused,
}

/// A version with the set of members that somebody wrote with it, and when (own count) that was last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    pub version: u64,
    /// The sum of the members' hashes, see `set.rs`.
    pub set: super::set::SetHash,
    pub rev: u64,
}

impl Record {
    /// Of nothing yet.
    pub(super) fn empty(now: super::Now) -> Self {
        Self {
            schema: SCHEMA,
            session_id: String::new(),
            creator_client_id: String::new(),
            model_name: String::new(),
            state: State::Open,
            num_players_min: 0,
            num_players_max: 0,
            created_at: String::new(),
            created_at_ms: now.wall_ms,
            updated_at_ms: now.wall_ms,
            held: false,
            version: 0,
            rev: 0,
            last_heartbeat: String::new(),
            offset_ms: None,
            closed: None,
            members: Vec::new(),
            buried: Vec::new(),
            observed: Vec::new(),
            taken: Vec::new(),
            other: Map::new(),
        }
    }

    /// Errors: of a document that a newer server wrote, which is left as it is, or that is damaged.
    pub fn read(body: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
            #[serde(default)]
            session_id: String,
        }
        let damaged = |error| Error::internal(error).code("damaged");
        let Head { schema, session_id } = serde_json::from_slice(body).map_err(damaged)?;
        if schema > SCHEMA {
            return Err(Error::internal(format!(
                "the session {session_id} has schema {schema}; this server knows {SCHEMA}"
            )));
        }
        serde_json::from_slice(body).map_err(damaged)
    }

    pub fn member(&self, client_id: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.client_id == client_id)
    }

    pub fn burial(&self, client_id: &str) -> Option<&Burial> {
        self.buried.iter().find(|b| b.client_id == client_id)
    }
}

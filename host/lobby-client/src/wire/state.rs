//! The state of a session: the retained document.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// In which order a session goes; it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The only one in which peers join.
    Open,
    Starting,
    Started,
    InProgress,
    /// For ever.
    Closed,
}

/// As it stands on the broker. Times are ISO texts without an offset, in the clock of the session's creator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateDoc {
    pub session_id: String,
    pub creator_client_id: String,
    #[serde(default)]
    pub model_name: String,
    pub state: State,
    pub connected_instances: Vec<String>,
    #[serde(default)]
    pub num_players_min: u32,
    #[serde(default)]
    pub num_players_max: u32,
    #[serde(default)]
    pub created_at: String,
    #[serde(default)]
    pub last_updated: String,
    #[serde(default)]
    pub last_heartbeat: String,
    /// Rises with every change; a heartbeat does not change it.
    pub version: u64,
    /// Only in what the arbiter wrote; plain peers drop it.
    #[serde(rename = "_arb", default, skip_serializing_if = "Option::is_none")]
    pub arbitrated: Option<Arbitrated>,
    /// Only in what peers wrote that know the arbiter: who wrote it.
    #[serde(rename = "_by", default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// What this version does not know, kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Marks a write of the arbiter's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Arbitrated {
    /// Which host.
    pub host: String,
    /// Of the host's turn as arbiter; a higher one overrules.
    pub epoch: u64,
    /// Of the session, in the host's own count.
    pub rev: u64,
}

/// Who wrote a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct By {
    #[serde(rename = "clientId")]
    pub client_id: String,
    /// Rises with each start of the client: of two with one id, the higher is the living one.
    pub incarnation: u64,
}

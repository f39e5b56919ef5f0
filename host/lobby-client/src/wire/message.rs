//! The messages beside the state. Times are ISO texts, as their sender's clock has them; nobody decides by them.

use serde::{Deserialize, Serialize};

use super::State;

/// `session_discovery/{s}`, retained, every 5 s from the creator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discovery {
    pub session_id: String,
    #[serde(rename = "clientId")]
    pub client_id: String,
    #[serde(default)]
    pub num_players_min: u32,
    #[serde(default)]
    pub num_players_max: u32,
    #[serde(default)]
    pub model_name: String,
    #[serde(default)]
    pub timestamp: String,
}

/// `{s}/session_seed_sync`, retained, about every 3 s from every peer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeedSync {
    /// The game's, whatever JSON it is.
    #[serde(default)]
    pub seed: serde_json::Value,
    #[serde(rename = "clientId")]
    pub client_id: String,
    #[serde(default)]
    pub is_leader: bool,
    #[serde(default)]
    pub timestamp: String,
}

/// `{s}/session_instance_ready/{clientId}`, retained; an empty payload says that it is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    #[serde(rename = "clientId")]
    pub client_id: String,
    #[serde(default)]
    pub timestamp: String,
    #[serde(default)]
    pub seed_synced: bool,
    #[serde(default)]
    pub game_start_subscribed: bool,
}

/// `{s}/session_player_registration/{player}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlayerRegistration {
    #[serde(rename = "clientId")]
    pub client_id: String,
    #[serde(default)]
    pub assigned_player_name: String,
    #[serde(default)]
    pub timestamp: String,
}

/// `{s}/session_player_disconnect/{clientId}`: this client leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlayerDisconnect {
    #[serde(rename = "clientId")]
    pub client_id: String,
    #[serde(default)]
    pub assigned_player_name: String,
    #[serde(default)]
    pub timestamp: String,
}

/// `{s}/session_player_reservation/{player}`, retained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlayerReservation {
    #[serde(rename = "clientId")]
    pub client_id: String,
    pub player_name: String,
    pub action: Reservation,
    #[serde(default)]
    pub timestamp: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reservation {
    Reserve,
    Release,
}

/// `{s}/session_will/{clientId}`: left with the broker when connecting. Ignored unless `incarnation` is the client's current one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Will {
    #[serde(rename = "clientId")]
    pub client_id: String,
    pub incarnation: u64,
}

/// `{s}/session_refusal/{clientId}`, not retained: why a peer is not in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    pub session_id: String,
    #[serde(rename = "clientId")]
    pub client_id: String,
    /// `full`, `not_open`, `closed`, `not_creator`
    pub reason: String,
    pub state: State,
    pub num_players_max: u32,
    pub version: u64,
    #[serde(default)]
    pub timestamp: String,
}

//! All sessions that are not over.

use serde::Serialize;
use utoipa::ToSchema;

use super::{LobbyBroker, LobbySession};
use crate::Lobby;

/// A page of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct LobbyList {
    /// The oldest first.
    pub items: Vec<LobbySession>,
    /// Send it as `after` for the next page; `null` on the last.
    #[schema(required)]
    pub next: Option<String>,
    pub broker: LobbyBroker,
}

/// What the live link tells of them, to everybody the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct LobbyPicture {
    pub items: Vec<LobbySession>,
    pub broker: LobbyBroker,
}

impl LobbyPicture {
    pub fn of(lobby: &Lobby) -> Self {
        Self {
            items: lobby.sessions().iter().map(LobbySession::new).collect(),
            broker: LobbyBroker::new(lobby.status().broker),
        }
    }
}

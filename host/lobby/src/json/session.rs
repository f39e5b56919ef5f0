//! One session with who is in it. Names of fields are those of the wire's own document; times are the host's.

use regie_core::{Actor, rfc3339};
use regie_lobby_client::wire::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Lobby, model};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LobbySession {
    pub session_id: String,
    pub model_name: String,
    pub state: LobbyState,
    pub creator_client_id: String,
    /// Of a person of this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub creator_name: Option<String>,
    /// Client ids of all members.
    pub connected_instances: Vec<String>,
    /// In the order in which they joined.
    pub members: Vec<LobbyMember>,
    pub num_players_min: u32,
    /// 0: no limit.
    pub num_players_max: u32,
    /// Of the document that games see: rises when they are told of a change; a heartbeat is none.
    pub version: u64,
    /// RFC 3339, as all times here.
    pub created_at: String,
    pub last_updated: String,
    /// The creator's last sign of life.
    pub last_heartbeat: String,
    /// Whether you are in it; not on the live link, whose pictures are the same for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mine: Option<bool>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LobbyMember {
    pub client_id: String,
    /// Of a person of this server, or as a player registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Of a person of this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user_id: Option<String>,
    pub joined_at: String,
    /// Silent for so long that they may be gone.
    pub suspect: bool,
    /// As their game said.
    pub ready: bool,
    /// Whether it is you; not on the live link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub you: Option<bool>,
}

/// In which order a session goes; people join while it is `open`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LobbyState {
    Open,
    Starting,
    Started,
    InProgress,
    Closed,
}

impl LobbySession {
    /// As everybody sees it.
    pub fn new(view: &model::View) -> Self {
        let times = |ms| rfc3339(ms);
        Self {
            session_id: view.id.clone(),
            model_name: view.model_name.clone(),
            state: view.state.into(),
            creator_client_id: view.creator_client_id.clone(),
            creator_name: view.creator_name.clone(),
            connected_instances: view.members.iter().map(|member| member.client_id.clone()).collect(),
            members: view.members.iter().map(LobbyMember::new).collect(),
            num_players_min: view.num_players_min,
            num_players_max: view.num_players_max,
            version: view.version,
            created_at: times(view.created_at_ms),
            last_updated: times(view.updated_at_ms),
            last_heartbeat: times(view.heartbeat_at_ms),
            mine: None,
        }
    }

    /// As `who` sees it.
    pub fn of(view: &model::View, who: &Actor) -> Self {
        let own = Lobby::instance_of(&who.id);
        let mut session = Self::new(view);
        for member in &mut session.members {
            member.you = Some(member.client_id == own);
        }
        session.mine = Some(session.connected_instances.contains(&own));
        session
    }
}

impl LobbyMember {
    fn new(member: &model::MemberView) -> Self {
        Self {
            client_id: member.client_id.clone(),
            name: member.name.clone(),
            user_id: member.user_id.clone(),
            joined_at: rfc3339(member.joined_at_ms),
            suspect: member.suspect,
            ready: member.ready,
            you: None,
        }
    }
}

impl From<State> for LobbyState {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Starting => Self::Starting,
            State::Started => Self::Started,
            State::InProgress => Self::InProgress,
            State::Closed => Self::Closed,
        }
    }
}

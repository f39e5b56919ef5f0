//! A session as it is shown.

use regie_lobby_client::wire::State;
use serde::Serialize;

use super::{Member, Now, session::Session};

/// Times are absolute (milliseconds since 1970, host's clock), so that a view changes only when something happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    pub id: String,
    pub model_name: String,
    pub state: State,
    pub creator_client_id: String,
    /// Where it is known.
    pub creator_name: Option<String>,
    /// In the order in which they joined.
    pub members: Vec<MemberView>,
    pub num_players_min: u32,
    /// 0: no limit.
    pub num_players_max: u32,
    pub version: u64,
    pub created_at_ms: i64,
    /// Of the last change.
    pub updated_at_ms: i64,
    /// When the creator was last heard of.
    pub heartbeat_at_ms: i64,
    /// The creator is not doubtful, as of the `now` that was given.
    pub alive: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberView {
    pub client_id: String,
    pub name: Option<String>,
    pub user_id: Option<String>,
    pub joined_at_ms: i64,
    pub suspect: bool,
    pub ready: bool,
}

impl Session {
    pub fn view(&self, now: Now) -> View {
        let record = &self.record;
        let creator = record.member(&record.creator_client_id).and_then(|member| member.name.clone());
        View {
            id: record.session_id.clone(),
            model_name: record.model_name.clone(),
            state: record.state,
            creator_client_id: record.creator_client_id.clone(),
            creator_name: creator.or_else(|| self.beside.name(&record.creator_client_id)),
            members: record.members.iter().map(|member| self.member_view(member)).collect(),
            num_players_min: record.num_players_min,
            num_players_max: record.num_players_max,
            version: record.version,
            created_at_ms: record.created_at_ms,
            updated_at_ms: record.updated_at_ms,
            heartbeat_at_ms: self.heartbeat_at_ms,
            alive: !self.is_silent(&record.creator_client_id, now),
        }
    }

    fn member_view(&self, member: &Member) -> MemberView {
        MemberView {
            client_id: member.client_id.clone(),
            name: member.name.clone(),
            user_id: member.user_id.clone(),
            joined_at_ms: member.joined_at_ms,
            suspect: self.suspects.contains(&member.client_id),
            ready: self.beside.is_ready(&member.client_id),
        }
    }
}

//! One participant, with how they stand.

use regie_identity::Identity;
use regie_sdk::protocol::Standing;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::model::{Participant, ParticipantStatus};

/// What a mode says besides (deaths, zone, …) stands among these fields under its own names.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantView {
    pub id: String,
    /// Empty where this player's name is hidden from you.
    pub user_id: String,
    pub name: String,
    pub avatar_url: Option<String>,
    pub status: ParticipantStatus,
    pub slot: u32,
    /// Index into the palette.
    pub colour: u32,
    /// Whether their game is.
    pub connected: bool,
    /// Ties share a place.
    pub place: Option<u32>,
    pub progress: Option<f64>,
    /// Milliseconds of in-game time.
    pub igt_ms: Option<u64>,
    /// Milliseconds behind the first.
    pub gap_ms: Option<i64>,
    pub joined_at: String,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    /// Where their pack is, once released: for the organizer and themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// The same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub more: Map<String, Value>,
}

impl ParticipantView {
    pub fn new(
        participant: &Participant,
        standing: Option<&Standing>,
        connected: bool,
        identity: &Identity,
    ) -> Self {
        let user = identity.user(&participant.user_id).filter(|_| !participant.user_id.is_empty());
        let mut view = Self {
            id: participant.id.clone(),
            user_id: participant.user_id.clone(),
            name: participant.name.clone(),
            avatar_url: user.and_then(|user| user.avatar_url),
            status: participant.status,
            slot: participant.slot,
            colour: participant.colour,
            connected,
            place: standing.map(|s| s.place),
            progress: standing.map(|s| s.progress),
            igt_ms: standing.and_then(|s| s.igt_ms),
            gap_ms: standing.and_then(|s| s.gap_ms),
            joined_at: participant.joined_at.clone(),
            started_at: participant.started_at.clone(),
            finished_at: participant.finished_at.clone(),
            pack: None,
            url: None,
            more: Map::new(),
        };
        if let Some(standing) = standing {
            let own = serde_json::to_value(&view).ok();
            let is_own = |key: &String| own.as_ref().is_some_and(|own| own.get(key).is_some());
            let more = standing
                .more
                .iter()
                .filter(|(key, _)| !is_own(key) && !matches!(key.as_str(), "pack" | "url"));
            view.more = more.map(|(key, value)| (key.clone(), value.clone())).collect();
        }
        view
    }
}

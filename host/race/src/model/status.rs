//! The state machines of a race and of its participants.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RaceStatus {
    Draft,
    Open,
    Countdown,
    Running,
    Finished,
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ParticipantStatus {
    Registered,
    Ready,
    Playing,
    Finished,
    Abandoned,
    Disqualified,
}

impl RaceStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Countdown => "countdown",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }
}

impl ParticipantStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Ready => "ready",
            Self::Playing => "playing",
            Self::Finished => "finished",
            Self::Abandoned => "abandoned",
            Self::Disqualified => "disqualified",
        }
    }

    /// Only an organizer's undo leads out of it.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Finished | Self::Abandoned | Self::Disqualified)
    }
}

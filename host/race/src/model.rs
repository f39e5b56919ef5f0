//! The documents of races and what holds for them, without I/O.

mod change;
mod draft;
mod read;
mod seen;
mod status;
mod transitions;
mod viewer;

use regie_core::{Error, Result};
use regie_live::Tie;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

pub use change::{Change, Now, Told};
pub use seen::Seen;
pub use status::{ParticipantStatus, RaceStatus};
pub use transitions::{Entrance, Invited, Newcomer, Planted, StartAsked, check_name, deadline};
pub(crate) use viewer::offered;

pub const SCHEMA: u32 = 1;

/// One race with everybody in it: one document, one revision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Race {
    pub schema: u32,
    /// UUIDv7.
    pub id: String,
    pub name: String,
    /// Id of the user who organizes it.
    pub organizer_id: String,
    /// Id of the plugin whose rules are run.
    pub mode: String,
    /// Its `state_version` when `state` was written.
    pub state_version: u32,
    /// `None`: the mode made the seed itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// Id of the seed of the pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_id: Option<String>,
    /// SHA-256 of the seed's document, a blob of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_digest: Option<String>,
    pub status: RaceStatus,
    pub config: Config,
    /// RFC 3339 in UTC, as are all times here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_start: Option<String>,
    pub created_at: String,
    /// Hash of the key and the user it was created with: the same request again makes no second race.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_with: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeds_released_at: Option<String>,
    /// In the future while the countdown runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    pub participants: Vec<Participant>,
    /// The highest slot that anybody has had: slots are never given twice.
    #[serde(default)]
    pub slots_given: u32,
    /// How often its seed was started.
    #[serde(default)]
    pub tries: u32,
    /// Ids of users.
    #[serde(default)]
    pub casters: Vec<String>,
    #[serde(default)]
    pub invites: Vec<Invite>,
    /// The session of a lobby whose members may become participants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lobby: Option<Tie>,
    /// To whom the seed was shown before the start, for all to see.
    #[serde(default)]
    pub revealed_to: Vec<Revealed>,
    /// Timers: what happens when. Looked at every second.
    #[serde(default)]
    pub deadlines: Vec<Deadline>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<Box<RawValue>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether players who still run read the names of those who have finished.
    pub show_finished_names: bool,
    pub countdown_seconds: u32,
    pub max_participants: u32,
    /// New participants may still join for so long after the start; `None`: not after it.
    pub late_join_minutes: Option<u32>,
    /// Who has not finished after so long is abandoned.
    pub time_limit_minutes: Option<u32>,
    pub start: Start,
    pub visibility: Visibility,
    pub public_view: PublicView,
    pub dialect: Dialect,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            show_finished_names: true,
            countdown_seconds: 10,
            max_participants: 8,
            late_join_minutes: None,
            time_limit_minutes: None,
            start: Start::Together,
            visibility: Visibility::Public,
            public_view: PublicView::Live,
            dialect: Dialect::Source,
        }
    }
}

impl Config {
    /// Errors: `bad_request` with the path of what is out of bounds.
    pub fn check(&self) -> Result<()> {
        let within = |name: &str, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(Error::bad_request(format!("`{name}` is {value}"))
                .path(format!("config.{name}"))
                .hint(format!("a whole number from {least} to {most}")))
        };
        within("countdown_seconds", self.countdown_seconds, 0, 600)?;
        within("max_participants", self.max_participants, 1, 64)?;
        self.late_join_minutes.map_or(Ok(()), |m| within("late_join_minutes", m, 1, 1440))?;
        self.time_limit_minutes.map_or(Ok(()), |m| within("time_limit_minutes", m, 1, 43_200))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    Together,
    /// Everybody starts alone, when ready.
    Async,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    Public,
    /// In no list; whoever has the address sees it.
    Unlisted,
}

/// What everybody sees who is not organizer, caster or finisher, while a race runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PublicView {
    Live,
    /// A minute late.
    Delayed,
    None,
}

/// What the mods of a race speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    Source,
    Public,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Participant {
    /// UUIDv7.
    pub id: String,
    pub user_id: String,
    pub name: String,
    pub status: ParticipantStatus,
    /// Its mod token is derived from it: a higher one revokes the token.
    pub token_generation: u32,
    /// From 1; what plugins know a participant by. Never given to anybody else.
    pub slot: u32,
    /// Index into the palette, from 0.
    pub colour: u32,
    pub joined_at: String,
    /// What a lobby knows them by, where they were invited from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// When they began to play; in the future while their own countdown runs (in a race where each starts alone).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// Hashes of the `message_id`s that were answered, for the whole race.
    #[serde(default, skip_serializing_if = "Seen::is_empty")]
    pub seen: Seen,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invite {
    /// Part of its address; who has it may join.
    pub token: String,
    /// For whom it was made; empty: for anybody.
    pub name: String,
    pub created_at: String,
    /// What a lobby knows them by, where they were invited from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revealed {
    pub user_id: String,
    pub name: String,
    pub at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// `countdown` begins, `go`, `limit`.
    pub kind: String,
    pub at: String,
    /// Where it is about one participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
}

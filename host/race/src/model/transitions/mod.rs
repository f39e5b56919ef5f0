//! What may happen to a race: each transition changes the document or refuses, and says what follows. Nothing here waits,
//! reads a clock or writes.

mod due;
mod edit;
mod entry;
mod lifecycle;
mod lobby;
mod members;
mod play;
mod seed;
mod start;
#[cfg(test)]
mod tests;

use regie_core::Error;

pub use edit::check_name;
pub use entry::{Entrance, Newcomer};
pub use members::Invited;
pub use seed::Planted;
pub use start::StartAsked;

use super::{Participant, ParticipantStatus, Race, RaceStatus};

/// Deadlines a race may have.
pub mod deadline {
    /// The countdown to the scheduled start begins (in a race where each starts alone: the race does).
    pub const COUNTDOWN: &str = "countdown";
    /// The countdown ends.
    pub const GO: &str = "go";
    /// Who has not finished is abandoned.
    pub const LIMIT: &str = "limit";
}

/// A transition that the race's status does not allow.
fn refused(race: &Race, what: &str) -> Error {
    Error::conflict(format!("a race that is {} cannot {what}", race.status.as_str())).path("status")
}

/// A transition that the participant's status does not allow because it is terminal.
fn ended(participant: &Participant) -> Error {
    Error::conflict(format!("{} has {}", participant.name, done(participant.status)))
        .code("already_ended")
        .path("status")
        .hint("the organizer can take it back with undo")
}

fn done(status: ParticipantStatus) -> &'static str {
    match status {
        ParticipantStatus::Finished => "finished",
        ParticipantStatus::Abandoned => "abandoned",
        ParticipantStatus::Disqualified => "been disqualified",
        _ => "not ended",
    }
}

impl RaceStatus {
    /// The start was committed: rules, seed and who takes part are settled.
    pub fn is_started(self) -> bool {
        matches!(self, Self::Countdown | Self::Running | Self::Finished)
    }

    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Cancelled)
    }
}

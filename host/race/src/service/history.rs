//! What happened in a race, and how it stood at any time: for those who may know all of it.

use std::sync::Arc;

use regie_core::{Actor, Error, Result};
use regie_store::Entry;

use super::access::refused;
use crate::{
    Races, Shown,
    model::{Race, RaceStatus},
};

impl Races {
    /// Newest first, below version `before`. Errors: `not_found`, 401, 403; 409 for an organizer who plays.
    pub async fn history(
        &self,
        id: &str,
        who: &Actor,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>> {
        let race = self.race(id)?;
        if race.status != RaceStatus::Finished {
            if !race.is_organizer(who) {
                return Err(refused(who, "the history is the organizer's until the race is over"));
            }
            check_ended(&race, who)?;
        }
        self.engine.history(id, before, limit).await
    }

    /// A finished race at `igt_ms` of in-game time (`None`: as it ended), and when it ended. Errors: `not_found`; 409
    /// `not_finished`.
    pub async fn replay(&self, id: &str, who: &Actor, igt_ms: Option<u64>) -> Result<Replay> {
        let race = self.race(id)?;
        if race.status != RaceStatus::Finished {
            return Err(Error::conflict("the race is not over")
                .code("not_finished")
                .path("status")
                .hint("what can be seen of it now is on its page"));
        }
        let class = race.class_of(who, 0);
        let end = self.shown(id, class).await?;
        let end_ms = end.standings.participants.iter().filter_map(|s| s.igt_ms).max().unwrap_or(0);
        let at_ms = igt_ms.unwrap_or(end_ms).min(end_ms);
        let shown = self.shown_at(id, class, at_ms).await?;
        Ok(Replay { shown, at_ms, end_ms })
    }
}

/// A moment of a race that is over.
pub struct Replay {
    pub shown: Arc<Shown>,
    /// Milliseconds of in-game time.
    pub at_ms: u64,
    /// The longest of all players' times.
    pub end_ms: u64,
}

/// What others did stays hidden from who still plays, though they organize.
fn check_ended(race: &Race, who: &Actor) -> Result<()> {
    let plays = race.participant_of(&who.id).is_some_and(|p| !p.status.is_terminal());
    if race.status != RaceStatus::Running || !plays {
        return Ok(());
    }
    Err(Error::conflict("you play: what the others did stays hidden until you have ended")
        .code("plays")
        .path("participants"))
}

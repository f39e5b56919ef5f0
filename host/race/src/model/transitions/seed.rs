//! What is raced on, and the packs made of it.

use regie_core::{Error, Result};
use regie_store::EntryKind;

use super::refused;
use crate::{
    Event,
    model::{Change, Now, ParticipantStatus, Race, RaceStatus},
};

/// A seed of a pool, or (all `None`) one that the mode makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planted {
    pub pool: Option<String>,
    pub seed_id: Option<String>,
    pub seed_digest: Option<String>,
}

impl Race {
    /// Another seed before the start; whoever calls puts what the mode makes of it in the state's place. Everybody has to
    /// be ready again, and packs of the old one are void.
    pub fn replant(&mut self, new: Planted) -> Result<Change> {
        self.check_rerollable()?;
        (self.pool, self.seed_id, self.seed_digest) = (new.pool, new.seed_id, new.seed_digest);
        self.revealed_to.clear();
        self.tries = 0;
        let released = self.seeds_released_at.take().is_some();
        for participant in &mut self.participants {
            participant.status = ParticipantStatus::Registered;
            participant.token_generation += u32::from(released);
        }
        let mut change = Change::said("took another seed").event(Event::Status).event(Event::Reset);
        change.kind = EntryKind::Preset;
        Ok(change)
    }

    pub fn check_rerollable(&self) -> Result<()> {
        if matches!(self.status, RaceStatus::Draft | RaceStatus::Open) {
            return Ok(());
        }
        Err(refused(self, "get another seed").hint("only before its start"))
    }

    /// Players may fetch their packs from now on. Errors: 409 `no_participants`.
    pub fn release_packs(&mut self, now: &Now) -> Result<Change> {
        if self.status.is_over() {
            return Err(refused(self, "release packs"));
        }
        if self.participants.is_empty() {
            return Err(Error::conflict("nobody takes part yet: there is nobody to make a pack for")
                .code("no_participants")
                .path("participants")
                .hint("add participants first"));
        }
        if self.seeds_released_at.is_some() {
            return Ok(Change::nothing());
        }
        self.seeds_released_at = Some(now.text.clone());
        Ok(Change::said("released the packs").event(Event::Status))
    }
}

//! Who may do what to a race.

use std::sync::Arc;

use regie_core::{Actor, Error, Result};

use crate::{
    Races,
    model::{Change, Now, Race},
};

impl Races {
    /// The race, for whoever organizes it. Errors: `not_found`, 401, 403.
    pub fn for_organizer(&self, id: &str, who: &Actor) -> Result<Arc<Race>> {
        let race = self.race(id)?;
        if race.is_organizer(who) {
            return Ok(race);
        }
        Err(refused(who, "only the organizer may do this"))
    }

    /// The race and the slot of whoever takes part in it. Errors: `not_found`, 401, 403.
    pub fn for_participant(&self, id: &str, who: &Actor) -> Result<(Arc<Race>, u32)> {
        let race = self.race(id)?;
        match race.participant_of(&who.id).map(|p| p.slot) {
            Some(slot) => Ok((race, slot)),
            None => Err(refused(who, "only those who take part may do this").hint("join the race first")),
        }
    }

    /// The slot of a participant who is `who`, or whose race `who` organizes. Errors: `not_found`, 401, 403.
    pub fn for_own_or_organizer(&self, id: &str, who: &Actor, participant_id: &str) -> Result<u32> {
        let race = self.race(id)?;
        let found = race.participant(participant_id);
        let own = found.is_some_and(|p| !who.is_anonymous() && p.user_id == who.id);
        if !own && !race.is_organizer(who) {
            return Err(refused(who, "only the organizer may do this to somebody else"));
        }
        found.map(|p| p.slot).ok_or_else(|| nobody(participant_id))
    }

    /// A change that only the organizer may make.
    pub(super) async fn organize(
        &self,
        id: &str,
        by: &Actor,
        what: impl FnOnce(&mut Race, &Now) -> Result<Change> + Send + 'static,
    ) -> Result<()> {
        self.for_organizer(id, by)?;
        self.change(id, by, what).await
    }

    pub(super) async fn change(
        &self,
        id: &str,
        by: &Actor,
        what: impl FnOnce(&mut Race, &Now) -> Result<Change> + Send + 'static,
    ) -> Result<()> {
        self.engine.change(id, by, |race, now| Ok((what(race, now)?, ()))).await
    }

    pub fn now(&self) -> Now {
        Now::at(self.clock.now_ms())
    }
}

/// 401 for who is not signed in, else 403.
pub(super) fn refused(who: &Actor, message: &str) -> Error {
    if who.is_anonymous() { Error::unauthenticated() } else { Error::forbidden(message) }
}

pub(super) fn nobody(participant_id: &str) -> Error {
    Error::not_found(format!("there is no participant `{participant_id}` in this race")).path("pid")
}

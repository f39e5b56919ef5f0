//! From draft to the end: the organizer's, and what players do in their own name.

use regie_core::{Actor, Result};
use serde_json::{Map, Value};

use crate::{
    Races,
    model::{Change, Race, StartAsked},
};

/// What is to be changed of a race; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    pub name: Option<String>,
    pub config: Option<Map<String, Value>>,
    /// `Some(None)`: unscheduled. Milliseconds since 1970.
    pub scheduled_start_ms: Option<Option<i64>>,
    /// `Some(None)`: the mode makes the seed.
    pub pool: Option<Option<String>>,
}

impl Races {
    pub async fn open_race(&self, id: &str, by: &Actor) -> Result<()> {
        self.organize(id, by, Race::open).await
    }

    pub async fn start(&self, id: &str, by: &Actor, asked: StartAsked) -> Result<()> {
        self.organize(id, by, move |race, now| race.start(asked, now)).await
    }

    pub async fn unschedule(&self, id: &str, by: &Actor) -> Result<()> {
        self.organize(id, by, |race, now| race.schedule(None, now)).await
    }

    pub async fn reset(&self, id: &str, by: &Actor) -> Result<()> {
        self.organize(id, by, |race, _| race.reset()).await
    }

    pub async fn finish(&self, id: &str, by: &Actor) -> Result<()> {
        self.organize(id, by, Race::finish).await
    }

    /// Its seed is free again, unless it was played.
    pub async fn cancel(&self, id: &str, by: &Actor) -> Result<()> {
        self.organize(id, by, |race, _| race.cancel()).await?;
        let race = self.race(id)?;
        if race.is_unplayed() {
            self.free_seed(race.seed_id.as_deref(), id).await;
        }
        Ok(())
    }

    /// All of it or nothing, but for another pool, which comes first.
    pub async fn edit(&self, id: &str, by: &Actor, patch: Patch) -> Result<()> {
        let race = self.for_organizer(id, by)?;
        // Refused before a seed is taken for it.
        apply(&mut Race::clone(&race), &patch, &self.now())?;
        if let Some(pool) = patch.pool.as_ref().filter(|pool| **pool != race.pool) {
            self.reroll(id, by, pool.as_deref()).await?;
        }
        self.change(id, by, move |race, now| apply(race, &patch, now)).await
    }

    pub async fn ready(&self, id: &str, by: &Actor) -> Result<()> {
        let (_, slot) = self.for_participant(id, by)?;
        self.change(id, by, move |race, now| race.ready(slot, now)).await
    }

    pub async fn begin(&self, id: &str, by: &Actor) -> Result<()> {
        let (_, slot) = self.for_participant(id, by)?;
        self.change(id, by, move |race, now| race.begin(slot, now)).await
    }

    /// The organizer sees the seed from now on, and everybody sees that they do.
    pub async fn reveal(&self, id: &str, by: &Actor) -> Result<()> {
        let (user, name) = (by.id.clone(), by.name.clone());
        self.organize(id, by, move |race, now| race.reveal_to(&user, &name, now)).await
    }

    /// Players may fetch their packs from now on.
    pub async fn release_packs(&self, id: &str, by: &Actor) -> Result<()> {
        self.organize(id, by, Race::release_packs).await
    }
}

fn apply(race: &mut Race, patch: &Patch, now: &crate::model::Now) -> Result<Change> {
    let mut change = Change::nothing();
    if let Some(name) = &patch.name {
        change = change.then(race.rename(name)?);
    }
    if let Some(fields) = &patch.config {
        let config = race.config.with(fields)?;
        change = change.then(race.configure(config)?);
    }
    if let Some(at) = patch.scheduled_start_ms {
        change = change.then(race.schedule(at, now)?);
    }
    Ok(change)
}

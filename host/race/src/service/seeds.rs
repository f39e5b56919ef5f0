//! A race's seed: taken, kept, given back.

use regie_core::{Actor, Error, Result};
use serde_json::value::RawValue;

use crate::{Races, model::Planted};

/// A seed that is reserved for a race which does not name it yet.
pub(super) struct Sown {
    pub planted: Planted,
    /// `None`: the mode makes one.
    pub document: Option<Box<RawValue>>,
}

impl Races {
    /// Another seed of the same pool (of a race without one: another that its mode makes), or of another pool. The old one
    /// is given back. Errors: 409 once it has started, `pool_empty`.
    pub async fn reroll(&self, id: &str, by: &Actor, pool: Option<&str>) -> Result<()> {
        let race = self.for_organizer(id, by)?;
        race.check_rerollable()?;
        let sown = self.sow(pool, id, &race.mode, race.seed_id.as_deref()).await?;
        let (planted, new) = (sown.planted.clone(), sown.planted.seed_id);
        let seeded =
            self.engine.reseed(id, by, sown.document, move |race, _| Ok((race.replant(planted)?, ()))).await;
        if let Err(error) = seeded {
            self.free_seed(new.as_deref(), id).await;
            return Err(error);
        }
        self.keep_seed(new.as_deref(), id).await;
        if race.is_unplayed() {
            self.free_seed(race.seed_id.as_deref(), id).await;
        }
        Ok(())
    }

    /// Reserves one of the pool, and not the one that the race has already.
    pub(super) async fn sow(
        &self,
        pool: Option<&str>,
        race: &str,
        mode: &str,
        not: Option<&str>,
    ) -> Result<Sown> {
        let Some(pool) = pool else { return Ok(Sown { planted: Planted::default(), document: None }) };
        let seed = match not {
            Some(not) => self.pools.take_other(pool, race, not).await?,
            None => self.pools.take(pool, race).await?,
        };
        let document = match self.pools.document(&seed.id).await {
            Ok(document) if seed.mode == mode => document,
            other => {
                self.free_seed(Some(&seed.id), race).await;
                other?;
                return Err(Error::bad_request(format!("the seeds of `{pool}` are for {}", seed.mode))
                    .path("pool")
                    .hint(format!("a pool for {mode}")));
            }
        };
        let planted =
            Planted { pool: Some(seed.pool), seed_id: Some(seed.id), seed_digest: Some(seed.digest) };
        Ok(Sown { planted, document: Some(document) })
    }

    /// What cannot be confirmed or freed now is at the next start.
    pub(super) async fn keep_seed(&self, seed: Option<&str>, race: &str) {
        let Some(seed) = seed else { return };
        if let Err(error) = self.pools.confirm(seed, race).await {
            tracing::warn!(%error, seed, race, "a seed stays reserved until the next start");
        }
    }

    pub(super) async fn free_seed(&self, seed: Option<&str>, race: &str) {
        let Some(seed) = seed else { return };
        if let Err(error) = self.pools.give_back(seed, race).await {
            tracing::warn!(%error, seed, race, "a seed is not free before the next start");
        }
    }
}

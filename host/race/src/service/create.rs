//! Races are made and deleted; each step with its seed is one that may be repeated.

use std::sync::Arc;

use regie_core::{Actor, Error, Result};
use regie_plugins::Kind;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    Races,
    model::{Config, Dialect, Race, check_name},
};

/// Races that somebody may have at a time that are not over yet.
const MOST: usize = 50;

/// A race to be made.
#[derive(Debug, Clone, Default)]
pub struct NewRace {
    pub name: String,
    /// Id of the plugin; `None`: the pool's.
    pub mode: Option<String>,
    /// `None`: the mode makes the seed.
    pub pool: Option<String>,
    /// Over the defaults; the dialect is the pool's where it does not say.
    pub config: Map<String, Value>,
    /// Milliseconds since 1970.
    pub scheduled_start_ms: Option<i64>,
    /// `Idempotency-Key`
    pub key: Option<String>,
}

impl Races {
    /// A draft with its seed. Errors: 400 at the field; 404 for an unknown pool; `conflict` (`pool_empty`, `bad_pool`);
    /// `plugin_unavailable`, or the mode's own refusal of the seed.
    pub async fn create(&self, new: NewRace, by: &Actor) -> Result<Arc<Race>> {
        let created_with = new.key.as_ref().map(|key| hash(key, by));
        let _turn = match &created_with {
            Some(hash) => Some(self.turns.of(hash.clone()).await),
            None => None,
        };
        if let Some(made) = self.made_with(created_with.as_deref()) {
            return Ok(made);
        }
        self.check_room_for(by)?;
        let (now, name) = (self.now(), check_name(&new.name)?);
        let (mode, dialect) = self.mode_and_dialect(new.mode, new.pool.as_deref())?;
        let config = Config { dialect, ..Config::default() }.with(&new.config)?;
        let mut race = Race::draft(name, &by.id, &mode, config, &now);
        race.created_with = created_with;
        if let Some(at) = new.scheduled_start_ms {
            race.schedule(Some(at), &now)?;
        }
        let sown = self.sow(new.pool.as_deref(), &race.id, &mode, None).await?;
        let (id, seed_id) = (race.id.clone(), sown.planted.seed_id.clone());
        (race.pool, race.seed_id) = (sown.planted.pool, sown.planted.seed_id);
        race.seed_digest = sown.planted.seed_digest;
        match self.engine.create(race, by, sown.document).await {
            Ok(race) => {
                self.keep_seed(seed_id.as_deref(), &id).await;
                Ok(race)
            }
            Err(error) => {
                self.free_seed(seed_id.as_deref(), &id).await;
                Err(error)
            }
        }
    }

    /// Whatever was not played is free for other races. Errors: 409 while it counts down or runs.
    pub async fn delete(&self, id: &str, by: &Actor) -> Result<()> {
        let race = self.for_organizer(id, by)?;
        race.check_deletable()?;
        let seed = race.seed_id.as_deref().filter(|_| race.is_unplayed());
        if let Some(seed) = seed {
            self.pools.will_give_back(seed, id).await?;
        }
        self.engine.delete(id, by, Race::check_deletable).await?;
        self.free_seed(seed, id).await;
        self.forget_keys(id, by).await;
        Ok(())
    }

    fn made_with(&self, hash: Option<&str>) -> Option<Arc<Race>> {
        let hash = hash?;
        self.engine.races().into_iter().find(|race| race.created_with.as_deref() == Some(hash))
    }

    fn check_room_for(&self, by: &Actor) -> Result<()> {
        let open =
            self.engine.races().iter().filter(|r| r.organizer_id == by.id && !r.status.is_over()).count();
        if open >= MOST && by.role < regie_core::Role::Admin {
            return Err(Error::conflict(format!("you organize {open} races that are not over"))
                .code("too_many_races")
                .hint("finish, cancel or delete some"));
        }
        Ok(())
    }

    fn mode_and_dialect(&self, mode: Option<String>, pool: Option<&str>) -> Result<(String, Dialect)> {
        let Some(pool) = pool else {
            let missing = || {
                Error::bad_request("neither a mode nor a pool is named")
                    .path("mode")
                    .hint("GET /api/race-modes lists the modes, GET /api/pools the pools")
            };
            let mode = mode.ok_or_else(missing)?;
            self.check_mode(&mode)?;
            return Ok((mode, Dialect::Source));
        };
        let dialect = self.pools.definition(pool)?.pack.dialect;
        let for_mode = self.pools.list().into_iter().find(|p| p.name == pool).and_then(|p| p.mode);
        let mode = match (mode, for_mode) {
            (Some(wanted), Some(has)) if wanted != has => {
                return Err(Error::bad_request(format!("the seeds of the pool `{pool}` are for {has}"))
                    .path("mode")
                    .hint(format!("\"{has}\", or none")));
            }
            (Some(mode), _) | (None, Some(mode)) => mode,
            (None, None) => {
                return Err(Error::conflict(format!("the pool `{pool}` has no seed"))
                    .code("pool_empty")
                    .path("pool"));
            }
        };
        self.check_mode(&mode)?;
        Ok((mode, dialect))
    }

    fn check_mode(&self, mode: &str) -> Result<()> {
        if self.plugins.get(mode).is_some_and(|plugin| plugin.manifest().kind == Kind::Race) {
            return Ok(());
        }
        Err(Error::bad_request(format!("there is no race mode `{mode}`"))
            .path("mode")
            .hint("GET /api/race-modes lists them"))
    }
}

impl Config {
    /// With these fields over it. Errors: 400 below `config`.
    pub fn with(&self, fields: &Map<String, Value>) -> Result<Self> {
        let Ok(Value::Object(mut whole)) = serde_json::to_value(self) else {
            return Err(Error::bad_request("this is no configuration").path("config"));
        };
        whole.extend(fields.clone());
        let config: Self = serde_json::from_value(Value::Object(whole)).map_err(|error| {
            Error::bad_request(format!("the configuration does not fit: {error}")).path("config")
        })?;
        config.check()?;
        Ok(config)
    }
}

fn hash(key: &str, by: &Actor) -> String {
    let digest = Sha256::digest(format!("{}\n{key}", by.id));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

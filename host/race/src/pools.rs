//! Pools of seeds: folders that people and generators fill, and one document a seed that says who has it.
//!
//! The folders are the operator's: what is put there is found, checked and offered, what is taken away is gone. Who has a seed is
//! decided by its document alone, and its folder follows (docs/operators.md, "Seeds, pools and packs").

mod check;
mod config;
mod folders;
mod generate;
mod look;
mod model;
mod modes;
mod records;
mod reserve;
mod sweep;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use parking_lot::RwLock;
use regie_core::{Clock, Error, ErrorKind, Result, Shutdown};
use regie_plugins::Plugins;
use regie_store::{Bucket, Store};
use serde_json::value::RawValue;
use tokio::{sync::Semaphore, time::MissedTickBehavior};

pub use config::{Definition, PackTable, read as read_definitions};
pub use generate::{GIVE_UP, Made, Workshop};
pub use look::{FolderReport, count_folders, look_at_folders};
pub use model::{JobState, Maker, Place, Pool, Problem, Progress, Refused, Scan, Seed, SeedStatus};
pub use modes::{Loaded, Modes};

use generate::Jobs;
use look::Seen;
use records::Records;

/// How often the folders are looked at for what was changed by hand.
const LOOK: Duration = Duration::from_secs(2);

/// See [`Parts::quiet`].
const QUIET: Duration = Duration::from_secs(1);

/// Packs that are sent at once; each has a thread of its own.
const DOWNLOADS: usize = 64;

/// The pools of an instance.
pub struct Pools {
    dir: PathBuf,
    records: Records,
    store: Arc<Store>,
    modes: Arc<dyn Modes>,
    clock: Arc<dyn Clock>,
    shutdown: Shutdown,
    quiet: Duration,
    /// What the last look at the folders found. Locked for a moment only.
    seen: RwLock<Seen>,
    /// One look at a time. Taken before `turn`.
    looking: tokio::sync::Mutex<()>,
    /// Who changes a seed's document or moves its folder has it, so that a look sees both or neither.
    turn: tokio::sync::Mutex<()>,
    jobs: Jobs,
    /// Packs that are being sent.
    pub(crate) downloads: Arc<Semaphore>,
}

/// What pools are opened with.
pub struct Parts {
    /// `instance/seeds`
    pub dir: PathBuf,
    /// The bucket `seeds`.
    pub seeds: Arc<dyn Bucket>,
    /// For documents, kept as blobs.
    pub store: Arc<Store>,
    pub modes: Arc<dyn Modes>,
    pub clock: Arc<dyn Clock>,
    pub shutdown: Shutdown,
    /// A folder in which nothing changed for so long is no longer being copied.
    pub quiet: Duration,
}

impl Pools {
    /// Looks at all folders once, then every two seconds until `shutdown`. Call [`Pools::sweep`] when the races are there.
    /// A pool that cannot be used is a [`Problem`], not an error.
    pub async fn open(
        dir: PathBuf,
        seeds: Arc<dyn Bucket>,
        store: Arc<Store>,
        plugins: Arc<Plugins>,
        clock: Arc<dyn Clock>,
        shutdown: Shutdown,
    ) -> Result<Arc<Self>> {
        let pools =
            Self::on(Parts { dir, seeds, store, modes: plugins, clock, shutdown, quiet: QUIET }).await?;
        pools.scan().await?;
        let (weak, stop) = (Arc::downgrade(&pools), pools.shutdown.token());
        pools.shutdown.spawn(async move {
            let mut looks = tokio::time::interval(LOOK);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while stop.run_until_cancelled(looks.tick()).await.is_some() {
                let Some(pools) = weak.upgrade() else { return };
                let looked = stop.run_until_cancelled(pools.look_in_passing()).await;
                if let Some(Err(error)) = looked {
                    tracing::warn!(%error, "the pools of seeds could not be looked at");
                }
            }
        });
        Ok(pools)
    }

    /// Without looking at any folder yet, nor by itself later.
    pub async fn on(parts: Parts) -> Result<Arc<Self>> {
        let Parts { dir, seeds, store, modes, clock, shutdown, quiet } = parts;
        Ok(Arc::new(Self {
            dir,
            records: Records::open(seeds, clock.clone()).await?,
            store,
            modes,
            clock,
            shutdown,
            quiet,
            seen: RwLock::default(),
            looking: tokio::sync::Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            jobs: Jobs::default(),
            downloads: Arc::new(Semaphore::new(DOWNLOADS)),
        }))
    }

    /// By name, as of the last look.
    pub fn list(&self) -> Vec<Pool> {
        let running: HashMap<_, _> = self.jobs.running().map(|job| (job.pool.clone(), job)).collect();
        let seen = self.seen.read();
        let shown = |pool: &Arc<Definition>| {
            let seeds = self.records.of(&pool.name);
            let count = |status| seeds.iter().filter(|seed| seed.status == status).count();
            let made = seen.made(&pool.name);
            let strays = seen.strays(&pool.name);
            Pool {
                name: pool.name.clone(),
                display_name: pool.display_name.clone(),
                description: pool.description.clone(),
                mode: (pool.mode.id.clone())
                    .or_else(|| seeds.first().map(|seed| seed.mode.clone()))
                    .or_else(|| made.as_ref().and_then(|made| made.mode.clone())),
                dialect: pool.pack.dialect,
                settings: pool.shown(),
                available: seeds.iter().filter(|seed| seed.is_free()).count(),
                consumed: count(SeedStatus::Consumed) + strays.consumed,
                discarded: count(SeedStatus::Discarded) + strays.discarded,
                problems: seen.problems(&pool.name),
                can_generate: made.map(|made| made.maker),
                running: running.get(&pool.name).cloned(),
            }
        };
        seen.pools().map(shown).collect()
    }

    /// Errors: `not_found`.
    pub fn seed(&self, id: &str) -> Result<Arc<Seed>> {
        self.records.get(id)
    }

    /// What the mode reads; also when the seed's folder is gone. Errors: `not_found`.
    pub async fn document(&self, id: &str) -> Result<Box<RawValue>> {
        let seed = self.seed(id)?;
        let bytes = self.store.blob_get(&seed.digest).await?;
        let bytes = bytes.ok_or_else(|| Error::internal(format!("the document of seed {id} is lost")))?;
        serde_json::from_slice(&bytes).map_err(Error::internal)
    }

    /// The digests of all documents: what a sweep of blobs must keep.
    pub fn digests(&self) -> BTreeSet<String> {
        self.records.all().iter().map(|seed| seed.digest.clone()).collect()
    }

    /// Whether there is such a pool, and it can be used. Errors: `not_found`, `conflict` with what is wrong.
    pub fn definition(&self, pool: &str) -> Result<Arc<Definition>> {
        let Some(definition) = self.seen.read().get(pool) else {
            return Err(Error::not_found(format!("there is no pool `{pool}`")).path("pool"));
        };
        definition.check()?;
        Ok(definition)
    }

    /// Where the files of a seed are now. Errors: `not_found` where its folder is gone.
    pub fn folder(&self, seed: &Seed) -> Result<PathBuf> {
        let pool = self.dir.join(&seed.pool);
        let mut places = [seed.place, seed.status.place()].into_iter().chain(Place::ALL);
        let found = places.find_map(|place| {
            let path = folders::path(&pool, place, &seed.folder);
            std::fs::symlink_metadata(&path).is_ok_and(|seen| seen.is_dir()).then_some(path)
        });
        found.ok_or_else(|| {
            Error::not_found(format!("the files of {} of pool `{}` are gone", seed.folder, seed.pool))
                .hint("the administrator may have moved the folder")
        })
    }

    /// How packs of a pool are made, and the name of the mode's document; also where `pools.toml` no longer has the pool.
    /// Errors: `conflict` where its `config.toml` cannot be understood, which may name what players must not get.
    pub(crate) fn packing(&self, pool: &str) -> Result<(PackTable, String)> {
        let definition = match self.definition(pool) {
            Err(error) if error.kind == ErrorKind::NotFound => {
                Arc::new(Definition::in_folder(&self.dir, pool))
            }
            known => known?,
        };
        definition.check()?;
        Ok((definition.pack.clone(), definition.mode.document.clone()))
    }

    fn free(&self, pool: &str) -> Vec<Arc<Seed>> {
        self.records.of(pool).into_iter().filter(|seed| seed.is_free()).collect()
    }
}

impl std::fmt::Debug for Pools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pools").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// By pool's name.
type ByPool<T> = BTreeMap<String, T>;

#[cfg(test)]
mod tests;

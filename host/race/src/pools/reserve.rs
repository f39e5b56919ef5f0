//! A race takes a seed: reserved, then the race is written, then confirmed; each step may be repeated, and after a crash
//! between any two of them [`Pools::sweep`] finishes or frees.

use std::{fs, io, sync::Arc};

use regie_core::{Error, Result, random_hex};

use super::{
    Pools, folders,
    model::{Place, Seed, SeedStatus},
};

impl Pools {
    /// A random free seed, reserved for this race; the same one when the race asks again. Errors: `not_found`, `conflict`
    /// (`pool_empty`, `bad_pool`).
    pub async fn take(&self, pool: &str, race: &str) -> Result<Seed> {
        self.take_but(pool, race, None).await
    }

    /// As [`Pools::take`], and not the seed `not`, which the race goes on having: it is given back once the race names the
    /// new one.
    pub async fn take_other(&self, pool: &str, race: &str, not: &str) -> Result<Seed> {
        self.take_but(pool, race, Some(not)).await
    }

    async fn take_but(&self, pool: &str, race: &str, not: Option<&str>) -> Result<Seed> {
        let definition = self.definition(pool)?;
        let _turn = self.turn.lock().await;
        let had = self.records.of(pool).into_iter().find(|seed| {
            seed.is_held_by(race) && seed.status != SeedStatus::Discarded && Some(&*seed.id) != not
        });
        if let Some(seed) = had {
            return Ok(Seed::clone(&seed));
        }
        let mut free = self.free(pool);
        while !free.is_empty() {
            let seed = free.swap_remove(random_below(free.len()));
            let path = folders::path(&definition.dir, Place::Available, &seed.folder);
            if folders::mark(&path.join(&definition.mode.document)) != seed.mark {
                // Taken away or changed by hand since the last look, which is for the next one to judge.
                continue;
            }
            let reserve = |seed: &Seed| {
                seed.is_free().then(|| Seed { reserved_by: Some(race.to_owned()), ..seed.clone() })
            };
            let taken = self.records.change(&seed.id, reserve).await?;
            if taken.is_held_by(race) {
                return Ok(Seed::clone(&taken));
            }
        }
        Err(Error::conflict(format!("the pool `{}` has no seed left", definition.display_name))
            .code("pool_empty")
            .path("pool")
            .hint("choose another pool; an administrator can generate seeds or put some into its folder"))
    }

    /// The race is written: the seed is consumed, and its folder goes to `consumed/`. Errors: `not_found`; `conflict` where
    /// another race has it.
    pub async fn confirm(&self, id: &str, race: &str) -> Result<()> {
        let _turn = self.turn.lock().await;
        let seed = self.records.get(id)?;
        if !seed.is_held_by(race) {
            return Err(
                Error::conflict(format!("the seed {} is not this race's", seed.number)).code("seed_taken")
            );
        }
        self.settle_as(&seed, SeedStatus::Consumed).await
    }

    /// The seed is free again: its race took another one, was cancelled or deleted before it started. Nothing happens where
    /// the race does not have it (any more).
    pub async fn give_back(&self, id: &str, race: &str) -> Result<()> {
        let _turn = self.turn.lock().await;
        match self.records.get(id) {
            Ok(seed) if seed.is_held_by(race) && seed.status != SeedStatus::Discarded => {
                self.free_now(&seed).await
            }
            _ => Ok(()),
        }
    }

    /// Before a race that never started is deleted: should the server stop before the seed is given back, the sweep does it.
    pub async fn will_give_back(&self, id: &str, race: &str) -> Result<()> {
        let _turn = self.turn.lock().await;
        let leave = |seed: &Seed| {
            (seed.is_held_by(race) && !seed.leaving).then(|| Seed { leaving: true, ..seed.clone() })
        };
        match self.records.get(id) {
            Ok(_) => self.records.change(id, leave).await.map(drop),
            Err(_) => Ok(()),
        }
    }

    /// The seed is no good: no race gets it again. Errors: `not_found`; `conflict` where another race has it.
    pub async fn discard(&self, id: &str, race: &str) -> Result<()> {
        let _turn = self.turn.lock().await;
        let seed = self.records.get(id)?;
        if seed.status == SeedStatus::Discarded {
            return Ok(());
        }
        if seed.reserved_by.is_some() && !seed.is_held_by(race) {
            return Err(
                Error::conflict(format!("the seed {} is another race's", seed.number)).code("seed_taken")
            );
        }
        self.settle_as(&seed, SeedStatus::Discarded).await
    }

    /// The document first: whoever has the seed is certain before its folder moves. With `turn` held.
    pub(super) async fn settle_as(&self, seed: &Seed, status: SeedStatus) -> Result<()> {
        let decide = |seed: &Seed| (seed.status != status).then(|| Seed { status, ..seed.clone() });
        let seed = self.records.change(&seed.id, decide).await?;
        self.follow(&seed).await
    }

    /// The folder first: nobody may take the seed before its files are where they are looked for. With `turn` held.
    pub(super) async fn free_now(&self, seed: &Seed) -> Result<()> {
        if let Err(error) = self.put(seed, Place::Available).await {
            // Free all the same: the next look judges what is there.
            tracing::warn!(pool = seed.pool, seed = seed.number, %error, "the folder of a seed stays where it is");
        }
        let free = |seed: &Seed| {
            let (status, place) = (SeedStatus::Available, Place::Available);
            Some(Seed { status, place, reserved_by: None, leaving: false, ..seed.clone() })
        };
        self.records.change(&seed.id, free).await.map(drop)
    }

    /// Puts the folder where the document says it is. A folder that cannot be moved keeps nobody from playing.
    pub(super) async fn follow(&self, seed: &Arc<Seed>) -> Result<()> {
        let place = seed.status.place();
        if seed.place == place {
            return Ok(());
        }
        if let Err(error) = self.put(seed, place).await {
            tracing::warn!(pool = seed.pool, seed = seed.number, %error, "the folder of a seed stays where it is");
        }
        let arrived = |seed: &Seed| (seed.place != place).then(|| Seed { place, ..seed.clone() });
        self.records.change(&seed.id, arrived).await.map(drop)
    }

    /// Renames, from wherever it lies. A folder that is there already stays.
    async fn put(&self, seed: &Seed, place: Place) -> io::Result<()> {
        let pool = self.dir.join(&seed.pool);
        let from = self.folder(seed).map_err(|error| io::Error::other(error.message))?;
        let to = folders::path(&pool, place, &seed.folder);
        if from == to {
            return Ok(());
        }
        let moved = tokio::task::spawn_blocking(move || {
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            let flags = rustix::fs::RenameFlags::NOREPLACE;
            rustix::fs::renameat_with(rustix::fs::CWD, &from, rustix::fs::CWD, &to, flags)?;
            for folder in [&from, &to].into_iter().filter_map(|path| path.parent()) {
                fs::File::open(folder)?.sync_all()?;
            }
            Ok(())
        });
        moved.await.map_err(io::Error::other)?
    }
}

fn random_below(count: usize) -> usize {
    let drawn = u64::from_str_radix(&random_hex(8), 16).unwrap_or_default();
    usize::try_from(drawn % u64::try_from(count.max(1)).unwrap_or(1)).unwrap_or_default()
}

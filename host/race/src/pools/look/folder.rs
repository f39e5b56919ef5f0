//! One pool's folders, entry by entry.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use regie_core::{Error, Result, new_id};

use super::{
    Pass,
    listing::{Listing, no_seed},
    seen::Strays,
};
use crate::pools::{
    Pools,
    check::{Checked, check},
    config::Definition,
    folders::{self, Entry, EntryKind},
    model::{Place, SCHEMA, Seed, SeedStatus},
    modes::Refusal,
};

/// What came of a look at a folder.
enum Judged {
    Good(Checked),
    Unsettled,
    Refused(String),
    Gone,
}

const COPYING: &str =
    "it is still being copied; it is looked at again once nothing changes in it for a second";

impl Pools {
    pub(super) async fn look_at(&self, pool: &Arc<Definition>, pass: &mut Pass) -> Result<()> {
        let listing = {
            let dir = pool.dir.clone();
            tokio::task::spawn_blocking(move || Listing::read(&dir)).await.map_err(Error::internal)?
        };
        let listing = match listing {
            Ok(listing) => listing,
            Err(error) => {
                pass.refuse(&pool.name, "available", format!("the folder cannot be read: {error}"));
                return Ok(());
            }
        };
        self.forget_gone(pool, &listing, pass).await?;
        for entry in &listing.available {
            match entry.kind {
                // A pool whose config.toml is not understood offers nothing new.
                EntryKind::Seed(_) if pool.fault.is_some() => {}
                EntryKind::Seed(number) => {
                    self.look_at_seed(pool, &entry.name, number, &listing, pass).await?
                }
                EntryKind::OtherFolder | EntryKind::File | EntryKind::Link => {
                    pass.refuse(&pool.name, &entry.name, no_seed(entry.kind));
                }
            }
        }
        let known = self.records.of(&pool.name);
        let stray =
            |entries: &[Entry]| entries.iter().filter(|e| !known.iter().any(|s| s.folder == e.name)).count();
        let strays = Strays { consumed: stray(&listing.consumed), discarded: stray(&listing.discarded) };
        self.seen.write().stray(&pool.name, strays);
        Ok(())
    }

    /// Free seeds whose folders were taken away, or put aside by hand.
    async fn forget_gone(&self, pool: &Definition, listing: &Listing, pass: &mut Pass) -> Result<()> {
        for seed in self.free(&pool.name) {
            if listing.has(Place::Available, &seed.folder) {
                continue;
            }
            let _turn = self.turn.lock().await;
            let here = folders::path(&pool.dir, Place::Available, &seed.folder);
            let now = self.records.get(&seed.id)?;
            if now != seed || std::fs::symlink_metadata(here).is_ok() {
                continue;
            }
            let aside = if listing.has(Place::Consumed, &seed.folder) {
                Some(SeedStatus::Consumed)
            } else if listing.has(Place::Discarded, &seed.folder) {
                Some(SeedStatus::Discarded)
            } else {
                None
            };
            match aside {
                Some(status) => self.settle_as(&seed, status).await?,
                None => drop(self.records.remove(&seed).await?),
            }
            pass.removed += 1;
        }
        Ok(())
    }

    async fn look_at_seed(
        &self,
        pool: &Arc<Definition>,
        folder: &str,
        number: u64,
        listing: &Listing,
        pass: &mut Pass,
    ) -> Result<()> {
        let path = folders::path(&pool.dir, Place::Available, folder);
        let mark = folders::mark(&path.join(&pool.mode.document));
        let same_number = self.records.of(&pool.name).into_iter().find(|seed| seed.number == number);
        let known = match same_number {
            Some(seed) if seed.folder != folder => {
                pass.refuse(&pool.name, folder, format!("the number {number} is that of `{}`", seed.folder));
                return Ok(());
            }
            Some(seed) if seed.status != SeedStatus::Available => {
                return self.look_at_returned(pool, &seed, listing, pass).await;
            }
            // What a race has, or what looks as it did, stays as it is.
            Some(seed) if !seed.is_free() || seed.mark == mark => return Ok(()),
            Some(seed) => Some(seed),
            None => {
                if let Some(place) = listing.place_of(number) {
                    let reason = format!("the number {number} was used: there is one in {}/", place.as_str());
                    pass.refuse(&pool.name, folder, reason);
                    return Ok(());
                }
                None
            }
        };
        match self.judge(pool, &path).await? {
            Judged::Gone => {}
            Judged::Unsettled => {
                pass.unsettled += 1;
                pass.refuse(&pool.name, folder, COPYING);
            }
            Judged::Refused(reason) => {
                pass.refuse(&pool.name, folder, reason);
                if let Some(seed) = known {
                    let _turn = self.turn.lock().await;
                    pass.removed += usize::from(
                        self.records.get(&seed.id)?.is_free() && self.records.remove(&seed).await?,
                    );
                }
            }
            Judged::Good(checked) => {
                let found = Found { pool, folder, number, mark };
                pass.added += usize::from(self.accept(&found, checked, known).await?);
            }
        }
        Ok(())
    }

    /// A folder in `available/` whose seed was played or discarded. Its folder was put back by hand: so it is free.
    async fn look_at_returned(
        &self,
        pool: &Definition,
        seed: &Arc<Seed>,
        listing: &Listing,
        pass: &mut Pass,
    ) -> Result<()> {
        let place = seed.status.place();
        if listing.has(place, &seed.folder) {
            let reason = format!("the number {} was used: there is one in {}/", seed.number, place.as_str());
            pass.refuse(&pool.name, &seed.folder, reason);
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let now = self.records.get(&seed.id)?;
        // Else it is on its way there, or arrived meanwhile.
        let returned = now == *seed
            && now.place == place
            && std::fs::symlink_metadata(folders::path(&pool.dir, place, &seed.folder)).is_err();
        if returned {
            tracing::info!(
                pool = pool.name,
                seed = seed.number,
                "a seed was put back by hand; it is free again"
            );
            self.free_now(&now).await?;
            pass.added += 1;
        }
        Ok(())
    }

    async fn judge(&self, pool: &Arc<Definition>, path: &Path) -> Result<Judged> {
        let looked = {
            let path = path.to_owned();
            tokio::task::spawn_blocking(move || folders::newest_change(&path))
                .await
                .map_err(Error::internal)?
        };
        let newest = match looked {
            Ok(newest) => newest,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Judged::Gone),
            Err(error) => return Ok(Judged::Refused(format!("it cannot be read: {error}"))),
        };
        if !folders::is_quiet(newest, self.quiet) {
            return Ok(Judged::Unsettled);
        }
        let generation = self.modes.generation();
        if let Some(reason) = self.seen.read().verdict(path, newest, generation) {
            return Ok(Judged::Refused(reason));
        }
        match check(pool, path, &*self.modes).await {
            Ok(checked) => Ok(Judged::Good(checked)),
            Err(Refusal::Later(reason)) => Ok(Judged::Refused(reason)),
            Err(Refusal::Bad(reason)) => {
                tracing::warn!(pool = pool.name, folder = %path.display(), "seed refused: {reason}");
                self.seen.write().judge(path, newest, generation, &reason);
                Ok(Judged::Refused(reason))
            }
        }
    }

    /// Keeps the document, and offers the seed. `false` where it was known already, or is gone.
    async fn accept(&self, found: &Found<'_>, checked: Checked, known: Option<Arc<Seed>>) -> Result<bool> {
        let Checked { document, mode } = checked;
        let digest = self.store.blob_put(document).await?;
        let _turn = self.turn.lock().await;
        let Found { pool, folder, number, mark } = found;
        let path = folders::path(&pool.dir, Place::Available, folder);
        if folders::mark(&path.join(&pool.mode.document)) != *mark {
            return Ok(false);
        }
        if let Some(known) = known {
            let renew = |seed: &Seed| {
                let (digest, mode, mark) = (digest.clone(), mode.clone(), mark.clone());
                seed.is_free().then(|| Seed { digest, mode, mark, ..seed.clone() })
            };
            self.records.change(&known.id, renew).await?;
            return Ok(false);
        }
        if self.records.of(&pool.name).iter().any(|seed| seed.number == *number) {
            return Ok(false);
        }
        let seed = Seed {
            schema: SCHEMA,
            id: new_id(),
            pool: pool.name.clone(),
            number: *number,
            status: SeedStatus::Available,
            folder: (*folder).to_owned(),
            place: Place::Available,
            digest,
            mode,
            reserved_by: None,
            leaving: false,
            mark: mark.clone(),
        };
        self.records.create(seed).await?;
        Ok(true)
    }

    /// Offers a folder that was just put there whole, without waiting until it is quiet.
    pub(in crate::pools) async fn adopt(
        &self,
        pool: &Definition,
        folder: &str,
        number: u64,
        document: Bytes,
        mode: String,
    ) -> Result<()> {
        let path = folders::path(&pool.dir, Place::Available, folder);
        let found = Found { pool, folder, number, mark: folders::mark(&path.join(&pool.mode.document)) };
        self.accept(&found, Checked { document, mode }, None).await.map(drop)
    }
}

/// A folder that may become a seed.
struct Found<'a> {
    pool: &'a Definition,
    folder: &'a str,
    number: u64,
    mark: String,
}

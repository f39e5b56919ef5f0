//! Looking at the folders: what is new is checked and offered, what is gone is forgotten, what cannot be used is named.

mod folder;
mod listing;
mod report;
mod seen;

use std::sync::Arc;

use regie_core::{Error, Result};

use super::{
    Modes, Pools,
    config::{self, Definition},
    model::{Maker, Problem, Refused, Scan},
};

pub use report::{FolderReport, count_folders, look_at_folders};
pub(super) use seen::{Filled, Seen};

/// How often somebody who asked waits for folders that are still being copied.
const WAITS: usize = 3;

/// What one pass over all pools found.
#[derive(Default)]
struct Pass {
    added: usize,
    removed: usize,
    refused: Vec<Refused>,
    /// Folders that are still being copied.
    unsettled: usize,
}

impl Pools {
    /// Looks at everything now, whatever was refused before included; waits a moment for what is being copied.
    pub async fn scan(&self) -> Result<Scan> {
        self.seen.write().forget_verdicts();
        let mut scan = Scan::default();
        for wait in 0.. {
            let pass = self.pass().await?;
            scan.added += pass.added;
            scan.removed += pass.removed;
            scan.refused = pass.refused;
            if pass.unsettled == 0 || wait == WAITS {
                break;
            }
            tokio::time::sleep(self.quiet).await;
        }
        scan.pools = self.list();
        Ok(scan)
    }

    /// As every two seconds: what was refused and looks the same is not read again.
    pub async fn look_in_passing(&self) -> Result<()> {
        let pass = self.pass().await?;
        if pass.added + pass.removed > 0 {
            tracing::info!(pass.added, pass.removed, "seeds were put in or taken out");
        }
        Ok(())
    }

    async fn pass(&self) -> Result<Pass> {
        let _one_at_a_time = self.looking.lock().await;
        let dir = self.dir.clone();
        let read = tokio::task::spawn_blocking(move || config::read(&dir)).await.map_err(Error::internal)?;
        let mut pass = Pass::default();
        match read {
            Ok((pools, refused)) => {
                self.seen.write().define(pools);
                for (pool, reason) in refused {
                    pass.refuse(&pool, "pools.toml", reason);
                }
            }
            // What was read before stays in force, as with the server's own settings.
            Err(reason) => pass.refuse("", "pools.toml", reason),
        }
        let pools: Vec<_> = self.seen.read().pools().cloned().collect();
        for pool in pools {
            if let Some(fault) = &pool.fault {
                pass.refuse(&pool.name, "config.toml", fault.clone());
            }
            self.look_at(&pool, &mut pass).await?;
            self.look_who_fills(&pool).await;
        }
        self.seen.write().tell(&pass.refused);
        Ok(pass)
    }

    /// An external command, or a mode that makes seeds by itself.
    async fn look_who_fills(&self, pool: &Arc<Definition>) {
        let generation = self.modes.generation();
        if self.seen.read().knows_who_fills(pool, generation) {
            return;
        }
        let filled = who_fills(pool, &*self.modes).await;
        self.seen.write().fill(pool, generation, filled);
    }
}

/// `None`: the pool is filled by hand.
pub(super) async fn who_fills(pool: &Definition, modes: &dyn Modes) -> Option<Filled> {
    if pool.generator.is_some() {
        return Some(Filled { maker: Maker::Command, mode: pool.mode.id.clone() });
    }
    let candidates = pool.mode.id.clone().map_or_else(|| modes.ids(), |mode| vec![mode]);
    for mode in candidates {
        if matches!(modes.make(&mode, &pool.mode.settings).await, Ok(Some(_))) {
            return Some(Filled { maker: Maker::Mode, mode: Some(mode) });
        }
    }
    None
}

impl Pass {
    fn refuse(&mut self, pool: &str, folder: &str, reason: impl Into<String>) {
        self.refused.push(Refused { pool: pool.into(), folder: folder.into(), reason: reason.into() });
    }
}

impl From<&Refused> for Problem {
    fn from(refused: &Refused) -> Self {
        Self { folder: refused.folder.clone(), message: refused.reason.clone() }
    }
}

//! Filling a pool: by the operator's own program, or by a mode that makes seeds itself. A seed is made aside, completed, checked
//! as any other, and reaches `available/` by one rename.

mod command;
mod jobs;
mod place;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use regie_core::{Error, Result, random_hex};
use tokio_util::sync::CancellationToken;

use super::{
    check::{Checked, check},
    config::Definition,
    look::who_fills,
    model::Maker,
    modes::{Modes, Refusal},
};
use crate::packs;

pub use jobs::{GIVE_UP, Jobs};

/// Below a pool's folder; on the same file system, so that a rename is all it takes.
const ASIDE: &str = ".generating";

/// The right to fill one pool: one program has it at a time, be it the server or a command line.
pub struct Workshop {
    pool: Arc<Definition>,
    modes: Arc<dyn Modes>,
    /// Locked as long as the file is open.
    _lock: File,
}

/// A seed that was made and lies in `available/`.
#[derive(Debug, Clone)]
pub struct Made {
    pub number: u64,
    pub folder: String,
    pub document: Bytes,
    pub mode: String,
}

impl Workshop {
    /// Removes what an earlier one left half done. Errors: `conflict` where another one fills the pool.
    pub fn open(pool: Arc<Definition>, modes: Arc<dyn Modes>) -> Result<Self> {
        let aside = pool.dir.join(ASIDE);
        fs::create_dir_all(&aside)?;
        let lock = File::create(aside.join("lock"))?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(|_| {
            Error::conflict(format!("the pool `{}` is being filled by another program", pool.name))
                .code("busy")
                .hint("wait for it, or cancel it there")
        })?;
        for entry in fs::read_dir(&aside)? {
            let path = entry?.path();
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(Self { pool, modes, _lock: lock })
    }

    /// Makes one seed. Errors say in the operator's terms why there is none; nothing of it stays then. `disk_full` and
    /// `cancelled` are told apart by their codes.
    pub async fn make(&self, cancel: &CancellationToken) -> Result<Made> {
        let aside = Aside::new(&self.pool.dir.join(ASIDE))?;
        match who_fills(&self.pool, &*self.modes).await.map(|filled| (filled.maker, filled.mode)) {
            Some((Maker::Command, _)) => command::run(&self.pool, &aside.0, cancel).await?,
            Some((Maker::Mode, Some(mode))) => self.make_by_mode(&mode, &aside.0).await?,
            _ => {
                return Err(Error::conflict(format!("nothing can fill the pool `{}`", self.pool.name))
                    .code("no_generator")
                    .hint(
                        "its config.toml names no [generator] command, and no race mode makes seeds for it",
                    ));
            }
        }
        let pool = self.pool.clone();
        let out = aside.0.clone();
        let seed = in_background(move || place::complete(&pool, &out)).await?;
        let Checked { document, mode } = check(&self.pool, &seed, &*self.modes).await.map_err(refused)?;
        let (pool, text) = (self.pool.clone(), document.clone());
        let (number, folder) = in_background(move || place::put(&pool, &seed, &text)).await?;
        Ok(Made { number, folder, document, mode })
    }

    async fn make_by_mode(&self, mode: &str, out: &Path) -> Result<()> {
        let made = self.modes.make(mode, &self.pool.mode.settings).await;
        let document =
            made.map_err(|reason| refused(Refusal::Bad(format!("`{mode}` makes no seed: {reason}"))))?;
        let document = document.ok_or_else(|| refused(Refusal::Bad(format!("`{mode}` makes no seed"))))?;
        let settings = self.pool.pack.settings.clone().unwrap_or_else(|| packs::SETTINGS_FILE.into());
        let document = (out.join(&self.pool.mode.document), document.get().to_owned());
        let template = (out.join(settings), packs::TEMPLATE.to_owned());
        let pool = self.pool.clone();
        in_background(move || {
            // Two would leave it open which one is meant.
            let brings_own = matches!(packs::settings_file(&pool.dir.join("files"), &pool.pack), Ok(Some(_)));
            for (path, text) in [Some(document), (!brings_own).then_some(template)].into_iter().flatten() {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::write(path, text)?;
            }
            Ok(())
        })
        .await
    }
}

fn refused(refusal: Refusal) -> Error {
    let (Refusal::Bad(reason) | Refusal::Later(reason)) = refusal;
    Error::conflict(reason).code("bad_seed")
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// An empty folder that is removed with all that is in it, unless it was moved away as a whole.
struct Aside(PathBuf);

impl Aside {
    fn new(parent: &Path) -> io::Result<Self> {
        let path = parent.join(random_hex(8));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.0.display(), %error, "what a generator left could not be removed");
        }
    }
}

//! The bucket `seeds`: all documents in memory, written by compare-and-set.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use parking_lot::RwLock;
use regie_core::{Clock, Error, ErrorKind, Result};
use regie_store::{Bucket, Document, Entry, EntryKind, Write};
use serde_json::value::RawValue;

use super::model::{SCHEMA, Seed};

/// How often a write is tried when others write the same document.
const ATTEMPTS: usize = 8;

pub struct Records {
    bucket: Arc<dyn Bucket>,
    clock: Arc<dyn Clock>,
    held: RwLock<BTreeMap<String, Held>>,
}

#[derive(Clone)]
struct Held {
    revision: u64,
    version: u64,
    seed: Arc<Seed>,
}

impl Records {
    pub async fn open(bucket: Arc<dyn Bucket>, clock: Arc<dyn Clock>) -> Result<Self> {
        let mut held = BTreeMap::new();
        for key in bucket.keys("").await? {
            if let Some(document) = bucket.get(&key).await? {
                held.insert(key, read(&document)?);
            }
        }
        Ok(Self { bucket, clock, held: RwLock::new(held) })
    }

    /// Oldest first.
    pub fn all(&self) -> Vec<Arc<Seed>> {
        self.held.read().values().map(|held| held.seed.clone()).collect()
    }

    pub fn of(&self, pool: &str) -> Vec<Arc<Seed>> {
        self.held
            .read()
            .values()
            .filter(|held| held.seed.pool == pool)
            .map(|held| held.seed.clone())
            .collect()
    }

    /// Errors: `not_found`.
    pub fn get(&self, id: &str) -> Result<Arc<Seed>> {
        self.held(id).map(|held| held.seed)
    }

    pub async fn create(&self, seed: Seed) -> Result<Arc<Seed>> {
        let id = seed.id.clone();
        let document = self.bucket.create(&id, self.write(&seed, 1, EntryKind::Create)?).await?;
        Ok(self.keep(id, &document, seed))
    }

    /// Writes what `change` makes of the current document; `None` leaves it as it is. Answers the document as it is then.
    pub async fn change(&self, id: &str, change: impl Fn(&Seed) -> Option<Seed>) -> Result<Arc<Seed>> {
        for _ in 0..ATTEMPTS {
            let held = self.held(id)?;
            let Some(next) = change(&held.seed) else { return Ok(held.seed) };
            let write = self.write(&next, held.version + 1, EntryKind::Action)?;
            match self.bucket.put(id, held.revision, write).await {
                Ok(document) => return Ok(self.keep(id.to_owned(), &document, next)),
                Err(error) if error.kind == ErrorKind::Conflict => self.read_again(id).await?,
                Err(error) => return Err(error),
            }
        }
        Err(Error::conflict(format!("the seed {id} keeps changing")).hint("try again"))
    }

    /// Forgets it unless it was changed since `seed` was read; `false` where it was.
    pub async fn remove(&self, seed: &Arc<Seed>) -> Result<bool> {
        let held = self.held(&seed.id)?;
        if held.seed != *seed {
            return Ok(false);
        }
        let entry = self.entry(held.version + 1, EntryKind::Delete);
        match self.bucket.delete(&seed.id, held.revision, entry).await {
            Ok(()) => drop(self.held.write().remove(&seed.id)),
            Err(error) if error.kind == ErrorKind::Conflict => {
                self.read_again(&seed.id).await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    fn held(&self, id: &str) -> Result<Held> {
        let held = self.held.read().get(id).cloned();
        held.ok_or_else(|| Error::not_found(format!("there is no seed {id}")))
    }

    async fn read_again(&self, id: &str) -> Result<()> {
        match self.bucket.get(id).await? {
            Some(document) => drop(self.held.write().insert(id.to_owned(), read(&document)?)),
            None => drop(self.held.write().remove(id)),
        }
        Ok(())
    }

    fn keep(&self, id: String, document: &Document, seed: Seed) -> Arc<Seed> {
        let seed = Arc::new(seed);
        let held = Held { revision: document.revision, version: document.version, seed: seed.clone() };
        self.held.write().insert(id, held);
        seed
    }

    fn write(&self, seed: &Seed, version: u64, kind: EntryKind) -> Result<Write> {
        Ok(Write {
            body: Bytes::from(serde_json::to_vec(seed).map_err(Error::internal)?),
            version,
            at_ms: self.clock.now_ms(),
            entries: vec![self.entry(version, kind)],
            answers: Vec::new(),
        })
    }

    /// Who wanted it stands in the history of the race.
    fn entry(&self, version: u64, kind: EntryKind) -> Entry {
        let nothing = || RawValue::NULL.to_owned();
        Entry { version, at_ms: self.clock.now_ms(), kind, actor: nothing(), detail: nothing() }
    }
}

fn read(document: &Document) -> Result<Held> {
    #[derive(serde::Deserialize)]
    struct Head {
        schema: u32,
    }
    let broken = |error: serde_json::Error| Error::internal(format!("seeds/{}: {error}", document.key));
    let head: Head = serde_json::from_slice(&document.body).map_err(broken)?;
    if head.schema > SCHEMA {
        let message =
            format!("seeds/{} has schema {}; this server knows {SCHEMA}", document.key, head.schema);
        return Err(Error::new(ErrorKind::Unavailable, message).hint("start the newer server that wrote it"));
    }
    let seed = Arc::new(serde_json::from_slice(&document.body).map_err(broken)?);
    Ok(Held { revision: document.revision, version: document.version, seed })
}

//! A bucket as a set of typed documents: JSON in and out, revisions kept with the values.

use std::sync::Arc;

use bytes::Bytes;
use regie_core::{Actor, Clock, Error, ErrorKind, Result};
use regie_store::{Bucket, Document, Entry, EntryKind, Write};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::model::SCHEMA;

/// A document with what the next write of it needs.
#[derive(Debug, Clone)]
pub(crate) struct Stored<T> {
    pub revision: u64,
    pub version: u64,
    pub doc: T,
}

pub(crate) struct Table {
    bucket: Arc<dyn Bucket>,
    clock: Arc<dyn Clock>,
}

impl Table {
    pub fn new(bucket: Arc<dyn Bucket>, clock: Arc<dyn Clock>) -> Self {
        Self { bucket, clock }
    }

    pub async fn all<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, Stored<T>)>> {
        let mut found = Vec::new();
        for key in self.bucket.keys(prefix).await? {
            if let Some(stored) = self.get(&key).await? {
                found.push((key, stored));
            }
        }
        Ok(found)
    }

    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Stored<T>>> {
        self.bucket.get(key).await?.map(|document| self.read(&document)).transpose()
    }

    /// `Conflict` where the key exists.
    pub async fn create<T: Serialize>(&self, key: &str, doc: T, actor: &Actor) -> Result<Stored<T>> {
        let write = self.write(&doc, 1, EntryKind::Create, actor)?;
        let Document { revision, version, .. } = self.bucket.create(key, write).await?;
        Ok(Stored { revision, version, doc })
    }

    /// `Conflict` where someone else wrote since `old` was read.
    pub async fn put<T: Serialize, U>(
        &self,
        key: &str,
        old: &Stored<U>,
        doc: T,
        actor: &Actor,
    ) -> Result<Stored<T>> {
        let write = self.write(&doc, old.version + 1, EntryKind::Action, actor)?;
        let Document { revision, version, .. } = self.bucket.put(key, old.revision, write).await?;
        Ok(Stored { revision, version, doc })
    }

    /// Whatever its revision is by now; `false` where it was gone already.
    pub async fn remove(&self, key: &str, actor: &Actor) -> Result<bool> {
        for _ in 0..8 {
            let Some(document) = self.bucket.get(key).await? else { return Ok(false) };
            match self.remove_at(key, document.revision, document.version, actor).await {
                Err(error) if error.kind == ErrorKind::Conflict => {}
                Err(error) if error.kind == ErrorKind::NotFound => return Ok(false),
                done => return done.map(|()| true),
            }
        }
        Err(Error::conflict(format!("{} `{key}` keeps changing", self.bucket.name())))
    }

    /// `Conflict` where it was written or removed since.
    pub async fn remove_at(&self, key: &str, revision: u64, version: u64, actor: &Actor) -> Result<()> {
        let entry = self.entry(version + 1, EntryKind::Delete, actor)?;
        self.bucket.delete(key, revision, entry).await
    }

    fn read<T: DeserializeOwned>(&self, document: &Document) -> Result<Stored<T>> {
        #[derive(serde::Deserialize)]
        struct Head {
            schema: u32,
        }
        let place = || format!("{}/{}", self.bucket.name(), document.key);
        let broken = |error: serde_json::Error| Error::internal(format!("{}: {error}", place()));
        let head: Head = serde_json::from_slice(&document.body).map_err(broken)?;
        if head.schema > SCHEMA {
            let message = format!("{} has schema {}; this server knows {SCHEMA}", place(), head.schema);
            return Err(
                Error::new(ErrorKind::Unavailable, message).hint("start the newer server that wrote it")
            );
        }
        let doc = serde_json::from_slice(&document.body).map_err(broken)?;
        Ok(Stored { revision: document.revision, version: document.version, doc })
    }

    fn write<T: Serialize>(&self, doc: &T, version: u64, kind: EntryKind, actor: &Actor) -> Result<Write> {
        Ok(Write {
            body: Bytes::from(serde_json::to_vec(doc).map_err(Error::internal)?),
            version,
            at_ms: self.clock.now_ms(),
            entries: vec![self.entry(version, kind, actor)?],
            answers: Vec::new(),
        })
    }

    /// An anonymous actor is the host itself. History tells who and when, never what: these documents hold hashes of secrets.
    fn entry(&self, version: u64, kind: EntryKind, actor: &Actor) -> Result<Entry> {
        let actor = if actor.is_anonymous() {
            RawValue::NULL.to_owned()
        } else {
            serde_json::value::to_raw_value(actor).map_err(Error::internal)?
        };
        Ok(Entry { version, at_ms: self.clock.now_ms(), kind, actor, detail: RawValue::NULL.to_owned() })
    }
}

//! What is kept in the bucket: a document a session, which becomes its grave, and one of the host's own.

use std::sync::Arc;

use bytes::Bytes;
use regie_core::{Error, ErrorKind, Result};
use regie_store::{Bucket, Document, Entry, Revision, Write};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::model::Record;

const HOST: &str = "host";
const PREFIX: &str = "s";
const SCHEMA: u32 = 1;

/// What was read at the start.
pub struct Stored {
    pub sessions: Vec<(Record, Held)>,
    pub graves: Vec<(Grave, Held)>,
}

/// Where a document stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// `None`: not stored yet.
    pub revision: Option<Revision>,
    pub version: u64,
}

/// What is left of a session that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grave {
    pub schema: u32,
    pub buried: String,
    /// Milliseconds since 1970.
    pub at_ms: i64,
}

impl Grave {
    pub fn new(session: &str, at_ms: i64) -> Self {
        Self { schema: SCHEMA, buried: session.to_owned(), at_ms }
    }
}

/// This host, as other arbiters on the same broker know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    pub schema: u32,
    /// 8 hex digits.
    pub id: String,
    /// Rises whenever this host becomes the arbiter.
    pub epoch: u64,
}

#[derive(Clone)]
pub struct Store {
    bucket: Arc<dyn Bucket>,
}

/// Of a session's document.
pub fn key(session: &str) -> String {
    format!("{PREFIX}.{}", &hex::encode(Sha256::digest(session))[..32])
}

impl Store {
    pub fn new(bucket: Arc<dyn Bucket>) -> Self {
        Self { bucket }
    }

    /// Made at the first start. Errors: of the store; `internal` where a newer version wrote it.
    pub async fn host(&self, at_ms: i64) -> Result<(Host, Held)> {
        if let Some(document) = self.bucket.get(HOST).await? {
            return Ok((read(&document)?, held(&document)));
        }
        let host = Host { schema: SCHEMA, id: regie_core::random_hex(4), epoch: 0 };
        let held = self.write(HOST, Held::default(), &host, at_ms, Vec::new()).await?;
        Ok((host, held))
    }

    pub async fn set_host(&self, host: &Host, held: Held, at_ms: i64) -> Result<Held> {
        self.write(HOST, held, host, at_ms, Vec::new()).await
    }

    pub async fn load(&self) -> Result<Stored> {
        let mut stored = Stored { sessions: Vec::new(), graves: Vec::new() };
        for key in self.bucket.keys(PREFIX).await? {
            let Some(document) = self.bucket.get(&key).await? else { continue };
            let held = held(&document);
            match serde_json::from_slice::<Grave>(&document.body) {
                Ok(grave) => stored.graves.push((grave, held)),
                Err(_) => stored.sessions.push((read(&document)?, held)),
            }
        }
        Ok(stored)
    }

    /// `entries` get their versions here, one after another.
    pub async fn save(&self, record: &Record, held: Held, at_ms: i64, entries: Vec<Entry>) -> Result<Held> {
        self.write(&key(&record.session_id), held, record, at_ms, entries).await
    }

    pub async fn bury(&self, grave: &Grave, held: Held, entries: Vec<Entry>) -> Result<Held> {
        self.write(&key(&grave.buried), held, grave, grave.at_ms, entries).await
    }

    /// Nothing but its history is left.
    pub async fn forget(&self, session: &str, held: Held, entry: Entry) -> Result<()> {
        match held.revision {
            Some(revision) => self.bucket.delete(&key(session), revision, entry).await,
            None => Ok(()),
        }
    }

    async fn write(
        &self,
        key: &str,
        held: Held,
        document: &impl Serialize,
        at_ms: i64,
        mut entries: Vec<Entry>,
    ) -> Result<Held> {
        let body: Bytes = serde_json::to_vec(document).map_err(Error::internal)?.into();
        let steps = u64::try_from(entries.len()).unwrap_or(1).max(1);
        for (at, entry) in (1..).zip(&mut entries) {
            entry.version = held.version + at;
        }
        let write = Write { body, version: held.version + steps, at_ms, entries, answers: Vec::new() };
        let stored = match held.revision {
            None => self.create(key, write).await?,
            Some(revision) => match self.bucket.put(key, revision, write.clone()).await {
                Err(error) if error.kind == ErrorKind::Conflict => self.overwrite(key, write).await?,
                other => other?,
            },
        };
        Ok(self::held(&stored))
    }

    async fn create(&self, key: &str, write: Write) -> Result<Document> {
        match self.bucket.create(key, write.clone()).await {
            Err(error) if error.kind == ErrorKind::Conflict => self.overwrite(key, write).await,
            other => other,
        }
    }

    /// Nobody else writes here, so this happens only where somebody changed the store by hand.
    async fn overwrite(&self, key: &str, mut write: Write) -> Result<Document> {
        tracing::warn!(key, "a document of the lobby was changed by somebody else; it is written over");
        match self.bucket.get(key).await? {
            Some(there) => {
                let behind = (there.version + 1).saturating_sub(write.version);
                write.version += behind;
                for entry in &mut write.entries {
                    entry.version += behind;
                }
                self.bucket.put(key, there.revision, write).await
            }
            None => self.bucket.create(key, write).await,
        }
    }
}

fn held(document: &Document) -> Held {
    Held { revision: Some(document.revision), version: document.version }
}

fn read<T: DeserializeOwned>(document: &Document) -> Result<T> {
    #[derive(Deserialize)]
    struct Schema {
        schema: u32,
    }
    let schema: Schema = serde_json::from_slice(&document.body).map_err(Error::internal)?;
    if schema.schema > SCHEMA {
        let newer =
            format!("lobby document {} is of schema {}, newer than this server", document.key, schema.schema);
        return Err(Error::internal(newer));
    }
    serde_json::from_slice(&document.body).map_err(Error::internal)
}

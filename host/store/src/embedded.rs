//! A bucket of the embedded engine: checks and packs what callers bring, hands it to the journal, and reads memory and
//! history.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use regie_core::{Clock, Error, ErrorKind, Result};
use tokio::sync::oneshot;

use crate::{
    Answer, Bucket, Document, Entry, Revision, Watch, Write,
    health::Vitals,
    history::{Misread, Past},
    index::{self, Index, Tree},
    journal::{
        chain::joined,
        record::{Meta, Op},
        stage::{Expect, Request},
        writer::Command,
    },
    state::{BucketState, under},
    watch,
};

/// A document's most, in bytes (conventions.md).
pub const BODY_MAX: usize = 768 << 10;
/// The most a write may carry beside the document.
const META_MAX: usize = 8 << 20;

/// What every bucket of a store shares.
pub struct Core {
    pub dir: PathBuf,
    pub clock: Arc<dyn Clock>,
    pub answer_ms: i64,
    pub history_ms: i64,
    pub history_versions: u64,
    pub index: Arc<Index>,
    pub to_index: mpsc::Sender<index::Message>,
    pub vitals: Arc<Vitals>,
    pub closed: AtomicBool,
    pub writer: Mutex<Option<mpsc::Sender<Command>>>,
}

#[derive(Clone)]
pub struct EmbeddedBucket {
    pub core: Arc<Core>,
    pub state: Arc<BucketState>,
}

fn check_tokens(text: &str, what: &'static str) -> Result<()> {
    let token = |t: &str| {
        (1..=64).contains(&t.len())
            && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
    };
    if text.len() <= 512 && text.split('.').all(token) {
        return Ok(());
    }
    Err(Error::bad_request(format!("`{text}` is not a {what}"))
        .path(what)
        .hint("tokens of a-z, 0-9, _ and -, joined by ., as in tracker.12.main"))
}

struct Change {
    op: Op,
    expect: Expect,
    version: u64,
    at_ms: i64,
    body: Bytes,
    meta: Meta,
}

impl EmbeddedBucket {
    fn open(&self) -> Result<()> {
        if self.core.closed.load(Ordering::Acquire) { Err(index::closed()) } else { Ok(()) }
    }

    /// Answers at this time and before are forgotten.
    fn expired_ms(&self) -> i64 {
        self.core.clock.now_ms() - self.core.answer_ms
    }

    async fn commit(&self, key: &str, mut change: Change) -> Result<Option<Document>> {
        self.open()?;
        check_tokens(&self.state.name, "bucket name")?;
        check_tokens(key, "key")?;
        if change.body.len() > BODY_MAX {
            let message = format!("`{key}` would have {} bytes; {BODY_MAX} are the most", change.body.len());
            return Err(Error::new(ErrorKind::TooLarge, message).path(key));
        }
        let now_ms = self.core.clock.now_ms();
        for answer in change.meta.answers.iter_mut().filter(|a| a.at_ms <= 0) {
            answer.at_ms = now_ms;
        }
        let mut plain = serde_json::to_vec(&change.meta).map_err(Error::internal)?;
        let meta_len = plain.len();
        if meta_len > META_MAX {
            let message =
                format!("the history lines of `{key}` have {meta_len} bytes; {META_MAX} are the most");
            return Err(Error::new(ErrorKind::TooLarge, message).path(key));
        }
        plain.extend(&change.body);
        let (reply, answer) = oneshot::channel();
        let request = Request {
            bucket: self.state.clone(),
            key: key.into(),
            name: joined(&self.state.name, key),
            op: change.op,
            expect: change.expect,
            version: change.version,
            at_ms: change.at_ms,
            first_entry: change.meta.entries.iter().map(|e| e.version).min().unwrap_or(change.version),
            body_crc: crc32fast::hash(&change.body),
            plain: plain.into(),
            meta_len,
            answers: change.meta.answers,
            reply,
        };
        let sent = match &*self.core.writer.lock() {
            Some(writer) => writer.send(Command::Write(Box::new(request))).is_ok(),
            None => false,
        };
        if !sent {
            return Err(index::closed());
        }
        answer.await.map_err(|_| index::closed())?
    }

    fn past(&self, key: &str) -> Past {
        let newest = self.state.inner.read().slots.get(key).map_or(0, |s| s.version);
        Past {
            dir: self.core.dir.clone(),
            bucket: self.state.name.clone(),
            key: key.into(),
            oldest_ms: self.core.clock.now_ms() - self.core.history_ms,
            oldest_version: newest.saturating_sub(self.core.history_versions),
        }
    }

    /// Reads the past on a thread that may block. What does not fit the journal gets the index rebuilt, once.
    async fn read<T: Send + 'static>(
        &self,
        key: &str,
        work: impl Fn(&Past, &Tree) -> Result<T, Misread> + Send + Sync + 'static,
    ) -> Result<T> {
        let work = Arc::new(work);
        let past = self.past(key);
        let mut again = true;
        loop {
            let tree = self.core.index.caught_up(self.core.vitals.frame()).await?;
            let (task, past) = (work.clone(), past.clone());
            let why = match tokio::task::spawn_blocking(move || task(&past, &tree)).await {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(Misread::Failed(error))) if error.kind != ErrorKind::Internal || !again => {
                    return Err(error);
                }
                Ok(Err(Misread::Failed(error))) if &*error.code == "damaged" => return Err(error),
                Ok(Err(Misread::Failed(error))) => index::describe(&error),
                Ok(Err(Misread::Astray(why))) => why,
                // The runtime is going down.
                Err(ended) if ended.is_cancelled() => return Err(index::closed()),
                Err(_) => "reading it panicked".into(),
            };
            if !again {
                return Err(Error::internal(why));
            }
            again = false;
            self.rebuild(why).await?;
        }
    }

    async fn rebuild(&self, why: String) -> Result<()> {
        let (done, rebuilt) = oneshot::channel();
        self.core.to_index.send(index::Message::Rebuild { why, done }).map_err(|_| index::closed())?;
        rebuilt.await.map_err(|_| index::closed())
    }

    /// The newest stored version whose bytes these are.
    pub async fn stored(&self, key: &str, body: Bytes) -> Result<Option<u64>> {
        self.read(key, move |past, tree| past.version_with(tree, &body)).await
    }
}

#[async_trait]
impl Bucket for EmbeddedBucket {
    fn name(&self) -> &str {
        &self.state.name
    }

    async fn get(&self, key: &str) -> Result<Option<Document>> {
        self.open()?;
        Ok(self.state.inner.read().slots.get(key).and_then(|s| s.document.clone()))
    }

    async fn create(&self, key: &str, write: Write) -> Result<Document> {
        self.write(key, Expect::Absent, write).await
    }

    async fn put(&self, key: &str, expected: Revision, write: Write) -> Result<Document> {
        self.write(key, Expect::Revision(expected), write).await
    }

    async fn answer(&self, key: &str, answers: Vec<Answer>) -> Result<()> {
        let meta = Meta { entries: Vec::new(), answers };
        let change = Change {
            op: Op::Answer,
            expect: Expect::Present,
            version: 0,
            at_ms: 0,
            body: Bytes::new(),
            meta,
        };
        self.commit(key, change).await.map(drop)
    }

    async fn delete(&self, key: &str, expected: Revision, entry: Entry) -> Result<()> {
        let (version, at_ms) = (entry.version, entry.at_ms);
        let meta = Meta { entries: vec![entry], answers: Vec::new() };
        let change = Change {
            op: Op::Delete,
            expect: Expect::Revision(expected),
            version,
            at_ms,
            body: Bytes::new(),
            meta,
        };
        self.commit(key, change).await.map(drop)
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>> {
        self.open()?;
        let inner = self.state.inner.read();
        let below = inner.slots.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        let live = below.filter(|(key, slot)| slot.document.is_some() && under(key, prefix));
        Ok(live.map(|(key, _)| key.clone()).collect())
    }

    async fn watch(&self, prefix: &str, since: Revision) -> Result<Watch> {
        self.open()?;
        Ok(watch::watch(self.state.clone(), prefix, since))
    }

    async fn answered(&self, key: &str, action_key: &str) -> Result<Option<Answer>> {
        self.open()?;
        let inner = self.state.inner.read();
        Ok(inner.slots.get(key).and_then(|s| s.answers.get(action_key, self.expired_ms()).cloned()))
    }

    async fn answers_kept(&self, key: &str) -> Result<usize> {
        self.open()?;
        Ok(self.state.inner.read().slots.get(key).map_or(0, |s| s.answers.count(self.expired_ms())))
    }

    async fn history(&self, key: &str, before: Option<u64>, limit: usize) -> Result<Vec<Entry>> {
        self.open()?;
        if !self.state.inner.read().slots.contains_key(key) {
            return Ok(Vec::new());
        }
        self.read(key, move |past, tree| past.entries(tree, before, limit)).await
    }

    async fn at_version(&self, key: &str, version: u64) -> Result<Option<Bytes>> {
        self.open()?;
        {
            let inner = self.state.inner.read();
            let Some(slot) = inner.slots.get(key) else { return Ok(None) };
            if let Some(document) = slot.document.as_ref().filter(|d| d.version == version) {
                return Ok(Some(document.body.clone()));
            }
        }
        self.read(key, move |past, tree| past.at_version(tree, version)).await
    }
}

impl EmbeddedBucket {
    async fn write(&self, key: &str, expect: Expect, write: Write) -> Result<Document> {
        let meta = Meta { entries: write.entries, answers: write.answers };
        let change = Change {
            op: Op::Put,
            expect,
            version: write.version,
            at_ms: write.at_ms,
            body: write.body,
            meta,
        };
        self.commit(key, change).await?.ok_or_else(|| Error::internal("a write left no document"))
    }
}

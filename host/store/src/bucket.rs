//! The contract of storage: what a bucket of documents promises, whatever engine keeps it.

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::Result;

/// Rises with every write of a bucket; for compare-and-set only, never shown to people.
pub type Revision = u64;

/// The current value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Tokens joined by `.`, as in `tracker.12.main`.
    pub key: String,
    pub revision: Revision,
    /// Of this document: +1 per accepted changing action; goes on where it stopped when created again.
    pub version: u64,
    /// When it was committed, milliseconds since 1970.
    pub at_ms: i64,
    /// Exact JSON bytes, in the order the writer gave them.
    pub body: Bytes,
}

/// A write: the new bytes together with why they are so. All of it becomes durable at once or not at all.
#[derive(Debug, Clone, Default)]
pub struct Write {
    pub body: Bytes,
    pub version: u64,
    pub at_ms: i64,
    /// What happened, for history, undo and audit: one per accepted action, or one barrier.
    pub entries: Vec<Entry>,
    /// Answers to remember by action key (10 minutes, 1,024 a document).
    pub answers: Vec<Answer>,
}

/// One line of a document's history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The version this entry led to.
    pub version: u64,
    pub at_ms: i64,
    pub kind: EntryKind,
    /// `{id,name,role}` of who did it; `null` for the host itself.
    pub actor: Box<serde_json::value::RawValue>,
    /// Action with its context, results and effects, as the room wrote it. Opaque to the store.
    pub detail: Box<serde_json::value::RawValue>,
}

/// What is not an action, an undo or redo of one, or `Labels` is a barrier: undo does not run actions again across it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Action,
    Create,
    Reset,
    Preset,
    HandEdit,
    /// Fields of the host's own (labels, slots, names) changed; what a plugin keeps did not.
    Labels,
    Migration,
    Undo,
    Redo,
    Restore,
    Delete,
}

/// The first answer to an action key; the same key and actor get it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub key: String,
    /// Id of the actor; a key is only ever answered to the one who used it first.
    pub actor: String,
    /// The answer's JSON.
    pub body: String,
    pub at_ms: i64,
}

/// A change seen by [`Bucket::watch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Put(Document),
    Deleted { key: String, revision: Revision },
}

/// A set of keyed JSON documents. Decisions are made by compare-and-set, never on a plain read.
///
/// Errors: `conflict` where the expected revision is not the current one (or the key exists, for `create`),
/// `too_large` beyond 768 KiB, `disk_full`, `unavailable` after shutdown.
#[async_trait]
pub trait Bucket: Send + Sync + 'static {
    fn name(&self) -> &str;

    async fn get(&self, key: &str) -> Result<Option<Document>>;

    /// Fails with `Conflict` if the key exists. The stored version is `max(write.version, last version + 1)`, so that a
    /// document which is created again goes on; the caller reads it in the answer.
    async fn create(&self, key: &str, write: Write) -> Result<Document>;

    /// Replaces the document whose revision is `expected`.
    async fn put(&self, key: &str, expected: Revision, write: Write) -> Result<Document>;

    /// Remembers answers without changing the document (refused actions are answered once, too). The document
    /// keeps its revision and version. The key must exist.
    async fn answer(&self, key: &str, answers: Vec<Answer>) -> Result<()>;

    /// Removes it; its last bytes stay in the history under `entry`.
    async fn delete(&self, key: &str, expected: Revision, entry: Entry) -> Result<()>;

    /// Keys under `prefix`, which is whole tokens (`tracker.12`) or empty, sorted.
    async fn keys(&self, prefix: &str) -> Result<Vec<String>>;

    /// The latest value of every key under `prefix` that changed after `since` (0: everything), then changes as they
    /// are committed. Promises the latest value of each key, not every step between.
    async fn watch(&self, prefix: &str, since: Revision) -> Result<Watch>;

    /// The remembered answer to an action key, if it is younger than 10 minutes.
    async fn answered(&self, key: &str, action_key: &str) -> Result<Option<Answer>>;

    /// How many answers younger than 10 minutes a document remembers (1,024 is the most).
    async fn answers_kept(&self, key: &str) -> Result<usize>;

    /// Newest first, entries with a version below `before` (`None`: from the newest).
    async fn history(&self, key: &str, before: Option<u64>, limit: usize) -> Result<Vec<Entry>>;

    /// The exact bytes of a version, if history still has it.
    async fn at_version(&self, key: &str, version: u64) -> Result<Option<Bytes>>;
}

/// The receiving end of [`Bucket::watch`]; dropping it ends the watch.
pub struct Watch {
    pub(crate) next: tokio::sync::mpsc::Receiver<Change>,
}

impl Watch {
    /// `None` when the store has closed.
    pub async fn next(&mut self) -> Option<Change> {
        self.next.recv().await
    }
}

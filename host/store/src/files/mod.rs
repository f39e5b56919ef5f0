//! Documents that are also readable files. The journal decides; a file is what it says, unless a person or program
//! changed it: then it is a hand edit, which the room accepts or refuses, and which is never lost.

mod aside;
mod project;
mod swap;
mod worker;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use bytes::Bytes;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc as async_mpsc, oneshot};

use crate::{Options, embedded::EmbeddedBucket, store::spawn};

/// How keys and files belong together. Paths are relative to the instance's folder.
pub trait FileLayout: Send + Sync + 'static {
    /// `None`: this document has no file.
    fn path(&self, key: &str) -> Option<PathBuf>;

    /// The reverse of [`FileLayout::path`]; `None` for files that are none of ours.
    fn key(&self, path: &Path) -> Option<String>;

    /// The `version` field a hand edit is based on; `None` where the bytes have none (or are no JSON).
    fn version_of(&self, body: &[u8]) -> Option<u64>;

    /// Folders (relative) in which new files may be put by hand, with everything below them. Without any, only the
    /// folders of existing documents are watched.
    fn folders(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

pub enum FileEvent {
    /// A document was committed or deleted.
    Changed(String),
    /// Something happened to this path.
    Touched(PathBuf),
    Verdict {
        key: String,
        verdict: Verdict,
        done: oneshot::Sender<()>,
    },
    End,
}

pub enum Verdict {
    Accepted,
    Rejected(String),
    /// Nobody decided; the file stays as it is.
    Abandoned,
}

/// Edits by hand of one bucket, in the order they were seen.
pub struct HandEdits(async_mpsc::UnboundedReceiver<HandEdit>);

impl HandEdits {
    /// `None` when the store has closed.
    pub async fn next(&mut self) -> Option<HandEdit> {
        self.0.recv().await
    }
}

/// A file that was changed (or made) by hand and left alone since. Its base is the current version, or it names none;
/// what is based on another version was refused already. Until it is decided the file stays as it is.
pub struct HandEdit {
    pub key: String,
    /// Absolute, or as the bucket's root was given.
    pub path: PathBuf,
    pub body: Bytes,
    pub base_version: Option<u64>,
    to: Option<mpsc::Sender<FileEvent>>,
}

impl HandEdit {
    /// The room has committed it (`put` or `create` with `EntryKind::HandEdit`). Returns when the file holds the
    /// document again.
    pub async fn accepted(mut self) {
        self.decide(Verdict::Accepted).await;
    }

    /// The edit is kept beside the file as `<name>.rejected` (`.rejected.2` and so on when there is one), the reason
    /// and both versions in `<that>.txt`; the file gets the last good state. Returns when that is done.
    pub async fn reject(mut self, reason: String) {
        self.decide(Verdict::Rejected(reason)).await;
    }

    async fn decide(&mut self, verdict: Verdict) {
        let (done, ended) = oneshot::channel();
        let Some(to) = self.to.take() else { return };
        if to.send(FileEvent::Verdict { key: self.key.clone(), verdict, done }).is_ok() {
            let _ = ended.await;
        }
    }
}

impl Drop for HandEdit {
    fn drop(&mut self) {
        if let Some(to) = self.to.take() {
            let (done, _) = oneshot::channel();
            let _ = to.send(FileEvent::Verdict { key: self.key.clone(), verdict: Verdict::Abandoned, done });
        }
    }
}

/// An edit that was refused and lies beside its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedEdit {
    pub bucket: String,
    pub key: String,
    /// Of the kept bytes.
    pub path: PathBuf,
    pub reason: String,
    pub at_ms: i64,
    /// The version the edit was based on, where it named one.
    pub base_version: Option<u64>,
    /// The version it met; `None` where there was no document.
    pub current_version: Option<u64>,
}

/// The running side of one bucket's files.
pub struct Files {
    inbox: mpsc::Sender<FileEvent>,
    thread: Option<JoinHandle<()>>,
    pending: Arc<AtomicUsize>,
    rejected: Arc<Mutex<Vec<RejectedEdit>>>,
}

impl Files {
    pub fn pending(&self) -> usize {
        self.pending.load(Ordering::Relaxed)
    }

    pub fn rejected(&self) -> Vec<RejectedEdit> {
        self.rejected.lock().iter().filter(|r| r.path.exists()).cloned().collect()
    }

    /// Writes what is still to be written, then ends.
    pub fn end(mut self) {
        let _ = self.inbox.send(FileEvent::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Must be called within a tokio runtime.
pub fn start(
    bucket: EmbeddedBucket,
    root: PathBuf,
    layout: Arc<dyn FileLayout>,
    options: &Options,
) -> (Files, HandEdits) {
    let (inbox, events) = mpsc::channel();
    let (edits, hand_edits) = async_mpsc::unbounded_channel();
    let pending = Arc::new(AtomicUsize::new(0));
    let rejected = Arc::new(Mutex::new(aside::known(&options.dir, &bucket.state.name)));
    bucket.state.inner.write().files = Some(inbox.clone());
    let worker = worker::Worker {
        runtime: tokio::runtime::Handle::current(),
        root,
        layout,
        options: options.clone(),
        edits,
        to: inbox.clone(),
        pending: pending.clone(),
        rejected: rejected.clone(),
        known: std::collections::HashMap::new(),
        busy: std::collections::BTreeSet::new(),
        watcher: None,
        watched: std::collections::HashSet::new(),
        bucket,
    };
    let thread = spawn("regie-files", move || worker.run(&events));
    let thread = thread.inspect_err(|error| tracing::error!(%error, "session files are not written")).ok();
    (Files { inbox, thread, pending, rejected }, HandEdits(hand_edits))
}

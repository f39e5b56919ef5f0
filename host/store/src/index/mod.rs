//! The history's index: which versions a document has had and where the journal holds them. Kept in sled, filled by a
//! thread behind the journal, rebuilt from it whenever sled is missing, broken, or of another opinion.

mod sled_tree;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    time::Duration,
};

use parking_lot::RwLock;
use regie_core::{Error, ErrorKind, Result};
use tokio::sync::{oneshot, watch};

pub use sled_tree::{Found, Mark, Tree};

use crate::{
    Options,
    health::Vitals,
    journal::{Row, replay, segment},
};

/// How long the index waits before it tries a broken disk again.
const RETRY: Duration = Duration::from_secs(1);

pub enum Message {
    Committed {
        frame: u64,
        rows: Vec<Row>,
    },
    /// Segments before this one are gone.
    Forget {
        first: u64,
    },
    /// What was read does not fit the journal.
    Rebuild {
        why: String,
        done: oneshot::Sender<()>,
    },
    Close,
}

/// How far the index is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It is being opened or made again.
    Opening,
    /// It has every commit of the frames up to this one.
    At(u64),
    Broken(String),
}

/// The reading side, shared by all buckets.
pub struct Index {
    pub tree: RwLock<Option<Tree>>,
    pub progress: watch::Receiver<Progress>,
}

impl Index {
    /// Waits until everything up to `frame` can be found.
    pub async fn caught_up(&self, frame: u64) -> Result<Tree> {
        let mut progress = self.progress.clone();
        let reached = progress
            .wait_for(|p| match p {
                Progress::Opening => false,
                Progress::At(at) => *at >= frame,
                Progress::Broken(_) => true,
            })
            .await
            .map_err(|_| closed())?
            .clone();
        if let Progress::Broken(why) = reached {
            return Err(Error::new(ErrorKind::Unavailable, "the history cannot be read now").source(why));
        }
        self.tree.read().clone().ok_or_else(closed)
    }
}

pub fn closed() -> Error {
    Error::new(ErrorKind::Unavailable, "the store is closed")
}

pub struct Projector {
    pub options: Options,
    pub lineage: String,
    pub vitals: Arc<Vitals>,
    pub index: Arc<Index>,
    pub progress: watch::Sender<Progress>,
    /// The newest frame of the journal when it was opened.
    pub newest: u64,
}

impl Projector {
    pub fn run(mut self, inbox: &mpsc::Receiver<Message>) {
        let mut trouble = self.open().err();
        let mut waiting: Vec<oneshot::Sender<()>> = Vec::new();
        loop {
            if let Some(why) = trouble.take() {
                if self.newest > 0 {
                    tracing::warn!(why, "the history's index is rebuilt from the journal");
                }
                if let Err(error) = self.rebuild(&why) {
                    tracing::error!(%error, "the history's index cannot be rebuilt now");
                    self.vitals.index(format!("broken: {error}"));
                    let _ = self.progress.send(Progress::Broken(error.to_string()));
                    // What was committed meanwhile is read from the journal.
                    match inbox.recv_timeout(RETRY) {
                        Ok(Message::Committed { frame, .. }) => self.newest = self.newest.max(frame),
                        Ok(Message::Close) | Err(mpsc::RecvTimeoutError::Disconnected) => return,
                        _ => {}
                    }
                    waiting.clear();
                    trouble = Some(why);
                    continue;
                }
            }
            for done in waiting.drain(..) {
                let _ = done.send(());
            }
            let Ok(message) = inbox.recv() else { break };
            if matches!(message, Message::Close) {
                break;
            }
            let (mut rows, mut frame, mut forget) = (Vec::new(), None, None);
            let mut next = Some(message);
            let mut closing = false;
            while let Some(message) = next {
                match message {
                    Message::Committed { frame: f, rows: r } => {
                        frame = Some(f);
                        rows.extend(r);
                    }
                    Message::Forget { first } => forget = Some(first),
                    Message::Rebuild { why, done } => {
                        trouble = Some(why);
                        waiting.push(done);
                    }
                    Message::Close => closing = true,
                }
                next = if rows.len() < 4_096 && !closing { inbox.try_recv().ok() } else { None };
            }
            if let Some(frame) = frame {
                self.newest = self.newest.max(frame);
            }
            if trouble.is_none() {
                trouble = self.guard(|this, tree| this.apply(tree, frame, &rows, forget)).err();
            }
            if closing && trouble.is_none() {
                break;
            }
        }
        if let Some(tree) = self.index.tree.write().take() {
            let flushed = catch_unwind(AssertUnwindSafe(|| tree.flush()));
            if !matches!(flushed, Ok(Ok(()))) {
                tracing::warn!("the history's index was not flushed; it is rebuilt if it does not fit");
            }
        }
    }

    /// Runs `work` on the tree; a panic inside sled is an error like any other.
    fn guard(&self, work: impl FnOnce(&Self, &Tree) -> Result<()>) -> Result<(), String> {
        let Some(tree) = self.index.tree.read().clone() else { return Err("it is not open".into()) };
        match catch_unwind(AssertUnwindSafe(|| work(self, &tree))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(describe(&error)),
            Err(_) => Err("sled panicked".into()),
        }
    }

    fn apply(&self, tree: &Tree, frame: Option<u64>, rows: &[Row], forget: Option<u64>) -> Result<()> {
        if let Some(frame) = frame {
            let place = rows.last().map(|r| r.place);
            tree.put(rows, &self.lineage, frame, place)?;
            for row in rows.iter().filter(|r| r.version % 256 == 0) {
                tree.keep(&row.bucket, &row.key, row.version.saturating_sub(self.options.history_versions))?;
            }
            let _ = self.progress.send(Progress::At(frame));
        }
        if let Some(first) = forget {
            tree.forget(first)?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), String> {
        let path = self.options.dir.join("sled");
        if !path.exists() {
            return Err("it is missing".into());
        }
        let tree = Tree::open(&path).map_err(|e| describe(&e))?;
        let mark = catch_unwind(AssertUnwindSafe(|| tree.mark())).map_err(|_| "sled panicked")?;
        let mark = mark.map_err(|e| describe(&e))?.ok_or("it does not say how far it is")?;
        if mark.lineage != self.lineage {
            return Err("it belongs to another store".into());
        }
        if mark.frame > self.newest {
            return Err("it is ahead of the journal".into());
        }
        *self.index.tree.write() = Some(tree);
        self.catch_up(&mark)?;
        self.vitals.index("ok".into());
        Ok(())
    }

    fn rebuild(&mut self, why: &str) -> Result<()> {
        let _ = self.progress.send(Progress::Opening);
        *self.index.tree.write() = None;
        let path = self.options.dir.join("sled");
        if path.is_dir() {
            std::fs::remove_dir_all(&path)?;
        } else if path.exists() {
            std::fs::remove_file(&path)?;
        }
        *self.index.tree.write() = Some(Tree::open(&path)?);
        let mark = Mark { lineage: self.lineage.clone(), frame: 0, place: None };
        self.catch_up(&mark).map_err(Error::internal)?;
        // A new store has nothing to rebuild.
        self.vitals.index(if self.newest > 0 { format!("rebuilt: {why}") } else { "ok".into() });
        Ok(())
    }

    /// Reads what the journal has beyond `mark`, as far as it is known to be durable.
    fn catch_up(&self, mark: &Mark) -> Result<(), String> {
        let dir = &self.options.dir;
        let segments = segment::list(dir).map_err(|e| e.to_string())?;
        let from = mark.place.map_or(0, |p| p.segment);
        let mut checked = mark.place.is_none();
        for number in segments.into_iter().filter(|n| *n >= from) {
            // Damage to a segment that a start does not need costs its part of the history, not the rest.
            let read = segment::read(dir, number).and_then(|s| s.map(|s| replay::rows(&s)).transpose());
            let frames = match read {
                Ok(frames) => frames.unwrap_or_default(),
                Err(error) => {
                    tracing::error!(error = %describe(&error), "a part of the history is lost");
                    self.vitals.history_lost(describe(&error));
                    continue;
                }
            };
            let mut rows = Vec::new();
            let mut last = None;
            // Frames that stand again in the next segment were never confirmed in this one.
            let next =
                segment::read_header(dir, number + 1).ok().flatten().map_or(u64::MAX, |h| h.first_frame);
            let newest = self.newest.min(next - 1);
            for (frame, found) in frames.into_iter().take_while(|(frame, _)| *frame <= newest) {
                checked |= found.last().map(|r| r.place) == mark.place && frame <= mark.frame;
                if frame > mark.frame {
                    rows.extend(found);
                    last = Some(frame);
                }
            }
            if !checked {
                return Err("it knows a commit that the journal does not have".into());
            }
            if let Some(last) = last {
                self.guard(|this, tree| this.apply(tree, Some(last), &rows, None))?;
            }
        }
        let _ = self.progress.send(Progress::At(self.newest));
        Ok(())
    }
}

pub fn describe(error: &Error) -> String {
    error.source.as_ref().map_or_else(|| error.message.clone(), ToString::to_string)
}

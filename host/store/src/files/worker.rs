//! The thread of one bucket's files.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use notify::{EventKind, RecursiveMode, Watcher as _, event::AccessKind};
use parking_lot::Mutex;
use tokio::sync::mpsc as async_mpsc;

use super::{
    FileEvent, FileLayout, HandEdit, RejectedEdit, Verdict,
    swap::{self, Print},
};
use crate::{Document, Options, embedded::EmbeddedBucket};

/// After a failure of the disk.
pub const RETRY: Duration = Duration::from_secs(1);
pub const STALE: &str = "the document was changed since this file was read";

pub struct Worker {
    pub bucket: EmbeddedBucket,
    pub runtime: tokio::runtime::Handle,
    pub root: PathBuf,
    pub layout: Arc<dyn FileLayout>,
    pub options: Options,
    pub edits: async_mpsc::UnboundedSender<HandEdit>,
    pub to: mpsc::Sender<FileEvent>,
    pub pending: Arc<AtomicUsize>,
    pub rejected: Arc<Mutex<Vec<RejectedEdit>>>,
    pub known: HashMap<String, Known>,
    /// Keys that have something to do.
    pub busy: BTreeSet<String>,
    pub watcher: Option<notify::RecommendedWatcher>,
    pub watched: HashSet<PathBuf>,
}

/// One file.
pub struct Known {
    pub path: PathBuf,
    /// The state of the file that was examined and needs nothing.
    pub seen: Option<Print>,
    /// The document is not in the file yet.
    pub dirty: bool,
    /// No write before.
    pub not_before: Instant,
    /// What we last put there.
    pub written: Bytes,
    pub edit: Edit,
}

pub enum Edit {
    None,
    /// The file is another than we know; it is read at `due` if it stays like this.
    Settling {
        first: Instant,
        due: Instant,
        print: Print,
    },
    /// The room decides.
    Delivered {
        body: Bytes,
        base: Option<u64>,
    },
}

/// What was decided about the bytes that may still stand in the file.
pub struct Decided {
    pub body: Bytes,
    pub base: Option<u64>,
    pub refused: Option<String>,
}

/// What bytes found in a file are.
pub enum Found {
    Ours,
    /// A change that may become an edit.
    Fresh,
    Stale(Option<u64>),
}

impl Worker {
    pub fn run(mut self, events: &mpsc::Receiver<FileEvent>) {
        self.begin();
        let mut polled = Instant::now();
        loop {
            let now = Instant::now();
            let next = self
                .next_due()
                .unwrap_or(polled + self.options.file_poll)
                .min(polled + self.options.file_poll);
            match events.recv_timeout(next.saturating_duration_since(now)) {
                Ok(FileEvent::End) | Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Ok(event) => self.handle(event),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
            let mut ended = false;
            while let Ok(event) = events.try_recv() {
                match event {
                    FileEvent::End => ended = true,
                    event => self.handle(event),
                }
            }
            if ended {
                break;
            }
            if polled.elapsed() >= self.options.file_poll {
                self.poll();
                polled = Instant::now();
            }
            self.work(false);
        }
        self.work(true);
    }

    fn handle(&mut self, event: FileEvent) {
        match event {
            FileEvent::Changed(key) => self.change(&key),
            FileEvent::Touched(path) => {
                if let Some(key) = self.key(&path) {
                    self.look(&key);
                }
            }
            FileEvent::Verdict { key, verdict, done } => {
                self.verdict(&key, verdict);
                let _ = done.send(());
            }
            FileEvent::End => {}
        }
    }

    pub fn document(&self, key: &str) -> Option<Document> {
        self.bucket.state.inner.read().slots.get(key).and_then(|s| s.document.clone())
    }

    /// Of a file that is ours to look at.
    fn key(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).ok()?;
        let name = below.file_name()?.to_str()?;
        if name.starts_with('.') || name.contains(".rejected") {
            return None;
        }
        self.layout.key(below).filter(|key| self.layout.path(key).as_deref() == Some(below))
    }

    fn file(&mut self, key: &str) -> Option<&mut Known> {
        if !self.known.contains_key(key) {
            let path = self.root.join(self.layout.path(key)?);
            let folder = path.parent().map(Path::to_path_buf);
            let now = Instant::now();
            let known = Known {
                path,
                seen: None,
                dirty: false,
                not_before: now,
                written: Bytes::new(),
                edit: Edit::None,
            };
            self.known.insert(key.into(), known);
            if let Some(folder) = folder {
                self.watch(&folder, RecursiveMode::NonRecursive);
            }
        }
        self.known.get_mut(key)
    }

    fn watch(&mut self, folder: &Path, mode: RecursiveMode) {
        if self.watched.iter().any(|w| folder == w) {
            return;
        }
        if let Err(error) = fs::create_dir_all(folder) {
            tracing::warn!(%error, folder = %folder.display(), "the folder cannot be made");
            return;
        }
        self.watched.insert(folder.to_path_buf());
        if let Some(watcher) = &mut self.watcher
            && let Err(error) = watcher.watch(folder, mode)
        {
            tracing::warn!(%error, folder = %folder.display(), "changes by hand are seen by polling only");
        }
    }

    /// What happened while nobody was watching.
    fn begin(&mut self) {
        let to = self.to.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            // Our own reading is not news.
            if matches!(event.kind, EventKind::Access(kind) if !matches!(kind, AccessKind::Close(_))) {
                return;
            }
            for path in event.paths {
                let _ = to.send(FileEvent::Touched(path));
            }
        });
        self.watcher = watcher.inspect_err(|error| tracing::warn!(%error, "files are polled")).ok();
        for folder in self.layout.folders() {
            self.watch(&self.root.join(folder), RecursiveMode::Recursive);
        }
        let keys: Vec<(String, bool)> = {
            let inner = self.bucket.state.inner.read();
            inner.slots.iter().map(|(key, slot)| (key.clone(), slot.document.is_some())).collect()
        };
        for (key, live) in keys {
            // The file of a deleted document is looked at only if it is there.
            let path = self.layout.path(&key).map(|p| self.root.join(p));
            if live || path.is_some_and(|p| p.exists()) {
                self.change(&key);
                self.examine(&key);
            }
        }
        self.leftovers();
        self.poll();
        self.work(false);
    }

    fn change(&mut self, key: &str) {
        if let Some(file) = self.file(key) {
            file.dirty = true;
            self.busy.insert(key.into());
        }
    }

    /// Has the file become another than the one we know?
    pub fn look(&mut self, key: &str) {
        let live = self.document(key).is_some();
        let settle = self.options.file_settle;
        let Some(file) = self.file(key) else { return };
        if matches!(file.edit, Edit::Delivered { .. }) {
            return;
        }
        let now = Instant::now();
        match Print::of(&file.path) {
            Ok(None) => {
                file.edit = Edit::None;
                file.seen = None;
                file.dirty |= live;
            }
            Ok(Some(print)) if Some(print) == file.seen => return,
            Ok(Some(print)) => match &mut file.edit {
                Edit::Settling { due, print: settling, .. } => {
                    if *settling != print {
                        (*due, *settling) = (now + settle, print);
                    }
                }
                edit => *edit = Edit::Settling { first: now, due: now + settle, print },
            },
            Err(error) => tracing::warn!(%error, path = %file.path.display(), "the file cannot be looked at"),
        }
        self.busy.insert(key.into());
    }

    fn poll(&mut self) {
        for key in self.known.keys().cloned().collect::<Vec<_>>() {
            self.look(&key);
        }
        let mut folders: Vec<PathBuf> = self.layout.folders().iter().map(|f| self.root.join(f)).collect();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if entry.file_type().is_ok_and(|t| t.is_dir()) {
                    folders.push(path);
                } else if let Some(key) = self.key(&path)
                    && !self.known.contains_key(&key)
                {
                    self.look(&key);
                }
            }
        }
    }

    /// Files of ours that a crash left in the middle of a swap: either known, or an edit that had been displaced.
    fn leftovers(&mut self) {
        let mut folders: Vec<PathBuf> = self.watched.iter().cloned().collect();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let name = entry.file_name();
                let Some(of) = name.to_str().and_then(swap::is_own) else { continue };
                let of = path.with_file_name(of);
                let Some(key) = self.key(&of) else { continue };
                let Ok(body) = fs::read(&path) else { continue };
                let ours = matches!(self.judge(&key, &body.into()), Found::Ours);
                let done = if ours {
                    fs::remove_file(&path)
                } else {
                    self.set_aside(
                        &key,
                        &path,
                        "the server stopped while this edit was being looked at",
                        None,
                    )
                };
                if let Err(error) = done {
                    tracing::warn!(%error, path = %path.display(), "a file of an interrupted swap stays");
                }
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        self.busy.iter().filter_map(|key| self.known.get(key)?.due()).min()
    }

    /// Does what is due; everything that can be written when the store ends.
    fn work(&mut self, ending: bool) {
        let now = Instant::now();
        for key in self.busy.iter().cloned().collect::<Vec<_>>() {
            let Some(file) = self.known.get(&key) else { continue };
            match &file.edit {
                Edit::Settling { .. } if file.due().is_some_and(|at| at <= now) => self.examine(&key),
                Edit::None if file.dirty && (ending || file.not_before <= now) => self.project(&key, None),
                _ => {}
            }
            let idle = self.known.get(&key).is_none_or(|f| !f.dirty && matches!(f.edit, Edit::None));
            if idle {
                self.busy.remove(&key);
            }
        }
        self.pending.store(self.busy.len(), Ordering::Relaxed);
    }

    /// Reads a file that settled (or that was there at the start) and decides what it is.
    fn examine(&mut self, key: &str) {
        let Some(file) = self.known.get_mut(key) else { return };
        let now = Instant::now();
        let (print, body) = match Print::of(&file.path).map(|p| (p, fs::read(&file.path))) {
            Ok((Some(print), Ok(body))) => (print, Bytes::from(body)),
            Ok((None, _)) => return self.look(key),
            Ok((_, Err(error))) | Err(error) => {
                tracing::warn!(%error, path = %file.path.display(), "the file cannot be read");
                if let Edit::Settling { due, .. } = &mut file.edit {
                    *due = now + RETRY;
                }
                return;
            }
        };
        let settled = match &mut file.edit {
            Edit::Settling { first, due, print: settling } => {
                if *settling != print {
                    (*due, *settling) = (now + self.options.file_settle, print);
                    return;
                }
                *due = now + self.options.file_settle;
                Some(*first)
            }
            _ => None,
        };
        let path = file.path.clone();
        match self.judge(key, &body) {
            Found::Ours => {
                let current = self.document(key).is_some_and(|d| d.body == body);
                let Some(file) = self.known.get_mut(key) else { return };
                file.edit = Edit::None;
                file.seen = Some(print);
                file.dirty = !current;
            }
            // Found at the start: it settles like any other.
            _ if settled.is_none() => self.look(key),
            Found::Stale(base) => {
                let reason = STALE.to_owned();
                self.project(key, Some(Decided { body, base, refused: Some(reason) }));
            }
            Found::Fresh => {
                let whole = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
                let patience = self.options.file_settle * 3;
                if !whole && settled.is_some_and(|first| first.elapsed() < patience) {
                    return;
                }
                let base = self.layout.version_of(&body);
                let Some(file) = self.known.get_mut(key) else { return };
                file.edit = Edit::Delivered { body: body.clone(), base };
                let to = Some(self.to.clone());
                let edit = HandEdit { key: key.into(), path, body, base_version: base, to };
                if let Err(unsent) = self.edits.send(edit) {
                    // The room is gone: the file stays, and is found again at the next start.
                    let mut edit = unsent.0;
                    edit.to = None;
                }
            }
        }
    }

    pub fn judge(&self, key: &str, body: &Bytes) -> Found {
        let document = self.document(key);
        let same = |other: &Bytes| !other.is_empty() && other == body;
        if document.as_ref().is_some_and(|d| same(&d.body))
            || self.known.get(key).is_some_and(|f| same(&f.written))
        {
            return Found::Ours;
        }
        // Where the history cannot be read the bytes count as somebody's work.
        if let Ok(Some(_)) = self.runtime.block_on(self.bucket.stored(key, body.clone())) {
            return Found::Ours;
        }
        match (self.layout.version_of(body), document) {
            (Some(base), Some(document)) if base != document.version => Found::Stale(Some(base)),
            _ => Found::Fresh,
        }
    }

    fn verdict(&mut self, key: &str, verdict: Verdict) {
        let Some(file) = self.known.get_mut(key) else { return };
        let Edit::Delivered { body, base } = std::mem::replace(&mut file.edit, Edit::None) else { return };
        let refused = match verdict {
            Verdict::Accepted => None,
            Verdict::Rejected(reason) => Some(reason),
            Verdict::Abandoned => {
                file.seen = Print::of(&file.path).ok().flatten();
                return;
            }
        };
        self.project(key, Some(Decided { body, base, refused }));
    }
}

impl Known {
    fn due(&self) -> Option<Instant> {
        match &self.edit {
            Edit::Settling { due, .. } => Some(*due),
            Edit::None if self.dirty => Some(self.not_before),
            _ => None,
        }
    }
}

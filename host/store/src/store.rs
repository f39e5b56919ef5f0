//! The embedded store: opens the journal, starts its threads, hands out buckets.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use regie_core::{Error, Result, random_hex};
use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};

use crate::{
    Bucket, FileLayout, HandEdits, Health, Options, RejectedEdit, blobs,
    embedded::{Core, EmbeddedBucket},
    files::{self, Files},
    health::Vitals,
    index::{self, Index, Progress, Projector},
    journal::{
        record::Packer,
        replay::replay,
        segment, upkeep,
        writer::{self, Command, Writer},
    },
    state::State,
};

/// Keyed documents with revisions, history and action keys in one folder. Dropping it waits for the journal.
pub struct Store {
    lineage: String,
    options: Options,
    state: Arc<State>,
    core: Arc<Core>,
    files: Mutex<HashMap<String, Files>>,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    writer: Option<JoinHandle<()>>,
    upkeep: Option<JoinHandle<()>>,
    index: Option<JoinHandle<()>>,
}

/// `db/store.json`
#[derive(Serialize, Deserialize)]
struct Identity {
    format: u32,
    lineage: String,
}

const FORMAT: u32 = 1;

impl Store {
    /// Reads the newest snapshot and the journal behind it. Fails when another server has the folder, or when
    /// confirmed records are damaged (code `damaged`): nothing is ever dropped silently.
    pub async fn open(options: Options) -> Result<Arc<Self>> {
        tokio::task::spawn_blocking(move || Self::open_now(options)).await.map_err(Error::internal)?
    }

    fn open_now(options: Options) -> Result<Arc<Self>> {
        let dir = &options.dir;
        for folder in ["journal", "snapshots", "blobs"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        let lock = writer::lock(dir)?;
        let lineage = identity(dir)?;
        let replayed = replay(&options)?;
        let newest = replayed.next_frame - 1;
        let state = Arc::new(replayed.state);
        let vitals = Arc::new(Vitals::default());
        vitals.opened(newest, replayed.torn);
        let file =
            fs::OpenOptions::new().read(true).write(true).open(segment::path(dir, replayed.segment))?;

        let (progress, seen) = watch::channel(Progress::Opening);
        let index = Arc::new(Index { tree: RwLock::new(None), progress: seen });
        let (to_index, index_inbox) = mpsc::channel();
        let (to_upkeep, upkeep_inbox) = mpsc::channel();
        let (to_writer, writer_inbox) = mpsc::channel();
        let projector = Projector {
            options: options.clone(),
            lineage: lineage.clone(),
            vitals: vitals.clone(),
            index: index.clone(),
            progress,
            newest,
        };
        let writer = Writer {
            options: options.clone(),
            state: state.clone(),
            vitals: vitals.clone(),
            segment: replayed.segment,
            file,
            end: replayed.end,
            next_frame: replayed.next_frame,
            chains: replayed.chains,
            packer: Packer::new(),
            dirty: false,
            rotate: false,
            index: to_index.clone(),
            upkeep: to_upkeep,
            _lock: lock,
        };
        let (upkeep_options, upkeep_index) = (options.clone(), to_index.clone());
        let threads = Threads {
            index: Some(spawn("regie-index", move || projector.run(&index_inbox))?),
            upkeep: Some(spawn("regie-upkeep", move || {
                upkeep::run(&upkeep_options, &upkeep_inbox, &upkeep_index)
            })?),
            writer: Some(spawn("regie-journal", move || writer.run(&writer_inbox))?),
        };
        let core = Core {
            dir: dir.clone(),
            clock: options.clock.clone(),
            answer_ms: options.answer_ms,
            history_ms: options.history_ms,
            history_versions: options.history_versions,
            index,
            to_index,
            vitals,
            closed: AtomicBool::new(false),
            writer: Mutex::new(Some(to_writer)),
        };
        Ok(Arc::new(Self {
            lineage,
            options,
            state,
            core: Arc::new(core),
            files: Mutex::default(),
            threads: Mutex::new(threads),
        }))
    }

    /// Random, new when a store is created or restored: part of every etag.
    pub fn lineage(&self) -> &str {
        &self.lineage
    }

    /// A bucket is there as soon as it is named. Names are tokens, as in keys.
    pub fn bucket(&self, name: &str) -> Arc<dyn Bucket> {
        Arc::new(self.embedded(name))
    }

    fn embedded(&self, name: &str) -> EmbeddedBucket {
        EmbeddedBucket { core: self.core.clone(), state: self.state.bucket(name) }
    }

    /// A bucket whose documents are also readable files; `layout` maps key and path below `root`, the instance's
    /// folder. Once a bucket. Must be called within a tokio runtime.
    pub fn file_bucket(
        &self,
        name: &str,
        root: PathBuf,
        layout: Arc<dyn FileLayout>,
    ) -> (Arc<dyn Bucket>, HandEdits) {
        let bucket = self.embedded(name);
        let (files, edits) = files::start(bucket.clone(), root, layout, &self.options);
        self.files.lock().insert(name.into(), files);
        (Arc::new(bucket), edits)
    }

    /// Edits by hand that were refused and lie beside their file, oldest first. Removing the file ends its entry.
    pub fn rejected(&self) -> Vec<RejectedEdit> {
        let mut all: Vec<_> = self.files.lock().values().flat_map(Files::rejected).collect();
        all.sort_by_key(|r| r.at_ms);
        all
    }

    /// Makes everything durable, writes the files, and ends. Later calls answer `unavailable`.
    pub async fn close(&self) {
        if self.core.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let writer = self.core.writer.lock().take();
        if let Some(writer) = writer {
            let (done, ended) = oneshot::channel();
            if writer.send(Command::Close(done)).is_ok() {
                let _ = ended.await;
            }
        }
        for bucket in self.state.buckets() {
            for watcher in &bucket.inner.read().watchers {
                watcher.close();
            }
        }
        let files = std::mem::take(&mut *self.files.lock());
        let threads = std::mem::take(&mut *self.threads.lock());
        let to_index = self.core.to_index.clone();
        let (done, ended) = oneshot::channel();
        // Not on the pool of blocking tasks: the threads that end read the history there, and where the machine lends no
        // more threads they would wait for this one.
        let ending = spawn("regie-close", move || {
            for files in files.into_values() {
                files.end();
            }
            threads.end(&to_index);
            let _ = done.send(());
        });
        if ending.is_ok() {
            let _ = ended.await;
        }
    }

    pub fn health(&self) -> Health {
        let mut health = Health { lineage: self.lineage.clone(), ..Health::default() };
        self.core.vitals.fill(&mut health);
        for number in segment::list(&self.options.dir).unwrap_or_default() {
            health.segments += 1;
            health.journal_bytes +=
                fs::metadata(segment::path(&self.options.dir, number)).map_or(0, |m| m.len());
        }
        health.pending_files = self.files.lock().values().map(Files::pending).sum();
        health
    }

    /// Keeps large immutable bytes; answers their SHA-256 in hexadecimal.
    pub async fn blob_put(&self, bytes: Bytes) -> Result<String> {
        let dir = self.blobs()?;
        tokio::task::spawn_blocking(move || blobs::put(&dir, &bytes)).await.map_err(Error::internal)?
    }

    pub async fn blob_get(&self, sha256: &str) -> Result<Option<Bytes>> {
        let (dir, name) = (self.blobs()?, sha256.to_owned());
        tokio::task::spawn_blocking(move || blobs::get(&dir, &name)).await.map_err(Error::internal)?
    }

    /// Removes blobs that no document names and that are older than an hour; answers how many.
    pub async fn blob_sweep(&self, named: HashSet<String>) -> Result<usize> {
        let dir = self.blobs()?;
        let sweep = move || blobs::sweep(&dir, &named, Duration::from_secs(3_600));
        tokio::task::spawn_blocking(sweep).await.map_err(Error::internal)?
    }

    fn blobs(&self) -> Result<PathBuf> {
        if self.core.closed.load(Ordering::Acquire) {
            return Err(index::closed());
        }
        Ok(self.options.dir.clone())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Without `close`: what was accepted is durable, the threads end, the folder is free for the next.
        self.core.closed.store(true, Ordering::Release);
        self.core.writer.lock().take();
        for files in std::mem::take(&mut *self.files.lock()).into_values() {
            files.end();
        }
        std::mem::take(&mut *self.threads.lock()).end(&self.core.to_index);
    }
}

impl Threads {
    fn end(self, to_index: &mpsc::Sender<index::Message>) {
        for thread in [self.writer, self.upkeep].into_iter().flatten() {
            let _ = thread.join();
        }
        let _ = to_index.send(index::Message::Close);
        if let Some(index) = self.index {
            let _ = index.join();
        }
    }
}

pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.into()).spawn(work)
}

fn identity(dir: &Path) -> Result<String> {
    let path = dir.join("store.json");
    match fs::read(&path) {
        Ok(bytes) => {
            let identity: Identity = serde_json::from_slice(&bytes).map_err(|e| {
                Error::internal(e).path(path.display().to_string()).hint("remove the file; it is made again")
            })?;
            if identity.format > FORMAT {
                return Err(Error::internal(format!(
                    "{}: format {} is newer than this server, which knows {FORMAT}",
                    path.display(),
                    identity.format
                )));
            }
            Ok(identity.lineage)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => found(dir),
        Err(error) => Err(error.into()),
    }
}

/// Gives the store in `dir` a new lineage.
pub fn found(dir: &Path) -> Result<String> {
    let identity = Identity { format: FORMAT, lineage: random_hex(8) };
    let path = dir.join("store.json");
    let part = path.with_extension("part");
    fs::write(&part, serde_json::to_vec(&identity).map_err(Error::internal)?)?;
    fs::File::open(&part)?.sync_all()?;
    fs::rename(&part, &path)?;
    segment::sync_dir(dir)?;
    Ok(identity.lineage)
}

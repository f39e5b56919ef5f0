//! What an embedded store is opened with.

use std::{fs::File, io, os::unix::fs::FileExt, path::PathBuf, sync::Arc, time::Duration};

use regie_core::Clock;

/// Where the store lives and its limits; [`Options::new`] has the values of a production server.
#[derive(Clone)]
pub struct Options {
    /// `instance/db`; made when it is missing.
    pub dir: PathBuf,
    pub clock: Arc<dyn Clock>,
    /// A segment of the journal that is longer than this many bytes is followed by a new one and a snapshot; so a
    /// start reads one snapshot and at most about two segments.
    pub segment_bytes: u64,
    /// History older than this is forgotten.
    pub history_ms: i64,
    /// At most this many versions of one document are kept.
    pub history_versions: u64,
    /// How long the answer to an action key is remembered.
    pub answer_ms: i64,
    /// At most this many answers of one document are remembered; a further one is refused (429).
    pub answers_max: usize,
    /// A document's file is written at most once in this time.
    pub file_interval: Duration,
    /// A file changed by hand is read when it was left alone for this long (three times that while it is no JSON).
    pub file_settle: Duration,
    /// How often modification times are looked at, for changes the operating system did not announce.
    pub file_poll: Duration,
    /// Writes of the journal go through it, so that tests can fill the disk.
    pub disk: Arc<dyn Disk>,
}

impl Options {
    pub fn new(dir: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self {
            dir,
            clock,
            segment_bytes: 16 << 20,
            history_ms: 90 * 24 * 3_600_000,
            history_versions: 10_000,
            answer_ms: 600_000,
            answers_max: 1_024,
            file_interval: Duration::from_millis(250),
            file_settle: Duration::from_millis(300),
            file_poll: Duration::from_secs(2),
            disk: Arc::new(RealDisk),
        }
    }
}

/// The three calls the journal makes on its file.
pub trait Disk: Send + Sync + 'static {
    /// Writes all of `bytes` at `offset`; after an error any part of them may be there.
    fn write_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()>;
    fn sync_data(&self, file: &File) -> io::Result<()>;
    fn set_len(&self, file: &File, len: u64) -> io::Result<()>;
}

/// The disk of the operating system.
pub struct RealDisk;

impl Disk for RealDisk {
    fn write_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    fn sync_data(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn set_len(&self, file: &File, len: u64) -> io::Result<()> {
        file.set_len(len)
    }
}

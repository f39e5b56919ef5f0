//! How the store is, for `readyz` and the admin page.

use parking_lot::Mutex;
use serde::Serialize;

/// A serialisable picture of the store.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Health {
    pub lineage: String,
    /// Bytes of all segments of the journal.
    pub journal_bytes: u64,
    pub segments: u64,
    /// Number of the newest durable group of commits.
    pub frame: u64,
    /// Bytes of a write that a crash had cut short, removed at the last start.
    pub torn_bytes: u64,
    /// `ok`, `rebuilt: <why>` or `broken: <why>`.
    pub sled: String,
    /// Files that are not yet what their document is.
    pub pending_files: usize,
    pub last_disk_error: Option<String>,
    /// Parts of the history that can no longer be read.
    pub history_lost: Vec<String>,
}

/// What the threads note for [`Health`].
#[derive(Default)]
pub struct Vitals(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    frame: u64,
    torn: u64,
    index: String,
    disk_error: Option<String>,
    history_lost: Vec<String>,
}

impl Vitals {
    pub fn opened(&self, frame: u64, torn: u64) {
        let mut noted = self.0.lock();
        (noted.frame, noted.torn) = (frame, torn);
        noted.index = "opening".into();
    }

    pub fn wrote(&self, frame: u64) {
        let mut noted = self.0.lock();
        (noted.frame, noted.disk_error) = (frame, None);
    }

    pub fn index(&self, state: String) {
        self.0.lock().index = state;
    }

    pub fn disk_error(&self, error: &std::io::Error) {
        self.0.lock().disk_error = Some(error.to_string());
    }

    pub fn history_lost(&self, what: String) {
        let mut noted = self.0.lock();
        if !noted.history_lost.contains(&what) {
            noted.history_lost.push(what);
        }
    }

    /// Number of the newest durable frame.
    pub fn frame(&self) -> u64 {
        self.0.lock().frame
    }

    pub fn fill(&self, health: &mut Health) {
        let noted = self.0.lock();
        health.frame = noted.frame;
        health.torn_bytes = noted.torn;
        health.sled.clone_from(&noted.index);
        health.last_disk_error.clone_from(&noted.disk_error);
        health.history_lost.clone_from(&noted.history_lost);
    }
}

//! What waits to be written to one connection. The hub fills it and never waits; the connection writes it out in batches.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub struct Outbox {
    chunks: Mutex<VecDeque<Bytes>>,
    /// Bytes that were pushed and are not written yet.
    unwritten: AtomicUsize,
    /// The hub has more for this connection than there was room for.
    starved: AtomicBool,
    pushed: Notify,
    written: Notify,
    closing: CancellationToken,
}

impl Outbox {
    pub fn push(&self, chunk: Bytes) {
        self.unwritten.fetch_add(chunk.len(), SeqCst);
        self.chunks.lock().push_back(chunk);
        self.pushed.notify_one();
    }

    /// Whether fewer bytes than `limit` wait; if not, the connection tells the hub when it wrote them.
    pub fn has_room(&self, limit: usize) -> bool {
        if self.unwritten.load(SeqCst) < limit {
            return true;
        }
        self.starved.store(true, SeqCst);
        // Looked at again: it may have been written between.
        self.unwritten.load(SeqCst) < limit
    }

    /// Nothing is pushed after this; what is there is still written.
    pub fn close(&self) {
        self.closing.cancel();
    }

    pub async fn closed(&self) {
        self.closing.cancelled().await;
    }

    /// All that waits, none when it is closed and empty.
    pub async fn take(&self) -> Option<VecDeque<Bytes>> {
        loop {
            let pushed = self.pushed.notified();
            let closed = self.closing.is_cancelled();
            let chunks = std::mem::take(&mut *self.chunks.lock());
            if !chunks.is_empty() {
                return Some(chunks);
            }
            if closed {
                return None;
            }
            tokio::select! {
                () = pushed => {}
                () = self.closing.cancelled() => {}
            }
        }
    }

    /// Says that bytes were written; whether the hub waits to hear of it.
    pub fn wrote(&self, bytes: usize) -> bool {
        self.unwritten.fetch_sub(bytes, SeqCst);
        self.written.notify_one();
        self.starved.swap(false, SeqCst)
    }

    /// Waits until fewer bytes than `limit` wait, or it is closed.
    pub async fn room(&self, limit: usize) {
        while self.unwritten.load(SeqCst) >= limit && !self.closing.is_cancelled() {
            tokio::select! {
                () = self.written.notified() => {}
                () = self.closing.cancelled() => {}
            }
        }
    }
}

//! The one thread that writes the journal. Requests that arrive while a group is being made durable form the next one.

use std::{
    fs::File,
    io,
    path::PathBuf,
    sync::{Arc, mpsc},
};

use regie_core::Error;
use tokio::sync::oneshot;

use super::{
    Place, Row,
    chain::Chains,
    frame,
    record::{Packer, Spot},
    segment::{self, SegmentHeader},
    snapshot::Snapshot,
    stage::{Limits, Request, Stage},
    upkeep,
};
use crate::{Options, health::Vitals, index, state::State};

/// A group is closed at this many changes or plain bytes.
const GROUP_CHANGES: usize = 512;
const GROUP_BYTES: usize = 4 << 20;

pub enum Command {
    Write(Box<Request>),
    Close(oneshot::Sender<()>),
}

pub struct Writer {
    pub options: Options,
    pub state: Arc<State>,
    pub vitals: Arc<Vitals>,
    pub segment: u64,
    pub file: File,
    /// Where the next frame goes.
    pub end: u64,
    pub next_frame: u64,
    pub chains: Chains,
    pub packer: Packer,
    /// Bytes behind `end` of a write that failed, which could not be cut yet.
    pub dirty: bool,
    /// After a failed `fdatasync` nobody knows what the disk has of this file: go on in another.
    pub rotate: bool,
    pub index: mpsc::Sender<index::Message>,
    pub upkeep: mpsc::Sender<upkeep::Message>,
    /// Keeps other processes out while the thread lives.
    pub _lock: File,
}

impl Writer {
    pub fn run(mut self, inbox: &mpsc::Receiver<Command>) {
        let mut closing = None;
        while closing.is_none() {
            let Ok(first) = inbox.recv() else { break };
            let mut group = Vec::new();
            let mut bytes = 0;
            let mut next = Some(first);
            while let Some(command) = next {
                match command {
                    Command::Write(request) => {
                        bytes += request.plain.len();
                        group.push(*request);
                    }
                    Command::Close(done) => {
                        closing = Some(done);
                        break;
                    }
                }
                next = if group.len() < GROUP_CHANGES && bytes < GROUP_BYTES {
                    inbox.try_recv().ok()
                } else {
                    None
                };
            }
            self.commit(group);
        }
        // Says that nothing came after: from here on a damaged last frame is told from one cut short.
        let mut mark = Vec::new();
        frame::append(self.next_frame, &[], &mut mark);
        if let Err(error) = self.append(&mark) {
            tracing::warn!(%error, "the journal could not be marked as closed");
        }
        if let Some(done) = closing {
            drop(self);
            let _ = done.send(());
        }
    }

    fn commit(&mut self, group: Vec<Request>) {
        if group.is_empty() {
            return;
        }
        if self.rotate
            && let Err(error) = self.begin_segment()
        {
            return self.fail(group.into_iter().map(|r| r.reply), &error);
        }
        let now_ms = self.options.clock.now_ms();
        let limits = Limits {
            now_ms,
            expired_ms: now_ms - self.options.answer_ms,
            answers_max: self.options.answers_max,
        };
        let place = Place { segment: self.segment, spot: Spot { offset: self.end, index: 0 } };
        let mut stage = Stage::default();
        for request in group {
            stage.add(request, place, &self.chains, &mut self.packer, &limits);
        }
        if !stage.is_empty() {
            let mut bytes = Vec::with_capacity(frame::HEADER + stage.payload.len());
            frame::append(self.next_frame, &stage.payload, &mut bytes);
            if let Err(error) = self.append(&bytes) {
                let refused = stage.refused.into_iter().map(|(reply, _)| reply);
                return self.fail(stage.done.into_iter().map(|d| d.reply).chain(refused), &error);
            }
            stage.keep(&mut self.chains);
        }
        for done in stage.done {
            let document = done.change.document.clone();
            done.bucket.inner.write().apply(&done.key, done.change);
            let _ = done.reply.send(Ok(document));
        }
        for (reply, error) in stage.refused {
            let _ = reply.send(Err(error));
        }
        self.tell_index(stage.rows);
        if self.end > self.options.segment_bytes
            && let Err(error) = self.begin_segment()
        {
            // The old one takes more; the next group tries again.
            tracing::warn!(%error, "no new journal segment could be begun");
        }
    }

    /// Makes `bytes` durable behind what is there, or leaves the journal as it was.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let disk = self.options.disk.clone();
        let outcome = (|| {
            if self.dirty {
                disk.set_len(&self.file, self.end)?;
                self.dirty = false;
            }
            disk.write_at(&self.file, bytes, self.end)?;
            disk.sync_data(&self.file).inspect_err(|_| self.rotate = true)
        })();
        match outcome {
            Ok(()) => {
                self.end += bytes.len() as u64;
                self.next_frame += 1;
                self.vitals.wrote(self.next_frame - 1);
                Ok(())
            }
            Err(error) => {
                self.dirty = disk.set_len(&self.file, self.end).is_err();
                Err(error)
            }
        }
    }

    fn fail(
        &self,
        replies: impl Iterator<Item = oneshot::Sender<Result<Option<crate::Document>, Error>>>,
        error: &io::Error,
    ) {
        tracing::error!(%error, "the journal could not be written; nothing was changed");
        self.vitals.disk_error(error);
        for reply in replies {
            let again =
                error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            let _ = reply.send(Err(Error::from(again)));
        }
    }

    fn tell_index(&self, rows: Vec<Row>) {
        let message = index::Message::Committed { frame: self.next_frame - 1, rows };
        // Gone only while the store closes; it is rebuilt from the journal then.
        let _ = self.index.send(message);
    }

    /// Seals the segment and lets a snapshot of this very moment be written.
    fn begin_segment(&mut self) -> io::Result<()> {
        let created_ms = self.options.clock.now_ms();
        let header = SegmentHeader { segment: self.segment + 1, first_frame: self.next_frame, created_ms };
        let file = segment::create(&self.options.dir, header)?;
        self.file = file;
        self.segment = header.segment;
        self.end = segment::HEADER as u64;
        self.chains = Chains::default();
        self.rotate = false;
        self.dirty = false;
        let snapshot = Snapshot::of(&self.state, header);
        let _ = self.upkeep.send(upkeep::Message::Write(snapshot));
        Ok(())
    }
}

/// One server an instance.
pub fn lock(dir: &std::path::Path) -> regie_core::Result<File> {
    let path: PathBuf = dir.join("lock");
    let file = File::create(&path)?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(|_| {
        Error::new(regie_core::ErrorKind::Unavailable, "another server uses this instance")
            .path(path.display().to_string())
            .hint("stop it first; two servers need two instance folders")
    })?;
    Ok(file)
}

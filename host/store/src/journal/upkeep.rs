//! Beside the writer: puts snapshots on the disk, and forgets segments that neither a start nor the history needs.

use std::{fs, sync::mpsc};

use regie_core::Result;

use super::{segment, snapshot, snapshot::Snapshot};
use crate::{Options, index};

/// So that one damaged snapshot costs nothing.
const SNAPSHOTS_KEPT: usize = 2;

pub enum Message {
    Write(Snapshot),
}

pub fn run(options: &Options, inbox: &mpsc::Receiver<Message>, index: &mpsc::Sender<index::Message>) {
    for Message::Write(snapshot) in inbox {
        let segment = snapshot.segment();
        match snapshot.write(&options.dir).and_then(|()| prune(options)) {
            Ok(Some(first)) => {
                let _ = index.send(index::Message::Forget { first });
            }
            Ok(None) => {}
            // The snapshots there are and the segments behind them still say everything.
            Err(error) => tracing::warn!(%error, segment, "a snapshot could not be written"),
        }
    }
}

/// Removes old snapshots, and segments that ended before the history's limit and before the oldest snapshot kept.
/// Answers the first segment left, when some were removed.
fn prune(options: &Options) -> Result<Option<u64>> {
    let dir = &options.dir;
    let snapshots = snapshot::list(dir)?;
    let kept = snapshots.len().saturating_sub(SNAPSHOTS_KEPT);
    for number in &snapshots[..kept] {
        fs::remove_file(snapshot::path(dir, *number))?;
    }
    let (Some(oldest), true) = (snapshots.get(kept), snapshots.len() >= SNAPSHOTS_KEPT) else {
        return Ok(None);
    };
    let limit = options.clock.now_ms() - options.history_ms;
    let mut first = None;
    for number in segment::list(dir)? {
        // A segment ended when the next began.
        let ended = segment::read_header(dir, number + 1).ok().flatten().map(|h| h.created_ms);
        if number >= *oldest || ended.is_none_or(|at| at >= limit) {
            break;
        }
        fs::remove_file(segment::path(dir, number))?;
        first = Some(number + 1);
    }
    Ok(first)
}

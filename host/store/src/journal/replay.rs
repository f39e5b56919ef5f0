//! Start: the newest whole snapshot, then every segment from it on. Refuses where confirmed records are damaged.

use std::{fs, fs::OpenOptions, path::Path};

use regie_core::{Error, Result};

use super::{
    chain::{Chains, split},
    frame::Tail,
    record::{self, Op, Spot, Unpacker},
    segment::{self, Segment, SegmentHeader},
    snapshot,
};
use crate::{
    Document, Options,
    state::{Applied, State},
};

/// The state after the last whole frame, and where the journal goes on.
pub struct Replayed {
    pub state: State,
    pub chains: Chains,
    pub segment: u64,
    pub end: u64,
    pub next_frame: u64,
    /// Length of a write that a crash had cut short; it was cut off and kept beside the segment.
    pub torn: u64,
}

pub fn replay(options: &Options) -> Result<Replayed> {
    let dir = &options.dir;
    let segments = segment::list(dir)?;
    let state = State::default();
    let Some(&newest) = segments.last() else {
        return fresh(options, state);
    };
    if let Some(pair) = segments.windows(2).find(|pair| pair[0] + 1 != pair[1]) {
        return Err(segment::damaged(dir, pair[0] + 1, 0, "the segment is missing"));
    }
    let first = start(dir, &segments, &state)?;
    let mut out =
        Replayed { state, chains: Chains::default(), segment: newest, end: 0, next_frame: 0, torn: 0 };
    let mut unpacker = Unpacker::new();
    let mut number = first;
    while number <= newest {
        let Some(found) = segment::read(dir, number)? else {
            if number != newest || number == first && number > 1 {
                return Err(segment::damaged(dir, number, 0, "the segment is empty"));
            }
            if number == first {
                fs::remove_file(segment::path(dir, number))?;
                return fresh(options, out.state);
            }
            // A crash while this segment was begun: the one before is still the last.
            fs::remove_file(segment::path(dir, number))?;
            break;
        };
        if number > first && found.header.first_frame > out.next_frame {
            return Err(segment::damaged(dir, number - 1, out.end, "its last records are missing"));
        }
        let successor =
            (number < newest).then(|| segment::read_header(dir, number + 1)).transpose()?.flatten();
        if let Tail::Damaged(why) = &found.tail {
            return Err(segment::damaged(dir, number, found.end, why));
        }
        out.chains = Chains::default();
        for (frame, offset, range) in &found.frames {
            // Written again in the next segment, because the disk had not confirmed it.
            if successor.is_some_and(|s| *frame >= s.first_frame) {
                break;
            }
            apply(&out.state, &mut out.chains, &mut unpacker, &found.bytes[range.clone()], *offset, options)
                .map_err(|e| segment::damaged(dir, number, *offset, &cause(&e)))?;
        }
        out.torn = cut(dir, number, &found, successor.is_none())?;
        (out.segment, out.end, out.next_frame) = (number, found.end, found.next_frame());
        number += 1;
    }
    Ok(out)
}

fn cause(error: &Error) -> String {
    error.source.as_ref().map_or_else(|| error.message.clone(), ToString::to_string)
}

fn fresh(options: &Options, state: State) -> Result<Replayed> {
    let header = SegmentHeader { segment: 1, first_frame: 1, created_ms: options.clock.now_ms() };
    segment::create(&options.dir, header)?;
    let end = segment::HEADER as u64;
    Ok(Replayed { state, chains: Chains::default(), segment: 1, end, next_frame: 1, torn: 0 })
}

/// Loads the newest whole snapshot; answers the segment to go on from.
fn start(dir: &Path, segments: &[u64], state: &State) -> Result<u64> {
    let mut reasons = Vec::new();
    for number in snapshot::list(dir)?.into_iter().rev().filter(|n| segments.contains(n)) {
        match snapshot::load(dir, number, state) {
            Ok(()) => {
                for reason in reasons {
                    tracing::warn!(
                        reason,
                        "a snapshot was passed over; an older one and the journal replace it"
                    );
                }
                return Ok(number);
            }
            Err(error) => reasons.push(error.to_string()),
        }
    }
    if segments.first() == Some(&1) {
        return Ok(1);
    }
    let why = if reasons.is_empty() { "the snapshots are missing".into() } else { reasons.join("; ") };
    Err(Error::internal(format!("{}: no snapshot can be read: {why}", dir.display()))
        .code("damaged")
        .path(dir.join("snapshots").display().to_string())
        .hint("restore a backup"))
}

fn apply(
    state: &State,
    chains: &mut Chains,
    unpacker: &mut Unpacker,
    payload: &[u8],
    offset: u64,
    options: &Options,
) -> Result<()> {
    let records = record::records(payload, offset)
        .ok_or_else(|| Error::internal("a frame holds what this version does not understand"))?;
    let expired_ms = options.clock.now_ms() - options.answer_ms;
    for (index, record) in records.iter().enumerate() {
        let spot = Spot { offset, index: u32::try_from(index).map_err(Error::internal)? };
        let (name, plain) = chains.follow(unpacker, record, spot)?;
        let head = &record.head;
        // Entries are left unread: this is the way through which every start goes.
        let answers = record::answers(head, &plain)?;
        let (bucket, key) = split(&name);
        let document = (head.op == Op::Put).then(|| Document {
            key: key.into(),
            revision: head.revision,
            version: head.version,
            at_ms: head.at_ms,
            body: plain.slice(head.meta_len..),
        });
        let change = Applied {
            document,
            version: head.version,
            revision: head.revision,
            at_ms: head.at_ms,
            answers,
            expired_ms,
        };
        state.bucket(bucket).inner.write().apply(key, change);
    }
    Ok(())
}

/// Cuts a torn tail off; what was there is kept as `<segment>.torn`, for whoever wants to look.
fn cut(dir: &Path, number: u64, found: &Segment, last: bool) -> Result<u64> {
    let rest = &found.bytes[usize::try_from(found.end).unwrap_or(usize::MAX).min(found.bytes.len())..];
    if rest.is_empty() || !last {
        return Ok(0);
    }
    let path = segment::path(dir, number);
    tracing::warn!(segment = %path.display(), at = found.end, bytes = rest.len(), "a write that a crash cut short was removed");
    fs::write(path.with_extension("torn"), rest)?;
    let file = OpenOptions::new().write(true).open(&path)?;
    file.set_len(found.end)?;
    file.sync_all()?;
    Ok(rest.len() as u64)
}

/// Every whole frame of a segment, for the index: numbers with their rows.
pub fn rows(found: &Segment) -> Result<Vec<(u64, Vec<super::Row>)>> {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut out = Vec::with_capacity(found.frames.len());
    for (number, offset, range) in &found.frames {
        let astray = || Error::internal("a frame of the journal holds what this version does not understand");
        let records = record::records(&found.bytes[range.clone()], *offset).ok_or_else(astray)?;
        let mut rows = Vec::with_capacity(records.len());
        for (index, record) in (0u32..).zip(records) {
            let head = record.head;
            if head.op == Op::Answer {
                continue;
            }
            if let Some(named) = &head.names
                && head.doc as usize == names.len()
            {
                names.push(named.clone());
            }
            let (bucket, key) = names.get(head.doc as usize).ok_or_else(astray)?.clone();
            let place = super::Place { segment: found.header.segment, spot: Spot { offset: *offset, index } };
            rows.push(super::Row::new(bucket, key, &head, place));
        }
        out.push((*number, rows));
    }
    Ok(out)
}

//! What memory held when a segment was begun: `snapshots/<segment>.snap`. A start reads the newest one and the segments
//! from it on.
//!
//! A segment header (same bytes as the segment's), then one frame a key: length of the JSON (u32), JSON, the
//! document compressed; the last frame counts them, so that a snapshot is whole or not one.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::{
    frame::{self, Parsed},
    segment::{self, SegmentHeader},
};
use crate::{
    Answer, Document,
    state::{Answers, Slot, State},
};

pub struct Snapshot {
    header: SegmentHeader,
    slots: Vec<(String, String, Slot)>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    bucket: String,
    key: String,
    version: u64,
    revision: u64,
    at_ms: i64,
    live: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Answer>,
}

#[derive(Serialize, Deserialize)]
struct End {
    end: u64,
}

pub fn path(dir: &Path, segment: u64) -> PathBuf {
    dir.join("snapshots").join(format!("{segment:016x}.snap"))
}

pub fn list(dir: &Path) -> std::io::Result<Vec<u64>> {
    segment::numbered(&dir.join("snapshots"), ".snap")
}

impl Snapshot {
    /// Bodies are shared, not copied. Called by the writer between two groups.
    pub fn of(state: &State, header: SegmentHeader) -> Self {
        let mut slots = Vec::new();
        for bucket in state.buckets() {
            let inner = bucket.inner.read();
            slots.extend(
                inner.slots.iter().map(|(key, slot)| (bucket.name.clone(), key.clone(), slot.clone())),
            );
        }
        Self { header, slots }
    }

    pub fn segment(&self) -> u64 {
        self.header.segment
    }

    /// On the disk under its name, or not there.
    pub fn write(self, dir: &Path) -> Result<()> {
        let path = path(dir, self.header.segment);
        let part = path.with_extension("part");
        let mut out = BufWriter::new(File::create(&part)?);
        out.write_all(&self.header.encode())?;
        let mut bytes = Vec::new();
        let count = self.slots.len() as u64;
        for (number, (bucket, key, slot)) in self.slots.into_iter().enumerate() {
            let item = Item {
                bucket,
                key,
                version: slot.version,
                revision: slot.revision,
                at_ms: slot.at_ms,
                live: slot.document.is_some(),
                answers: slot.answers.iter().cloned().collect(),
            };
            let body = slot.document.map(|d| d.body).unwrap_or_default();
            bytes.clear();
            frame::append(number as u64, &encode(&item, &body)?, &mut bytes);
            out.write_all(&bytes)?;
        }
        bytes.clear();
        frame::append(count, &serde_json::to_vec(&End { end: count }).map_err(Error::internal)?, &mut bytes);
        out.write_all(&bytes)?;
        let file = out.into_inner().map_err(|e| Error::from(e.into_error()))?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        segment::sync_dir(&dir.join("snapshots"))?;
        Ok(())
    }
}

fn encode(item: &Item, body: &[u8]) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(item).map_err(Error::internal)?;
    let mut payload = u32::try_from(json.len()).map_err(Error::internal)?.to_le_bytes().to_vec();
    payload.extend(json);
    payload.extend(zstd::bulk::compress(body, 1)?);
    Ok(payload)
}

/// Fills `state` from a snapshot; an error leaves it untouched.
pub fn load(dir: &Path, segment: u64, state: &State) -> Result<()> {
    let path = path(dir, segment);
    let damaged = |why: &str| {
        Error::internal(format!("{}: {why}", path.display())).code("damaged").path(path.display().to_string())
    };
    let bytes = fs::read(&path)?;
    let header = SegmentHeader::decode(&bytes).filter(|h| h.segment == segment);
    header.ok_or_else(|| damaged("the header of the snapshot is damaged"))?;
    let mut at = segment::HEADER;
    let mut found = Vec::new();
    loop {
        let Parsed::Frame { header, payload } = frame::parse(&bytes[at..]) else {
            return Err(damaged("the snapshot is damaged or incomplete"));
        };
        at += frame::HEADER + header.len;
        if at == bytes.len() {
            let end: End =
                serde_json::from_slice(payload).map_err(|_| damaged("the snapshot is incomplete"))?;
            if end.end != found.len() as u64 {
                return Err(damaged("the snapshot has lost keys"));
            }
            break;
        }
        found.push(decode(payload).ok_or_else(|| damaged("a key of the snapshot is unreadable"))?);
    }
    for (item, body) in found {
        let mut answers = Answers::default();
        for answer in item.answers {
            answers.add(answer);
        }
        let document = item.live.then(|| Document {
            key: item.key.clone(),
            revision: item.revision,
            version: item.version,
            at_ms: item.at_ms,
            body,
        });
        let slot =
            Slot { document, version: item.version, revision: item.revision, at_ms: item.at_ms, answers };
        let bucket = state.bucket(&item.bucket);
        let mut inner = bucket.inner.write();
        inner.revision = inner.revision.max(item.revision);
        inner.slots.insert(item.key, slot);
    }
    Ok(())
}

fn decode(payload: &[u8]) -> Option<(Item, Bytes)> {
    let (len, rest) = payload.split_first_chunk::<4>()?;
    let (json, packed) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    let item = serde_json::from_slice(json).ok()?;
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok()??;
    let body = zstd::bulk::decompress(packed, usize::try_from(size).ok()?).ok()?;
    Some((item, body.into()))
}

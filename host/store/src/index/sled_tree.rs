//! The only place that knows sled.
//!
//! Keys: `h`, bucket, 0, document, 0, version and revision (u64, big endian) for the history; `c`, bucket, 0, document, 0,
//! crc32 of the body, version, revision for "was this ever stored?"; `m` for how far it is. Values are places in the
//! journal. The mark is written in the same batch as the rows, so the two never disagree.

use std::path::Path;

use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::journal::{
    Place, Row,
    record::{Op, Spot},
};

const MARK: &[u8] = b"m";
const VALUE: usize = 37;

#[derive(Clone)]
pub struct Tree(sled::Db);

/// How far the index is, and the last commit it knows.
#[derive(Debug, Clone)]
pub struct Mark {
    pub lineage: String,
    pub frame: u64,
    pub place: Option<Place>,
}

#[derive(Serialize, Deserialize)]
struct StoredMark {
    lineage: String,
    frame: u64,
    place: Option<(u64, u64, u32)>,
}

/// A row of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub version: u64,
    pub revision: u64,
    pub at_ms: i64,
    pub first_entry: u64,
    pub place: Place,
    pub deleted: bool,
}

fn prefix(kind: u8, bucket: &str, key: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(bucket.len() + key.len() + 24);
    out.push(kind);
    out.extend(bucket.as_bytes());
    out.push(0);
    out.extend(key.as_bytes());
    out.push(0);
    out
}

fn history_key(bucket: &str, key: &str, version: u64, revision: u64) -> Vec<u8> {
    let mut out = prefix(b'h', bucket, key);
    out.extend(version.to_be_bytes());
    out.extend(revision.to_be_bytes());
    out
}

fn value(row: &Row) -> [u8; VALUE] {
    let mut out = [0; VALUE];
    out[..8].copy_from_slice(&row.place.segment.to_be_bytes());
    out[8..16].copy_from_slice(&row.place.spot.offset.to_be_bytes());
    out[16..20].copy_from_slice(&row.place.spot.index.to_be_bytes());
    out[20..28].copy_from_slice(&row.at_ms.to_be_bytes());
    out[28..36].copy_from_slice(&row.first_entry.to_be_bytes());
    out[36] = u8::from(row.op == Op::Delete);
    out
}

fn found(key: &[u8], value: &[u8]) -> Result<Found> {
    let broken = || Error::internal("a row of the history's index has another form than it was given");
    let value: &[u8; VALUE] = value.try_into().map_err(|_| broken())?;
    let (version, revision) = key.last_chunk::<16>().ok_or_else(broken)?.split_at(8);
    let eight = |bytes: &[u8]| u64::from_be_bytes(bytes.try_into().expect("eight bytes"));
    let index = u32::from_be_bytes(value[16..20].try_into().expect("four bytes"));
    Ok(Found {
        version: eight(version),
        revision: eight(revision),
        at_ms: i64::try_from(eight(&value[20..28])).unwrap_or_default(),
        first_entry: eight(&value[28..36]),
        place: Place { segment: eight(&value[..8]), spot: Spot { offset: eight(&value[8..16]), index } },
        deleted: value[36] == 1,
    })
}

fn failed(error: sled::Error) -> Error {
    match error {
        sled::Error::Io(error) => Error::from(error),
        other => Error::internal(other),
    }
}

impl Tree {
    /// On a thread of its own, because sled panics on some broken files.
    pub fn open(path: &Path) -> Result<Self> {
        let config = sled::Config::new().path(path).cache_capacity(16 << 20).flush_every_ms(Some(500));
        let opened =
            std::thread::Builder::new().name("regie-sled-open".into()).spawn(move || config.open())?;
        let db = opened.join().map_err(|_| Error::internal("sled panicked on opening"))?.map_err(failed)?;
        Ok(Self(db))
    }

    pub fn flush(&self) -> Result<()> {
        self.0.flush().map(drop).map_err(failed)
    }

    pub fn mark(&self) -> Result<Option<Mark>> {
        let Some(bytes) = self.0.get(MARK).map_err(failed)? else { return Ok(None) };
        let stored: StoredMark = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        let place =
            stored.place.map(|(segment, offset, index)| Place { segment, spot: Spot { offset, index } });
        Ok(Some(Mark { lineage: stored.lineage, frame: stored.frame, place }))
    }

    /// Rows and mark together or not at all. Without rows the place of the mark stays.
    pub fn put(&self, rows: &[Row], lineage: &str, frame: u64, place: Option<Place>) -> Result<()> {
        let mut batch = sled::Batch::default();
        for row in rows {
            let value = value(row);
            batch.insert(history_key(&row.bucket, &row.key, row.version, row.revision), &value[..]);
            if row.op == Op::Put {
                let mut key = prefix(b'c', &row.bucket, &row.key);
                key.extend(row.body_crc.to_be_bytes());
                key.extend(row.version.to_be_bytes());
                key.extend(row.revision.to_be_bytes());
                batch.insert(key, &value[..]);
            }
        }
        let place = match place {
            Some(place) => Some(place),
            None => self.mark()?.and_then(|m| m.place),
        };
        let place = place.map(|p| (p.segment, p.spot.offset, p.spot.index));
        let mark = StoredMark { lineage: lineage.into(), frame, place };
        batch.insert(MARK, serde_json::to_vec(&mark).map_err(Error::internal)?);
        self.0.apply_batch(batch).map_err(failed)
    }

    /// Newest first: commits that have entries below `before`.
    pub fn history(
        &self,
        bucket: &str,
        key: &str,
        before: Option<u64>,
    ) -> impl Iterator<Item = Result<Found>> {
        let start = prefix(b'h', bucket, key);
        let mut end = start.clone();
        end.extend(u64::MAX.to_be_bytes());
        end.extend(u64::MAX.to_be_bytes());
        self.0
            .range(start..=end)
            .rev()
            .map(|row| row.map_err(failed).and_then(|(key, value)| found(&key, &value)))
            .filter(move |row| row.as_ref().map_or(true, |f| before.is_none_or(|b| f.first_entry < b)))
    }

    /// The commits that led to exactly this version, newest first.
    pub fn version(&self, bucket: &str, key: &str, version: u64) -> impl Iterator<Item = Result<Found>> {
        let start = history_key(bucket, key, version, 0);
        let end = history_key(bucket, key, version, u64::MAX);
        let rows = self.0.range(start..=end).rev();
        rows.map(|row| row.map_err(failed).and_then(|(key, value)| found(&key, &value)))
    }

    /// Commits whose body has this checksum.
    pub fn with_body(&self, bucket: &str, key: &str, crc: u32) -> impl Iterator<Item = Result<Found>> {
        let mut start = prefix(b'c', bucket, key);
        start.extend(crc.to_be_bytes());
        let rows = self.0.scan_prefix(start);
        rows.map(|row| row.map_err(failed).and_then(|(key, value)| found(&key, &value)))
    }

    /// Drops versions up to `oldest`.
    pub fn keep(&self, bucket: &str, key: &str, oldest: u64) -> Result<()> {
        if oldest == 0 {
            return Ok(());
        }
        let end = history_key(bucket, key, oldest, u64::MAX);
        self.drop_where(self.0.range(prefix(b'h', bucket, key)..=end), |_| true)?;
        self.drop_where(self.0.scan_prefix(prefix(b'c', bucket, key)), |f| f.version <= oldest)
    }

    /// Drops what stood in segments before `first`.
    pub fn forget(&self, first: u64) -> Result<()> {
        for kind in [b"h", b"c"] {
            self.drop_where(self.0.scan_prefix(kind), |f| f.place.segment < first)?;
        }
        Ok(())
    }

    fn drop_where(&self, rows: sled::Iter, goes: impl Fn(&Found) -> bool) -> Result<()> {
        for row in rows {
            let (key, value) = row.map_err(failed)?;
            if goes(&found(&key, &value)?) {
                self.0.remove(key).map_err(failed)?;
            }
        }
        Ok(())
    }
}

//! Reading the past: the index says where, the journal has it.

use std::{
    collections::HashMap,
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use regie_core::{Error, Result};

use crate::{
    Entry,
    index::{Found, Tree},
    journal::{
        Place, frame,
        record::{self, Head, Op, Spot, Unpacker},
        segment,
    },
};

/// Which document, and what of its past still counts.
#[derive(Clone)]
pub struct Past {
    pub dir: PathBuf,
    pub bucket: String,
    pub key: String,
    /// Older than this is forgotten.
    pub oldest_ms: i64,
    /// Versions up to this one are forgotten.
    pub oldest_version: u64,
}

/// What a row of the index points at is not in the journal: the index is wrong.
#[derive(Debug)]
pub enum Misread {
    Astray(String),
    Failed(Error),
}

impl From<Error> for Misread {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Past {
    fn counts(&self, found: &Found) -> bool {
        found.at_ms >= self.oldest_ms
            && found.version > self.oldest_version
            && segment::path(&self.dir, found.place.segment).exists()
    }

    /// Newest first, below `before`, at most `limit`.
    pub fn entries(&self, tree: &Tree, before: Option<u64>, limit: usize) -> Result<Vec<Entry>, Misread> {
        let mut reader = Reader::new(&self.dir);
        let mut entries: Vec<Entry> = Vec::new();
        for found in tree.history(&self.bucket, &self.key, before) {
            let found = found?;
            if entries.len() >= limit || !self.counts(&found) {
                break;
            }
            let (head, plain) = reader.at(&found, self)?;
            let mut meta = record::meta(&head, &plain)?;
            meta.entries.sort_by_key(|e| e.version);
            let room = limit - entries.len();
            let below = meta.entries.into_iter().rev().filter(|e| before.is_none_or(|b| e.version < b));
            entries.extend(below.take(room));
        }
        Ok(entries)
    }

    pub fn at_version(&self, tree: &Tree, version: u64) -> Result<Option<Bytes>, Misread> {
        for found in tree.version(&self.bucket, &self.key, version) {
            let found = found?;
            if found.deleted {
                continue;
            }
            if !self.counts(&found) {
                return Ok(None);
            }
            let (head, plain) = Reader::new(&self.dir).at(&found, self)?;
            return Ok(Some(plain.slice(head.meta_len..)));
        }
        Ok(None)
    }

    /// The newest version whose bytes these are.
    pub fn version_with(&self, tree: &Tree, body: &[u8]) -> Result<Option<u64>, Misread> {
        let mut reader = Reader::new(&self.dir);
        let mut newest = None;
        for found in tree.with_body(&self.bucket, &self.key, crc32fast::hash(body)) {
            let found = found?;
            if !segment::path(&self.dir, found.place.segment).exists() {
                continue;
            }
            let (head, plain) = reader.at(&found, self)?;
            if plain[head.meta_len..] == *body {
                newest = newest.max(Some(found.version));
            }
        }
        Ok(newest)
    }
}

struct Reader<'a> {
    dir: &'a Path,
    files: HashMap<u64, File>,
    /// Unpacked commits: the newest is read first and everything it builds on is older.
    plain: HashMap<Place, (Head, Bytes)>,
    unpacker: Unpacker,
}

impl<'a> Reader<'a> {
    fn new(dir: &'a Path) -> Self {
        Self { dir, files: HashMap::new(), plain: HashMap::new(), unpacker: Unpacker::new() }
    }

    fn at(&mut self, found: &Found, past: &Past) -> Result<(Head, Bytes), Misread> {
        let (head, plain) = self.unpacked(found.place)?;
        let other = head.version != found.version
            || head.revision != found.revision
            || head.names.as_ref().is_some_and(|(b, k)| *b != past.bucket || *k != past.key);
        if other {
            return Err(Misread::Astray(format!(
                "version {} of {} stands elsewhere",
                found.version, past.key
            )));
        }
        Ok((head, plain))
    }

    fn unpacked(&mut self, place: Place) -> Result<(Head, Bytes), Misread> {
        let mut steps = Vec::new();
        let mut spot = Some(place.spot);
        let mut below = Bytes::new();
        while let Some(at) = spot {
            if let Some((_, plain)) = self.plain.get(&Place { spot: at, ..place }) {
                below = plain.clone();
                break;
            }
            let payload = self.payload(place.segment, at)?;
            spot = pick(&payload, at)?.head.previous;
            steps.push((at, payload));
        }
        for (at, payload) in steps.into_iter().rev() {
            let record = pick(&payload, at)?;
            let dictionary = if record.head.previous.is_some() { &below[..] } else { &[] };
            below = self.unpacker.unpack(&record, dictionary)?;
            self.plain.insert(Place { spot: at, ..place }, (record.head, below.clone()));
        }
        self.plain.get(&place).cloned().ok_or_else(|| Misread::Astray("a commit is not where it was".into()))
    }

    fn payload(&mut self, number: u64, spot: Spot) -> Result<Vec<u8>, Misread> {
        let astray = |why: &str| Misread::Astray(format!("segment {number}, byte {}: {why}", spot.offset));
        let file = match self.files.entry(number) {
            std::collections::hash_map::Entry::Occupied(found) => found.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(File::open(segment::path(self.dir, number)).map_err(Error::from)?)
            }
        };
        let mut head = [0; frame::HEADER];
        file.read_exact_at(&mut head, spot.offset).map_err(|_| astray("there is no frame"))?;
        let header = frame::header(&head).ok_or_else(|| astray("there is no frame"))?;
        let mut payload = vec![0; header.len];
        file.read_exact_at(&mut payload, spot.offset + frame::HEADER as u64).map_err(Error::from)?;
        if crc32fast::hash(&payload) != header.crc {
            return Err(segment::damaged(
                self.dir,
                number,
                spot.offset,
                "its content does not match its checksum",
            )
            .into());
        }
        Ok(payload)
    }
}

fn pick(payload: &[u8], spot: Spot) -> Result<record::Record<'_>, Misread> {
    record::records(payload, spot.offset)
        .and_then(|found| found.into_iter().nth(spot.index as usize))
        .filter(|r| r.head.op != Op::Answer)
        .ok_or_else(|| Misread::Astray(format!("byte {} holds no such commit", spot.offset)))
}

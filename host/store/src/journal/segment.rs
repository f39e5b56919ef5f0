//! The files of the journal: `journal/<16 hex digits>.log`, numbered without gaps, each a header and frames.

use std::{
    fs::{self, File, OpenOptions},
    io,
    ops::Range,
    path::{Path, PathBuf},
};

use regie_core::{Error, Result};

use super::frame::{self, Parsed, Tail};

pub const HEADER: usize = 36;
const MAGIC: &[u8; 8] = b"RGJSEG01";

/// Number of the first frame, and when the segment was begun (milliseconds since 1970).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    pub segment: u64,
    pub first_frame: u64,
    pub created_ms: i64,
}

impl SegmentHeader {
    pub fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&self.segment.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first_frame.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.created_ms.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..32]);
        bytes[32..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.first_chunk::<HEADER>()?;
        let eight = |at: usize| -> [u8; 8] { bytes[at..at + 8].try_into().expect("eight bytes") };
        let crc = u32::from_le_bytes(bytes[32..].try_into().expect("four bytes"));
        (&bytes[..8] == MAGIC && crc == crc32fast::hash(&bytes[..32])).then(|| Self {
            segment: u64::from_le_bytes(eight(8)),
            first_frame: u64::from_le_bytes(eight(16)),
            created_ms: i64::from_le_bytes(eight(24)),
        })
    }
}

pub fn path(dir: &Path, segment: u64) -> PathBuf {
    dir.join("journal").join(format!("{segment:016x}.log"))
}

/// Numbers of the segments there are, rising.
pub fn list(dir: &Path) -> io::Result<Vec<u64>> {
    numbered(&dir.join("journal"), ".log")
}

/// Files named by 16 hex digits and `suffix`, rising; none where the folder is missing.
pub fn numbered(dir: &Path, suffix: &str) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let digits = name.to_str().and_then(|n| n.strip_suffix(suffix)).filter(|n| n.len() == 16);
        found.extend(digits.and_then(|n| u64::from_str_radix(n, 16).ok()));
    }
    found.sort_unstable();
    Ok(found)
}

/// Begins a segment; it is on the disk when this returns.
pub fn create(dir: &Path, header: SegmentHeader) -> io::Result<File> {
    let path = path(dir, header.segment);
    let made = (|| {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path)?;
        io::Write::write_all(&mut &file, &header.encode())?;
        file.sync_all()?;
        sync_dir(&dir.join("journal"))?;
        Ok(file)
    })();
    if made.is_err() {
        let _ = fs::remove_file(&path);
    }
    made
}

pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// A segment as it was found on the disk.
pub struct Segment {
    pub header: SegmentHeader,
    pub bytes: Vec<u8>,
    /// Number, offset and place of the payload of every whole frame.
    pub frames: Vec<(u64, u64, Range<usize>)>,
    /// Where the whole frames end.
    pub end: u64,
    pub tail: Tail,
}

/// `None`: a crash cut the making of this segment short; it never held anything.
pub fn read(dir: &Path, segment: u64) -> Result<Option<Segment>> {
    let path = path(dir, segment);
    let bytes = fs::read(&path).map_err(|e| Error::from(e).path(path.display().to_string()))?;
    let Some(header) = SegmentHeader::decode(&bytes) else {
        if bytes.len() < HEADER || bytes.iter().all(|b| *b == 0) {
            return Ok(None);
        }
        return Err(damaged(dir, segment, 0, "the header of the segment does not match its checksum"));
    };
    if header.segment != segment {
        return Err(damaged(dir, segment, 0, "the file holds another segment than its name says"));
    }
    let mut frames = Vec::new();
    let mut at = HEADER;
    let mut number = header.first_frame;
    let tail = loop {
        match frame::parse(&bytes[at..]) {
            Parsed::Frame { header, payload } if header.number == number => {
                frames.push((number, at as u64, at + frame::HEADER..at + frame::HEADER + payload.len()));
                at += frame::HEADER + payload.len();
                number += 1;
            }
            _ => break frame::judge(&bytes[at..], at),
        }
    };
    Ok(Some(Segment { header, bytes, frames, end: at as u64, tail }))
}

/// `None` where it was never finished.
pub fn read_header(dir: &Path, segment: u64) -> Result<Option<SegmentHeader>> {
    let mut bytes = Vec::with_capacity(HEADER);
    io::Read::read_to_end(&mut io::Read::take(File::open(path(dir, segment))?, HEADER as u64), &mut bytes)?;
    Ok(SegmentHeader::decode(&bytes))
}

impl Segment {
    pub fn next_frame(&self) -> u64 {
        self.header.first_frame + self.frames.len() as u64
    }
}

pub fn damaged(dir: &Path, segment: u64, offset: u64, why: &str) -> Error {
    let path = path(dir, segment);
    Error::internal(format!("{}: damaged at byte {offset}: {why}", path.display()))
        .code("damaged")
        .path(path.display().to_string())
        .hint("records that were confirmed are unreadable; restore a backup, or bring the file back from a copy of the disk")
}

//! One commit inside a frame: a short header, and history line plus document, compressed with the previous commit of
//! the same document in the same segment as dictionary.
//!
//! The first commit of a document in a segment, and every 64th, is compressed on its own and carries the names; so a
//! segment is read without any other.

use bytes::Bytes;
use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};
use zstd::zstd_safe::{CCtx, DCtx};

use crate::{Answer, Entry};

/// After so many commits that build on each other comes one that stands alone.
pub const CHAIN_MAX: u32 = 64;
const LEVEL: i32 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Op {
    Put = 1,
    Delete = 2,
    Answer = 3,
}

/// Where a commit stands in its segment: offset of the frame, index in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    pub offset: u64,
    pub index: u32,
}

/// What is known of a commit without unpacking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub op: Op,
    /// Number of the document in its segment.
    pub doc: u32,
    /// Bucket and key, on commits that stand alone.
    pub names: Option<(String, String)>,
    /// The commit it builds on, on those that do not.
    pub previous: Option<Spot>,
    pub version: u64,
    pub revision: u64,
    pub at_ms: i64,
    /// Added to the versions of the entries when read (a document created again goes on where it stopped).
    pub shift: u64,
    /// Lowest version among the entries, before the shift; the commit's own where there are none.
    pub first_entry: u64,
    pub body_crc: u32,
    pub meta_len: usize,
    pub body_len: usize,
}

/// The part of a commit that is JSON beside the document.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Meta {
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
}

pub struct Record<'a> {
    pub head: Head,
    packed: &'a [u8],
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let len = usize::try_from(varint(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}

/// Packs commits; keeps its context, which is costly to make.
pub struct Packer {
    context: CCtx<'static>,
    head: Vec<u8>,
    packed: Vec<u8>,
}

impl Packer {
    pub fn new() -> Self {
        Self { context: CCtx::create(), head: Vec::new(), packed: Vec::new() }
    }

    /// Appends the commit to a frame's payload that will stand at `offset` of its segment. `dictionary` are the
    /// plain bytes of `head.previous`.
    pub fn append(&mut self, head: &Head, offset: u64, dictionary: &[u8], plain: &[u8], out: &mut Vec<u8>) {
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(plain.len()));
        self.context
            .compress_using_dict(&mut self.packed, plain, dictionary, LEVEL)
            .expect("the buffer has room for the worst case");
        let h = &mut self.head;
        h.clear();
        h.push(
            head.op as u8
                | if head.names.is_some() { 0x10 } else { 0 }
                | if head.previous.is_some() { 0x20 } else { 0 },
        );
        put_varint(u64::from(head.doc), h);
        if let Some((bucket, key)) = &head.names {
            for name in [bucket, key] {
                put_varint(name.len() as u64, h);
                h.extend(name.as_bytes());
            }
        }
        if let Some(previous) = head.previous {
            put_varint(offset - previous.offset, h);
            put_varint(u64::from(previous.index), h);
        }
        put_varint(head.version, h);
        put_varint(head.revision, h);
        put_varint(head.at_ms.max(0).unsigned_abs(), h);
        put_varint(head.shift, h);
        put_varint(head.version.abs_diff(head.first_entry + head.shift), h);
        h.extend(head.body_crc.to_le_bytes());
        put_varint(head.meta_len as u64, h);
        put_varint(head.body_len as u64, h);
        put_varint((self.head.len() + self.packed.len()) as u64, out);
        out.extend(&self.head);
        out.extend(&self.packed);
    }
}

/// The commits of a frame, in order; `None` where the payload is not what [`Packer`] wrote.
pub fn records(mut payload: &[u8], offset: u64) -> Option<Vec<Record<'_>>> {
    let mut found = Vec::new();
    while !payload.is_empty() {
        let len = usize::try_from(varint(&mut payload)?).ok()?;
        let (bytes, rest) = payload.split_at_checked(len)?;
        payload = rest;
        found.push(record(bytes, offset)?);
    }
    Some(found)
}

fn record(mut bytes: &[u8], offset: u64) -> Option<Record<'_>> {
    let (flags, rest) = bytes.split_first()?;
    bytes = rest;
    let op = match flags & 0x0f {
        1 => Op::Put,
        2 => Op::Delete,
        3 => Op::Answer,
        _ => return None,
    };
    let doc = u32::try_from(varint(&mut bytes)?).ok()?;
    let names = if flags & 0x10 != 0 { Some((text(&mut bytes)?, text(&mut bytes)?)) } else { None };
    let previous = if flags & 0x20 != 0 {
        let back = varint(&mut bytes)?;
        Some(Spot { offset: offset.checked_sub(back)?, index: u32::try_from(varint(&mut bytes)?).ok()? })
    } else {
        None
    };
    let version = varint(&mut bytes)?;
    let revision = varint(&mut bytes)?;
    let at_ms = i64::try_from(varint(&mut bytes)?).ok()?;
    let shift = varint(&mut bytes)?;
    let first_entry = version.checked_sub(varint(&mut bytes)?)?.checked_sub(shift)?;
    let (crc, rest) = bytes.split_first_chunk::<4>()?;
    bytes = rest;
    let body_crc = u32::from_le_bytes(*crc);
    let meta_len = usize::try_from(varint(&mut bytes)?).ok()?;
    let body_len = usize::try_from(varint(&mut bytes)?).ok()?;
    let head = Head {
        op,
        doc,
        names,
        previous,
        version,
        revision,
        at_ms,
        shift,
        first_entry,
        body_crc,
        meta_len,
        body_len,
    };
    Some(Record { head, packed: bytes })
}

/// Unpacks commits.
pub struct Unpacker(DCtx<'static>);

impl Unpacker {
    pub fn new() -> Self {
        Self(DCtx::create())
    }

    /// History line and document: split at `head.meta_len`.
    pub fn unpack(&mut self, record: &Record<'_>, dictionary: &[u8]) -> Result<Bytes> {
        let head = &record.head;
        let broken = |why: String| Error::internal(format!("a record of version {} {why}", head.version));
        let mut plain: Vec<u8> = Vec::with_capacity(head.meta_len + head.body_len);
        self.0
            .decompress_using_dict(&mut plain, record.packed, dictionary)
            .map_err(|code| broken(format!("does not unpack: {}", zstd::zstd_safe::get_error_name(code))))?;
        if plain.len() != head.meta_len + head.body_len
            || crc32fast::hash(&plain[head.meta_len..]) != head.body_crc
        {
            return Err(broken("unpacks to other bytes than were packed".into()));
        }
        Ok(Bytes::from(plain))
    }
}

pub fn meta(head: &Head, plain: &[u8]) -> Result<Meta> {
    let mut meta: Meta = serde_json::from_slice(&plain[..head.meta_len]).map_err(Error::internal)?;
    for entry in &mut meta.entries {
        entry.version += head.shift;
    }
    Ok(meta)
}

/// The answers alone, without reading the entries.
pub fn answers(head: &Head, plain: &[u8]) -> Result<Vec<Answer>> {
    #[derive(Deserialize)]
    struct Answers {
        #[serde(rename = "a", default)]
        answers: Vec<Answer>,
    }
    let found: Answers = serde_json::from_slice(&plain[..head.meta_len]).map_err(Error::internal)?;
    Ok(found.answers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(previous: Option<Spot>, version: u64, meta_len: usize, body: &[u8]) -> Head {
        Head {
            op: Op::Put,
            doc: 3,
            names: previous.is_none().then(|| ("trackers".into(), "tracker.1.main".into())),
            previous,
            version,
            revision: version * 7,
            at_ms: 1_770_212_280_000,
            shift: 2,
            first_entry: version.saturating_sub(2),
            body_crc: crc32fast::hash(body),
            meta_len,
            body_len: body.len(),
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2_000), 1..5),
            version in 4u64..1_000_000,
        ) {
            let mut packer = Packer::new();
            let mut payload = Vec::new();
            let mut before: Option<Vec<u8>> = None;
            let mut heads = Vec::new();
            for (i, body) in bodies.iter().enumerate() {
                let plain = [b"{}", body.as_slice()].concat();
                let previous = (i > 0).then(|| Spot { offset: 40, index: i as u32 - 1 });
                let head = head(previous, version, 2, body);
                packer.append(&head, 4_000, before.as_deref().unwrap_or_default(), &plain, &mut payload);
                heads.push(head);
                before = Some(plain);
            }
            let found = records(&payload, 4_000).unwrap();
            let mut unpacker = Unpacker::new();
            let mut before = Bytes::new();
            for ((record, head), body) in found.iter().zip(&heads).zip(&bodies) {
                prop_assert_eq!(&record.head, head);
                before = unpacker.unpack(record, &before).unwrap();
                prop_assert_eq!(&before[2..], body.as_slice());
            }
        }

        #[test]
        fn foreign_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(found) = records(&bytes, 10) {
                for record in found.iter().filter(|r| r.head.meta_len < 9_999 && r.head.body_len < 9_999) {
                    let _ = Unpacker::new().unpack(record, &[]);
                }
            }
        }
    }
}

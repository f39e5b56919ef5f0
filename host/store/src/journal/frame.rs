//! A frame is what one `fdatasync` makes durable: the commits that arrived together, under one checksum.
//!
//! `magic u32 | payload length u32 | number u64 | crc32 of payload u32 | crc32 of the 20 bytes before u32 | payload`,
//! little endian. The next frame is only ever written after this one is durable. So a broken frame with a whole one
//! behind it is damage to acknowledged data, while a write that was cut short can only be the last thing in the file.

pub const HEADER: usize = 24;
const MAGIC: u32 = u32::from_le_bytes(*b"RGJF");
/// A group is far smaller; a length beyond this is damage.
const MAX_PAYLOAD: u32 = 256 << 20;

pub fn append(number: u64, payload: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend(MAGIC.to_le_bytes());
    out.extend(u32::try_from(payload.len()).expect("groups are bounded far below 4 GiB").to_le_bytes());
    out.extend(number.to_le_bytes());
    out.extend(crc32fast::hash(payload).to_le_bytes());
    let check = crc32fast::hash(&out[start..]);
    out.extend(check.to_le_bytes());
    out.extend(payload);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub number: u64,
    pub len: usize,
    pub crc: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Parsed<'a> {
    Frame {
        header: Header,
        payload: &'a [u8],
    },
    /// Nothing more.
    End,
    /// The bytes end inside the frame.
    Short,
    Bad(&'static str),
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// `None` where the header's own checksum does not hold.
pub fn header(bytes: &[u8; HEADER]) -> Option<Header> {
    let len = le32(bytes, 4);
    if le32(bytes, 0) != MAGIC || le32(bytes, 20) != crc32fast::hash(&bytes[..20]) || len > MAX_PAYLOAD {
        return None;
    }
    let number = u64::from_le_bytes(bytes[8..16].try_into().expect("eight bytes"));
    Some(Header { number, len: len as usize, crc: le32(bytes, 16) })
}

/// Reads the frame at the start of `bytes`.
pub fn parse(bytes: &[u8]) -> Parsed<'_> {
    if bytes.is_empty() {
        return Parsed::End;
    }
    let Some(head) = bytes.first_chunk::<HEADER>() else { return Parsed::Short };
    let Some(header) = header(head) else { return Parsed::Bad("its header does not match its checksum") };
    let Some(payload) = bytes.get(HEADER..HEADER + header.len) else { return Parsed::Short };
    if crc32fast::hash(payload) != header.crc {
        return Parsed::Bad("its content does not match its checksum");
    }
    Parsed::Frame { header, payload }
}

/// What stands at the end of the whole frames of a segment.
#[derive(Debug, PartialEq, Eq)]
pub enum Tail {
    Clean,
    /// A write that a crash cut short: never acknowledged.
    Torn,
    /// Bytes that were whole once: something changed them.
    Damaged(&'static str),
}

/// Judges what begins with a frame that [`parse`] did not accept.
///
/// A write cut short leaves a prefix of the frame, or (after a loss of power) blocks of zeros where pages never
/// reached the disk. Neither compressed data nor headers hold a whole block of zeros. Anything else is damage, as is
/// everything that has a whole frame behind it.
pub fn judge(bytes: &[u8], offset: usize) -> Tail {
    let why = match parse(bytes) {
        Parsed::End => return Tail::Clean,
        Parsed::Frame { .. } => return Tail::Damaged("a whole frame stands out of turn"),
        Parsed::Short => None,
        Parsed::Bad(why) => Some(why),
    };
    let magic = MAGIC.to_le_bytes();
    let followed = memchr::memmem::find_iter(bytes, &magic)
        .any(|at| at > 0 && matches!(parse(&bytes[at..]), Parsed::Frame { .. }));
    if followed {
        return Tail::Damaged(why.unwrap_or("its length does not fit the frames behind it"));
    }
    let Some(why) = why else { return Tail::Torn };
    // Blocks are aligned in the file, not in the frame.
    let skip = (512 - offset % 512) % 512;
    let aligned = bytes.get(skip..).unwrap_or_default();
    let holes = aligned.chunks(512).any(|block| block.iter().all(|b| *b == 0))
        || bytes[..skip.min(bytes.len())].iter().all(|b| *b == 0) && skip > 0;
    if holes { Tail::Torn } else { Tail::Damaged(why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> (Vec<u8>, [usize; 3]) {
        let mut bytes = Vec::new();
        let mut starts = [0; 3];
        for (i, text) in ["first", "second, somewhat longer", "third"].iter().enumerate() {
            starts[i] = bytes.len();
            append(i as u64, text.as_bytes(), &mut bytes);
        }
        (bytes, starts)
    }

    #[test]
    fn a_frame_cut_anywhere_is_a_torn_tail() {
        let (bytes, starts) = three();
        for end in starts[2] + 1..bytes.len() {
            assert_eq!(judge(&bytes[starts[2]..end], starts[2]), Tail::Torn, "cut at {end}");
        }
    }

    #[test]
    fn a_flipped_bit_is_damage_wherever_it_is() {
        let (bytes, starts) = three();
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 4;
            let start = *starts.iter().rev().find(|s| **s <= at).unwrap();
            assert!(!matches!(parse(&bytes[start..]), Parsed::Frame { .. }), "byte {at}");
            assert!(matches!(judge(&bytes[start..], start), Tail::Damaged(_)), "byte {at}");
        }
    }

    #[test]
    fn a_frame_whose_pages_never_reached_the_disk_is_torn() {
        let mut bytes = Vec::new();
        append(0, &[7; 5_000], &mut bytes);
        for hole in [0..bytes.len(), 0..512, 1024..1536, 4608..bytes.len()] {
            let mut bytes = bytes.clone();
            bytes[hole.clone()].fill(0);
            assert_eq!(judge(&bytes, 0), Tail::Torn, "{hole:?}");
        }
    }
}

//! RFC 6455 framing: writing server frames, and a decoder for client frames that keeps nothing but an unfinished message.

use bytes::Bytes;

/// A complete thing a client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Incoming {
    Text(String),
    Binary,
    Ping(Vec<u8>),
    Pong,
    /// The code to answer with: the client's own, or 1000 when it gave none.
    Close(u16),
}

/// Why a link must be closed: the code of RFC 6455, section 7.4.1, and the reason the client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Violation {
    pub code: u16,
    pub reason: &'static str,
}

const fn violation<T>(code: u16, reason: &'static str) -> Result<T, Violation> {
    Err(Violation { code, reason })
}

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

#[derive(Debug, Clone, Copy)]
struct Open {
    opcode: u8,
    fin: bool,
    mask: [u8; 4],
    at: usize,
    left: usize,
}

/// Takes bytes as they come. Its memory grows with bytes received, never with a length that was only announced.
#[derive(Debug)]
pub(crate) struct Decoder {
    limit: usize,
    header: [u8; 14],
    header_len: u8,
    open: Option<Open>,
    /// Opcode of the data message under way.
    kind: Option<u8>,
    message: Vec<u8>,
    control: Vec<u8>,
}

impl Decoder {
    /// `limit`: bytes of one message, all its fragments together.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            header: [0; 14],
            header_len: 0,
            open: None,
            kind: None,
            message: Vec::new(),
            control: Vec::new(),
        }
    }

    /// Nothing unfinished is held: the decoder can be dropped and made again.
    pub(crate) fn is_idle(&self) -> bool {
        self.header_len == 0 && self.open.is_none() && self.kind.is_none()
    }

    /// Bytes held for an unfinished message.
    pub(crate) fn held(&self) -> usize {
        self.message.capacity() + self.control.capacity()
    }

    /// Decodes `input` and appends what it completed. After an error, or after [`Incoming::Close`], no more is decoded.
    pub(crate) fn push(&mut self, mut input: &[u8], out: &mut Vec<Incoming>) -> Result<(), Violation> {
        loop {
            let Some(open) = &mut self.open else {
                if input.is_empty() {
                    return Ok(());
                }
                self.header[usize::from(self.header_len)] = input[0];
                self.header_len += 1;
                input = &input[1..];
                self.try_open()?;
                continue;
            };
            let take = open.left.min(input.len());
            let into = if open.opcode >= CLOSE { &mut self.control } else { &mut self.message };
            let start = into.len();
            into.extend_from_slice(&input[..take]);
            unmask(&mut into[start..], open.mask, open.at);
            open.at += take;
            open.left -= take;
            input = &input[take..];
            if open.left > 0 {
                return Ok(());
            }
            let (opcode, fin) = (open.opcode, open.fin);
            self.open = None;
            if self.finish(opcode, fin, out)? {
                return Ok(());
            }
        }
    }

    /// Opens a frame once its header is complete.
    fn try_open(&mut self) -> Result<(), Violation> {
        let have = usize::from(self.header_len);
        let h = &self.header;
        if have == 1 {
            let (opcode, fin) = (h[0] & 0x0f, h[0] & 0x80 != 0);
            if h[0] & 0x70 != 0 {
                return violation(1002, "no extension was agreed on");
            }
            return match opcode {
                0 if self.kind.is_none() => violation(1002, "a continuation of nothing"),
                TEXT | BINARY if self.kind.is_some() => violation(1002, "a new message inside another"),
                0 | TEXT | BINARY => Ok(()),
                CLOSE | PING | PONG if !fin => violation(1002, "a control frame must not be fragmented"),
                CLOSE | PING | PONG => Ok(()),
                _ => violation(1002, "unknown opcode"),
            };
        }
        if h[1] & 0x80 == 0 {
            return violation(1002, "frames of a client must be masked");
        }
        let short = h[1] & 0x7f;
        let opcode = h[0] & 0x0f;
        if opcode >= CLOSE && short > 125 {
            return violation(1002, "a control frame holds at most 125 bytes");
        }
        let size = match short {
            126 => 8,
            127 => 14,
            _ => 6,
        };
        if have < size {
            return Ok(());
        }
        let length = match short {
            126 => u64::from(u16::from_be_bytes([h[2], h[3]])),
            127 => u64::from_be_bytes([h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9]]),
            n => u64::from(n),
        };
        let room = if opcode >= CLOSE { 125 } else { self.limit.saturating_sub(self.message.len()) };
        let left = match usize::try_from(length) {
            Ok(length) if length <= room => length,
            _ => return violation(1009, "the message is too large"),
        };
        let mask = [h[size - 4], h[size - 3], h[size - 2], h[size - 1]];
        self.open = Some(Open { opcode, fin: h[0] & 0x80 != 0, mask, at: 0, left });
        self.header_len = 0;
        if matches!(opcode, TEXT | BINARY) {
            self.kind = Some(opcode);
        }
        Ok(())
    }

    /// A frame is complete; `true` when it was a close.
    fn finish(&mut self, opcode: u8, fin: bool, out: &mut Vec<Incoming>) -> Result<bool, Violation> {
        match opcode {
            CLOSE => {
                out.push(Incoming::Close(close_code(&std::mem::take(&mut self.control))?));
                return Ok(true);
            }
            PING => out.push(Incoming::Ping(std::mem::take(&mut self.control))),
            PONG => {
                self.control.clear();
                out.push(Incoming::Pong);
            }
            _ if !fin => {}
            _ => {
                let message = std::mem::take(&mut self.message);
                if self.kind.take() == Some(BINARY) {
                    out.push(Incoming::Binary);
                } else {
                    match String::from_utf8(message) {
                        Ok(text) => out.push(Incoming::Text(text)),
                        Err(_) => return violation(1007, "text must be UTF-8"),
                    }
                }
            }
        }
        Ok(false)
    }
}

fn close_code(payload: &[u8]) -> Result<u16, Violation> {
    let [high, low, reason @ ..] = payload else {
        return if payload.is_empty() { Ok(1000) } else { violation(1002, "half a close code") };
    };
    if std::str::from_utf8(reason).is_err() {
        return violation(1007, "text must be UTF-8");
    }
    match u16::from_be_bytes([*high, *low]) {
        code @ (1000..=1003 | 1007..=1014 | 3000..=4999) => Ok(code),
        _ => violation(1002, "not a close code"),
    }
}

/// `at`: how many bytes of the frame came before `bytes`.
fn unmask(bytes: &mut [u8], mut mask: [u8; 4], at: usize) {
    mask.rotate_left(at % 4);
    let word = u32::from_ne_bytes(mask);
    let wide = (u64::from(word) << 32) | u64::from(word);
    let (chunks, rest) = bytes.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

pub(crate) fn text(payload: &[u8]) -> Bytes {
    encode(TEXT, payload)
}

pub(crate) fn pong(payload: &[u8]) -> Bytes {
    encode(PONG, payload)
}

/// `reason`: at most 123 bytes.
pub(crate) fn close(code: u16, reason: &str) -> Bytes {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.as_bytes());
    encode(CLOSE, &payload)
}

fn encode(opcode: u8, payload: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(payload.len() + 10);
    frame.push(0x80 | opcode);
    match payload.len() {
        n @ 0..=125 => frame.push(n as u8),
        n @ 126..=0xffff => {
            frame.push(126);
            frame.extend_from_slice(&(n as u16).to_be_bytes());
        }
        n => {
            frame.push(127);
            frame.extend_from_slice(&(n as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    Bytes::from(frame)
}

#[cfg(test)]
mod tests;

//! One viewer: connects, subscribes, checks the sequence, comes back after a storm.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    sync::watch,
};

use crate::{Plan, measure::Histogram};

pub struct Tally {
    pub start: Instant,
    pub latency: Histogram,
    pub connected: AtomicUsize,
    pub delivered: AtomicU64,
    pub gaps: AtomicU64,
    pub repeats: AtomicU64,
    pub closed: AtomicU64,
    pub stop: AtomicBool,
    /// Counts storms.
    pub storm: watch::Sender<u64>,
}

/// `SEQ=%010d TS=%015d `, microseconds since the client's start.
fn count(tally: &Tally, last: &mut u64, payload: &[u8]) {
    let head = &payload[..payload.len().min(512)];
    let Some(at) = memchr::memmem::find(head, b"SEQ=").filter(|at| payload.len() >= at + 33) else { return };
    let number =
        |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit.wrapping_sub(b'0')));
    let (sequence, sent) = (number(&payload[at + 4..at + 14]), number(&payload[at + 18..at + 33]));
    tally.latency.add((tally.start.elapsed().as_micros() as u64).saturating_sub(sent));
    tally.delivered.fetch_add(1, Relaxed);
    if *last != 0 && sequence > *last + 1 {
        tally.gaps.fetch_add(sequence - *last - 1, Relaxed);
    }
    if sequence <= *last {
        tally.repeats.fetch_add(1, Relaxed);
    }
    *last = sequence.max(*last);
}

/// Until the run stops; every break is counted and followed by a new connection.
pub async fn run(plan: Arc<Plan>, tally: Arc<Tally>, slow: bool) {
    let (mut last, mut first) = (0, true);
    loop {
        let Ok(permit) = plan.connecting.acquire().await else { return };
        let ended = once(&plan, &tally, &mut last, slow, &mut first, permit).await;
        if tally.stop.load(Relaxed) {
            return;
        }
        if ended.is_err_and(|error| error.kind() != io::ErrorKind::Interrupted) {
            tally.closed.fetch_add(1, Relaxed);
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }
}

async fn once(
    plan: &Plan,
    tally: &Tally,
    last: &mut u64,
    slow: bool,
    first: &mut bool,
    permit: tokio::sync::SemaphorePermit<'_>,
) -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    if slow {
        socket.set_recv_buffer_size(4096)?;
    }
    let mut stream = socket.connect(plan.address).await?;
    stream.set_nodelay(true)?;
    let websocket = plan.mode == "ws";
    let upgrade = if websocket {
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    } else {
        "Accept: text/event-stream\r\n"
    };
    let request =
        format!("GET {} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n{upgrade}\r\n", plan.path);
    stream.write_all(request.as_bytes()).await?;
    let mut storms = tally.storm.subscribe();
    let mut buffer = Vec::with_capacity(4096);
    let head = loop {
        if let Some(at) = memchr::memmem::find(&buffer, b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    if buffer.get(9..12) != Some(if websocket { b"101" } else { b"200" }) {
        return Err(io::Error::other("refused"));
    }
    buffer.drain(..head);
    if websocket && !plan.subscribe.is_empty() {
        let length = u8::try_from(plan.subscribe.len()).ok().filter(|n| *n < 126);
        let length = length.ok_or_else(|| io::Error::other("--subscribe holds at most 125 bytes"))?;
        // A mask of zeros leaves the text as it is.
        let frame = [&[0x81, 0x80 | length, 0, 0, 0, 0], plan.subscribe.as_bytes()].concat();
        stream.write_all(&frame).await?;
    }
    drop(permit);
    if std::mem::take(first) {
        tally.connected.fetch_add(1, Relaxed);
    }
    if slow {
        // Never reads again.
        let _ = storms.changed().await;
        return Err(io::ErrorKind::Interrupted.into());
    }
    loop {
        let used = if websocket { frames(tally, last, &buffer)? } else { lines(tally, last, &buffer) };
        buffer.drain(..used);
        tokio::select! {
            read = stream.read_buf(&mut buffer) => if read? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            },
            _ = storms.changed() => return Err(io::ErrorKind::Interrupted.into()),
        }
    }
}

fn lines(tally: &Tally, last: &mut u64, buffer: &[u8]) -> usize {
    let mut used = 0;
    while let Some(end) = memchr::memchr(b'\n', &buffer[used..]) {
        count(tally, last, &buffer[used..used + end]);
        used += end + 1;
    }
    used
}

fn frames(tally: &Tally, last: &mut u64, buffer: &[u8]) -> io::Result<usize> {
    let mut used = 0;
    loop {
        let (head, length) = match &buffer[used..] {
            [_, 126, a, b, ..] => (4, usize::from(u16::from_be_bytes([*a, *b]))),
            [_, 126 | 127, ..] | [] | [_] => return Ok(used),
            [_, short, ..] => (2, usize::from(*short)),
        };
        let Some(payload) = buffer.get(used + head..used + head + length) else { return Ok(used) };
        if buffer[used] & 0x0f == 8 {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        count(tally, last, payload);
        used += head + length;
    }
}

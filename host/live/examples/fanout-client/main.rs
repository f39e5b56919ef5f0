//! Load for the fan-out bench: viewers on loopback, a publisher at a fixed rate, and one line of JSON about latency, loss,
//! and the server's CPU and memory.
//!
//!     ulimit -n 20000
//!     taskset -c 1 fanout-client --label hub --mode ws|sse --address 127.0.0.1:PORT --path /live --publish /pub \
//!         --subscribe '{"subscribe":[{"topic":"bench/1","as":"state"}]}' --viewers 5000 --rate 10 --seconds 20 \
//!         --size 1024 --pid SERVER [--slow 50] [--storm-at 10]
//!
//! `--bearer TOKEN` publishes through a whole server, as an action on a tracker. `--slow`: more viewers, who never read. `--storm-at`: after so many seconds all connections drop and come back.

mod measure;
mod subscriber;

use std::{
    collections::HashMap,
    error::Error,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Semaphore, watch},
    time::{sleep, sleep_until},
};

use measure::{Histogram, cpu_seconds, memory_kib, tree};
use subscriber::Tally;

/// What viewers need to know.
pub struct Plan {
    pub mode: String,
    pub address: SocketAddr,
    pub path: String,
    pub subscribe: String,
    pub connecting: Semaphore,
}

struct Arguments(HashMap<String, String>);

impl Arguments {
    fn text(&self, name: &str, default: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| default.into())
    }

    fn number(&self, name: &str, default: f64) -> Result<f64, String> {
        self.0
            .get(name)
            .map_or(Ok(default), |text| text.parse().map_err(|_| format!("--{name} {text}: not a number")))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let pairs = words.chunks(2).map(|pair| match pair {
        [name, value] => Ok((name.trim_start_matches("--").to_owned(), value.clone())),
        _ => Err("every argument has a value"),
    });
    let arguments = Arguments(pairs.collect::<Result<_, _>>()?);
    let (viewers, slow) =
        (arguments.number("viewers", 1000.0)? as usize, arguments.number("slow", 0.0)? as usize);
    let (rate, seconds) = (arguments.number("rate", 10.0)?, arguments.number("seconds", 20.0)?);
    let (size, storm_at) = (arguments.number("size", 1024.0)? as usize, arguments.number("storm-at", 0.0)?);
    let processes = tree(arguments.number("pid", 0.0)? as u32);
    let cpu = || processes.iter().map(|pid| cpu_seconds(*pid)).sum::<f64>();
    let memory = || processes.iter().map(|pid| memory_kib(*pid)).sum::<u64>();
    let plan = Arc::new(Plan {
        mode: arguments.text("mode", "ws"),
        address: arguments.text("address", "127.0.0.1:8080").parse()?,
        path: arguments.text("path", "/live"),
        subscribe: arguments.text("subscribe", ""),
        connecting: Semaphore::new(200),
    });
    let tally = Arc::new(Tally {
        start: Instant::now(),
        latency: Histogram::new(),
        connected: AtomicUsize::new(0),
        delivered: AtomicU64::new(0),
        gaps: AtomicU64::new(0),
        repeats: AtomicU64::new(0),
        closed: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        storm: watch::Sender::new(0),
    });
    let (memory_before, cpu_before) = (memory(), cpu());
    for i in 0..viewers + slow {
        tokio::spawn(subscriber::run(Arc::clone(&plan), Arc::clone(&tally), i >= viewers));
    }
    while tally.connected.load(Relaxed) < viewers + slow {
        if tally.start.elapsed() > Duration::from_secs(60) {
            return Err(format!("only {} connected", tally.connected.load(Relaxed)).into());
        }
        sleep(Duration::from_millis(10)).await;
    }
    let connect_seconds = tally.start.elapsed().as_secs_f64();
    sleep(Duration::from_millis(1500)).await;
    let (memory_connected, cpu_connected) = (memory(), cpu());

    let publishing = Instant::now();
    let mut publisher = TcpStream::connect(plan.address).await?;
    publisher.set_nodelay(true)?;
    let total = (rate * seconds) as u64;
    let (mut stormed, mut late, mut memory_peak) = (storm_at <= 0.0, 0, memory_connected);
    for i in 1..=total {
        let due = publishing + Duration::from_secs_f64((i - 1) as f64 / rate);
        late += u64::from(due.elapsed() > Duration::from_millis(200));
        sleep_until(due.into()).await;
        if !stormed && publishing.elapsed().as_secs_f64() >= storm_at {
            stormed = true;
            tally.storm.send_modify(|storms| *storms += 1);
        }
        let path = arguments.text("publish", "/pub");
        let bearer = arguments.text("bearer", "");
        publish(&mut publisher, &path, &bearer, i, tally.start.elapsed().as_micros(), size).await?;
        if i % 20 == 0 {
            memory_peak = memory_peak.max(memory());
        }
    }
    let mut before = u64::MAX;
    while before != tally.delivered.load(Relaxed) {
        before = tally.delivered.load(Relaxed);
        sleep(Duration::from_millis(500)).await;
    }
    let cpu_used = cpu() - cpu_connected;
    tally.stop.store(true, Relaxed);
    let delivered = tally.delivered.load(Relaxed);
    let each = |kib: u64| kib.saturating_sub(memory_before) as f64 / (viewers + slow) as f64;
    let us = |q: f64| tally.latency.quantile(q);
    let report = serde_json::json!({
        "label": arguments.text("label", ""), "mode": plan.mode, "viewers": viewers, "slow": slow, "rate": rate,
        "seconds": seconds, "size": size, "connect_s": connect_seconds, "connect_cpu_s": cpu_connected - cpu_before,
        "kib_per_connection": each(memory_connected), "kib_per_connection_peak": each(memory_peak),
        "delivered": delivered, "expected": viewers as u64 * total, "late": late,
        "latency_us": {"p50": us(0.5), "p90": us(0.9), "p99": us(0.99), "max": tally.latency.max.load(Relaxed)},
        "cpu_s": cpu_used, "cpu_us_per_delivery": cpu_used * 1e6 / delivered.max(1) as f64,
        "gaps": tally.gaps.load(Relaxed), "repeats": tally.repeats.load(Relaxed), "closed": tally.closed.load(Relaxed),
    });
    println!("{report}");
    std::process::exit(0);
}

async fn publish(
    stream: &mut TcpStream,
    path: &str,
    bearer: &str,
    i: u64,
    now: u128,
    size: usize,
) -> Result<(), Box<dyn Error>> {
    let mut body = format!("SEQ={i:010} TS={now:015} ");
    body.extend(std::iter::repeat_n('x', size.saturating_sub(body.len())));
    let mut headers = "Content-Type: text/plain".to_owned();
    if !bearer.is_empty() {
        // The whole server: an action on a tracker that shows the text it is given.
        body = serde_json::json!({"action": {"do": "text", "text": body}}).to_string();
        headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {bearer}");
    }
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all((head + &body).as_bytes()).await?;
    let mut answer = Vec::new();
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err("the server closed the publisher's connection".into());
        }
        let Some(end) = memchr::memmem::find(&answer, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
        if !head.starts_with("http/1.1 2") {
            return Err(head.into());
        }
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if answer.len() >= end + 4 + length.unwrap_or(0) {
            return Ok(());
        }
    }
}

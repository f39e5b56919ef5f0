//! A thousand peers in a hundred sessions: how long a state takes to everybody, and how many get through.
//!
//! `cargo run --release -p regie-broker --example load -- serve 127.0.0.1:2883` in one terminal, in another
//! `cargo run --release -p regie-broker --example load -- 127.0.0.1:2883`, or the address of another broker.
#![allow(clippy::unwrap_used, reason = "a measurement that fails may panic")]

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval_at};

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../tests/conformance/peer.rs"]
mod peer;

use peer::{Hello, Packet, Peer, Saying, V3, V5};

const SESSIONS: usize = 100;
const PEERS: usize = 10;
const STATE: usize = 400;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let address: SocketAddr = match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", listen] => {
            let options = regie_broker::Options { listen: (*listen).into(), ..Default::default() };
            let broker = regie_broker::serve(options, std::future::pending()).await.unwrap();
            println!("listening on {}", broker.address());
            return broker.ended().await;
        }
        [address] => address.parse().unwrap(),
        _ => panic!("say `serve host:port`, or the host:port of a broker"),
    };
    for (name, pace, window) in [
        ("paced, 400 writes/s", Some(Duration::from_millis(500)), usize::MAX),
        ("paced, 1,600 writes/s", Some(Duration::from_millis(125)), usize::MAX),
        ("as fast as it goes", None, 4),
    ] {
        run(address, name, pace, window).await;
    }
}

/// All peers listen to both topics of their session, one of each writes to both.
async fn run(address: SocketAddr, name: &str, pace: Option<Duration>, window: usize) {
    let start = Instant::now();
    let mut peers = Vec::new();
    for number in 0..SESSIONS * PEERS {
        let version = if number % 2 == 0 { V3 } else { V5 };
        let mut peer = Peer::new(address, Hello::new(version, format!("load-{number}"))).await;
        for topic in topics(number / PEERS) {
            peer.subscribe(&topic, 1).await;
        }
        peers.push(peer);
    }
    let connected = start.elapsed();
    let until = Instant::now() + Duration::from_secs(6);
    let tasks: Vec<_> = peers
        .into_iter()
        .enumerate()
        .map(|(number, peer)| {
            let writes = number % PEERS == 0;
            let first = pace.unwrap_or_default().mul_f64(number as f64 / (SESSIONS * PEERS) as f64);
            tokio::spawn(one(
                peer,
                topics(number / PEERS),
                start,
                until,
                first,
                writes.then_some((pace, window)),
            ))
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize] as f64 / 1_000.0;
    println!(
        "{name}: {} deliveries/s, p50 {:.2} ms, p99 {:.2} ms, max {:.1} ms ({} peers connected in {connected:.1?})",
        latencies.len() / 6,
        at(0.5),
        at(0.99),
        at(1.0),
        SESSIONS * PEERS,
    );
}

fn topics(session: usize) -> [String; 2] {
    [format!("session_state/s{session}"), format!("s{session}/session_state")]
}

/// Reads until the end, and writes where it is a writer. The microseconds that each message took.
async fn one(
    mut peer: Peer,
    topics: [String; 2],
    start: Instant,
    until: Instant,
    // Not all at once.
    first: Duration,
    writes: Option<(Option<Duration>, usize)>,
) -> Vec<u32> {
    let mut took = Vec::new();
    let pace = writes.and_then(|(pace, _)| pace).unwrap_or(Duration::from_millis(500));
    let mut beat = interval_at(tokio::time::Instant::now() + first, pace);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut open, mut id) = (0_usize, 0_u16);
    while Instant::now() < until {
        if let Some((pace, window)) = writes
            && pace.is_none()
        {
            while open < window {
                write(&mut peer, &topics[usize::from(id % 2)], start, &mut id).await;
                open += 1;
            }
        }
        tokio::select! {
            packet = peer.next() => match packet.expect("nobody is thrown out") {
                Packet::Message(message) => {
                    peer.acknowledge(&message).await;
                    let sent: u64 = message.text()[..20].trim_start().parse().unwrap();
                    if !message.retain {
                        took.push((start.elapsed().as_micros() as u64).saturating_sub(sent) as u32);
                    }
                }
                Packet::Ack { kind: 4, .. } => open = open.saturating_sub(1),
                other => panic!("{other:?}"),
            },
            _ = beat.tick() => {
                if writes.is_some_and(|(pace, _)| pace.is_some()) {
                    for topic in &topics {
                        write(&mut peer, topic, start, &mut id).await;
                    }
                }
            }
        }
    }
    peer.disconnect().await;
    took
}

async fn write(peer: &mut Peer, topic: &str, start: Instant, id: &mut u16) {
    *id = id.wrapping_add(1).max(1);
    let payload = format!("{:>20}{}", start.elapsed().as_micros(), "x".repeat(STATE - 20));
    peer.say(topic, payload, &Saying { qos: 1, retain: true, id: *id, ..Saying::default() }).await;
}

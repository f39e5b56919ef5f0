//! A thousand plain peers in a hundred sessions, with all their heartbeats and signs of life, who join and leave four at a time from the
//! same state. How long it takes until everybody else in the session sees it and goes on seeing it, who is lost for good and who stays as a
//! ghost, and what the server needs for it. In the same run the same load on the same broker alone: what the protocol does by itself.
//! Server and broker on core 0, load on core 1.
//!
//! `REGIE_BENCH_BROKER=mosquitto` in place of the embedded one; `REGIE_BENCH_RATE=10`: so many times four peers act, a second.

mod broker;
mod load;
mod session;
mod told;

use std::time::Duration;

use regie_tests::{
    Regie,
    usage::{cpu_seconds, megabytes, stay_on},
};

use broker::Alone;
use told::Told;

pub const SESSIONS: usize = 100;
pub const PEERS: usize = 10;
/// Who act together.
pub const CROWD: usize = 4;
const LASTS: Duration = Duration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::var_os(broker::FLOOR).is_some() {
        return broker::embedded().await;
    }
    let mosquitto = std::env::var("REGIE_BENCH_BROKER").is_ok_and(|which| which == "mosquitto");
    let rate = std::env::var("REGIE_BENCH_RATE").ok().and_then(|text| text.parse().ok()).unwrap_or(10.0);
    println!(
        "{} peers in {SESSIONS} sessions on {}; {rate} times a second {CROWD} of a session join or leave at once",
        SESSIONS * PEERS,
        if mosquitto { "mosquitto" } else { "the embedded broker" },
    );
    let run = load::Run { rate, lasts: LASTS };
    arbitrated(mosquitto, &run).await;
    stay_on(0);
    let alone = Alone::start(mosquitto);
    stay_on(1);
    let field = load::Field::gather(&alone.address, "f").await;
    measured("broker alone", &[("broker", alone.pid())], field, &run).await;
}

async fn arbitrated(mosquitto: bool, run: &load::Run) {
    stay_on(0);
    let beside = mosquitto.then(|| Alone::start(true));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut environment = vec![("REGIE_LOG", "warn".to_owned())];
    environment
        .extend(beside.iter().map(|broker| ("REGIE_LOBBY_BROKER", format!("mqtt://{}", broker.address))));
    let environment: Vec<_> = environment.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let mut regie = Regie::on(folder.path().join("instance"), &environment);
    regie.start().await;
    stay_on(1);
    regie.until("/api/lobby", |status| status["arbiter"]["active"] == true).await;
    let idle = megabytes(regie.pid(), "VmRSS");
    let address = match &beside {
        Some(broker) => broker.address.clone(),
        None => regie.lobby().trim_start_matches("mqtt://").to_owned(),
    };
    let field = load::Field::gather(&address, "a").await;
    let mut pids = vec![("regie", regie.pid())];
    pids.extend(beside.iter().map(|broker| ("broker", broker.pid())));
    measured("with the arbiter", &pids, field, run).await;
    println!("regie memory: {idle:.0} MB idle, {:.0} MB after", megabytes(regie.pid(), "VmRSS"));
    println!("regie says: {}", regie.get("/api/lobby").await.json()["stats"]);
    regie.terminate().await;
}

async fn measured(name: &str, pids: &[(&str, u32)], field: load::Field, run: &load::Run) -> Told {
    let used = || pids.iter().map(|(_, pid)| cpu_seconds(*pid)).collect::<Vec<_>>();
    let (before, load) = (used(), cpu_seconds(std::process::id()));
    let told = field.run(run).await;
    let lasted = told.lasted.as_secs_f64();
    let cpu: Vec<String> = pids
        .iter()
        .zip(used().iter().zip(before))
        .map(|((who, _), (after, before))| format!("{who} {:.2}", (after - before) / lasted))
        .collect();
    println!(
        "{name}: seen by the others, for good: p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; {} of {} never",
        told.latency_ms(0.5),
        told.latency_ms(0.99),
        told.latency_ms(1.0),
        told.unseen,
        told.latencies.len() + told.unseen,
    );
    println!(
        "{name}: {} joins, {} leaves; at the end {} of {} members lost, {} ghosts, {} sessions torn",
        told.joins, told.leaves, told.lost, told.members, told.ghosts, told.torn
    );
    println!(
        "{name}: CPU seconds a second: {}, load {:.2}; {:.0} messages/s in, {:.0} messages/s out, {} broken connections",
        cpu.join(", "),
        (cpu_seconds(std::process::id()) - load) / lasted,
        told.sent as f64 / lasted,
        told.received as f64 / lasted,
        told.broken,
    );
    told
}

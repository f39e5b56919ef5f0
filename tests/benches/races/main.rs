//! A hundred races at once: eight games each that tell their clock every second, and ten spectators. How long it takes from a game's
//! frame to a spectator's `player_update`, and what the server needs for it; in the same run the same load on a floor that only forwards
//! bytes of that size within a room. Servers on core 0, load on core 1.

mod floor;
mod load;
mod rooms;
mod told;

use std::{process, time::Duration};

use regie_tests::{
    Regie,
    usage::{cpu_seconds, megabytes, stay_on},
};

use load::Run;
use told::Told;

pub const ROOMS: usize = 100;
pub const GAMES: usize = 8;
const SPECTATORS: usize = 10;
const LASTS: Duration = Duration::from_secs(30);
/// In place of the arguments that a bench gets from its runner.
const FLOOR: &str = "REGIE_BENCH_FLOOR";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::var_os(FLOOR).is_some() {
        return floor::serve().await;
    }
    stay_on(0);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut regie = Regie::on(folder.path().join("instance"), &[("REGIE_LOG", "warn")]);
    regie_tests::copy(&regie_tests::package("race-dag"), &regie.instance.join("plugins/race-dag"));
    regie.start().await;
    let floor = floor::Process::start(FLOOR);
    stay_on(1);
    let idle = megabytes(regie.pid(), "VmRSS");
    let rooms = rooms::open(&regie).await;
    let rooms = rooms::join(&regie, rooms).await;
    let run = Run { url: regie.url.clone(), spectators: SPECTATORS, lasts: LASTS, padding: 0 };
    let ours = measured("regie", regie.pid(), run.gather(rooms).await).await;
    let after = megabytes(regie.pid(), "VmRSS");
    println!("regie memory: {idle:.0} MB idle, {after:.0} MB with {} sockets", ROOMS * (GAMES + SPECTATORS));
    let run = Run { url: floor.url.clone(), padding: ours.update_bytes(), ..run };
    let least = measured("floor", floor.pid(), run.gather(load::unknown(&floor.url).await).await).await;
    let ratio = |q| ours.latency_ms(q) / least.latency_ms(q);
    println!("regie to floor: p50 {:.1}, p99 {:.1}", ratio(0.5), ratio(0.99));
    regie.terminate().await;
}

async fn measured(name: &str, pid: u32, crowd: load::Crowd) -> Told {
    let used = || [cpu_seconds(pid), cpu_seconds(process::id())];
    let before = used();
    let told = crowd.run().await;
    let [server, load] = [0, 1].map(|n| (used()[n] - before[n]) / LASTS.as_secs_f64());
    let expected = told.clocks * SPECTATORS;
    println!(
        "{name}: player_update p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms ({:.1} % of {expected}); event acknowledged p50 {:.1} ms, p99 {:.1} ms ({})",
        told.latency_ms(0.5),
        told.latency_ms(0.99),
        told.latency_ms(1.0),
        100.0 * told.latencies.len() as f64 / expected as f64,
        told.ack_ms(0.5),
        told.ack_ms(0.99),
        told.acks.len(),
    );
    println!(
        "{name}: {server:.2} CPU seconds a second (load generator {load:.2}), {:.0} frames/s in, {:.0} frames/s and {:.1} MB/s out, {} errors",
        (told.clocks + told.acks.len()) as f64 / LASTS.as_secs_f64(),
        told.frames as f64 / LASTS.as_secs_f64(),
        told.bytes as f64 / LASTS.as_secs_f64() / 1e6,
        told.errors,
    );
    told
}

//! A player's pack of a large seed: time to its first byte, its rate, and the server's memory while it is sent; against reading the
//! same files and dropping what was read.

use std::{
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

use futures::{StreamExt, future::join_all};
use regie_tests::{Regie, usage::megabytes};
use serde_json::json;

const MB: usize = 1 << 20;

/// Of the seed, in megabytes: one large file and many small ones.
const LARGE: usize = 400;
const SMALL: usize = 100;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut regie = Regie::on(folder.path().join("instance"), &[("REGIE_LOG", "warn")]);
    let seeds = regie.instance.join("seeds");
    regie_tests::copy(&regie_tests::package("race-dag"), &regie.instance.join("plugins/race-dag"));
    fs::create_dir_all(seeds.join("large/files")).expect("a folder");
    fs::write(seeds.join("pools.toml"), "[large]\n").expect("a file");
    fill(&seeds.join("large/files"));
    regie.start().await;
    regie.post("/api/admin/pools/large/generate", json!({"count": 1})).await;
    regie.until("/api/admin/seeds", |seeds| seeds["pools"][0]["available"] == 1).await;
    let urls = packs(&regie, 8).await;
    floor(&seeds.join("large/files"));
    let before = megabytes(regie.pid(), "VmRSS");
    let (first, whole) = download(&regie, &urls[0]).await;
    said("one pack", first, whole, 1);
    let began = Instant::now();
    let all = join_all(urls.iter().map(|url| download(&regie, url))).await;
    let first = all.iter().map(|(first, _)| *first).max().unwrap_or_default();
    said("eight packs at once", first, began.elapsed(), 8);
    let (after, most) = (megabytes(regie.pid(), "VmRSS"), megabytes(regie.pid(), "VmHWM"));
    println!("memory: {before:.0} MB before, {after:.0} MB after, {most:.0} MB at most");
    regie.terminate().await;
}

/// Bytes that no compression makes smaller.
fn fill(files: &Path) {
    let mut state = 1_u64;
    let mut bytes = |megabytes: usize| -> Vec<u8> {
        let words = megabytes * MB / 8;
        let mut made = Vec::with_capacity(megabytes * MB);
        for _ in 0..words {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            made.extend_from_slice(&(state ^ (state >> 29)).to_le_bytes());
        }
        made
    };
    fs::write(files.join("my_race.toml"), "[server]\n").expect("a file");
    fs::write(files.join("game.bin"), bytes(LARGE)).expect("room for the seed");
    for n in 0..SMALL {
        fs::write(files.join(format!("part{n}.bin")), bytes(1)).expect("room for the seed");
    }
}

/// Addresses of the packs of so many players.
async fn packs(regie: &Regie, players: usize) -> Vec<String> {
    let race = regie.post("/api/races", json!({"name": "Large", "pool": "large"})).await.json();
    let id = race["id"].as_str().expect("a race").to_owned();
    for n in 0..players {
        regie.user(&format!("player{n}"), "viewer").await;
        regie.post(&format!("/api/races/{id}/participants"), json!({"name": format!("player{n}")})).await;
    }
    let released = regie.post(&format!("/api/races/{id}/generate-zips"), json!({})).await.json();
    let packs = released["packs"].as_array().expect("packs");
    packs.iter().map(|pack| pack["url"].as_str().expect("an address").to_owned()).collect()
}

/// Until the first byte, and until the last.
async fn download(regie: &Regie, url: &str) -> (Duration, Duration) {
    let began = Instant::now();
    // The client of the tests gives up after 30 seconds.
    let request = regie.http.get(url).timeout(Duration::from_secs(600));
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    let (mut first, mut bytes, mut body) = (None, 0, answer.bytes_stream());
    while let Some(piece) = body.next().await {
        bytes += piece.expect("the pack comes whole").len();
        first.get_or_insert_with(|| began.elapsed());
    }
    assert!(bytes > (LARGE + SMALL) * MB, "{bytes} bytes");
    (first.unwrap_or_default(), began.elapsed())
}

fn floor(files: &Path) {
    let began = Instant::now();
    for entry in fs::read_dir(files).expect("the folder").flatten() {
        io::copy(&mut fs::File::open(entry.path()).expect("a file"), &mut io::sink())
            .expect("it can be read");
    }
    said("floor: the same files, read and dropped", Duration::ZERO, began.elapsed(), 1);
}

fn said(what: &str, first: Duration, whole: Duration, packs: usize) {
    let rate = (packs * (LARGE + SMALL)) as f64 / whole.as_secs_f64();
    println!("{what}: first byte {:.1} ms, {rate:.0} MB/s", first.as_secs_f64() * 1_000.0);
}

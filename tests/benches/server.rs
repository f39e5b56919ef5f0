//! The whole server under load: cold start, idle memory, durable updates a second. Prints one line a measurement; `make bench` runs
//! it against the release binary (`REGIE_BINARY`).

use std::time::{Duration, Instant};

use regie_tests::{
    Link, Regie, TOKEN,
    usage::{cpu_seconds, megabytes},
};
use serde_json::json;

/// Actions of one link that are under way at a time.
const WINDOW: u64 = 24;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let instance = folder.path().join("instance");
    for id in ["tracker-ssr", "tracker-probe"] {
        regie_tests::copy(&regie_tests::package(id), &instance.join("plugins").join(id));
    }
    let mut regie = Regie::on(instance, &[("REGIE_LOG", "warn")]);
    start(&mut regie).await;
    println!("idle memory: {:.1} MB", megabytes(regie.pid(), "VmRSS"));
    for sessions in [1, 100] {
        updates(&regie, sessions).await;
    }
    regie.terminate().await;
}

/// Twice: the first start compiles, the second finds the code in its cache.
async fn start(regie: &mut Regie) {
    for (name, rounds) in [("cold code cache", 1), ("warm code cache", 5)] {
        let mut times = Vec::new();
        for _ in 0..rounds {
            let began = Instant::now();
            regie.start().await;
            times.push(began.elapsed());
            if rounds > 1 || name.starts_with("cold") {
                regie.terminate().await;
            }
        }
        times.sort();
        println!("start to serving, {name}: {:.0} ms", millis(times[times.len() / 2]));
    }
    regie.start().await;
    // What start-up needed and gives back.
    tokio::time::sleep(Duration::from_secs(2)).await;
}

/// Clicks on `sessions` trackers of seventy items, as fast as they are acknowledged, each durable before its answer.
async fn updates(regie: &Regie, sessions: u64) {
    let mut links = Vec::new();
    let count = sessions.clamp(8, 100);
    for n in 0..sessions {
        regie.restream(&format!("s{sessions}-{n}"), "tracker-ssr", &["Alice", "Bob"]).await;
    }
    let all = regie.get("/api/restreams?limit=200").await.json();
    let ids: Vec<u64> = all["items"]
        .as_array()
        .expect("a list")
        .iter()
        .take(sessions as usize)
        .map(|r| r["id"].as_u64().expect("an id"))
        .collect();
    for link in 0..count {
        let id = ids[(link % sessions) as usize];
        links.push((id, Link::open(&regie.url, Some(TOKEN)).await));
    }
    let cpu = cpu_seconds(regie.pid());
    let began = Instant::now();
    // A document remembers 1,024 action keys: enough for a second or so on one session.
    let share = if sessions == 1 { 1_000 / count } else { 400 };
    let work = links.into_iter().enumerate().map(|(n, (id, mut link))| async move {
        let topic = format!("tracker/{id}/main");
        let (mut sent, mut done) = (0, 0);
        let mut waits = Vec::new();
        let mut open = std::collections::HashMap::new();
        while done < share {
            while sent < share && sent - done < WINDOW {
                // Up and down: every action changes the document.
                let count = 1 + (sent + n as u64) % 17;
                let key = format!("{n}-{sent}");
                open.insert(key.clone(), Instant::now());
                link.send(json!({"do": {"topic": topic, "key": key, "action": {"item": "tadtones", "slot": 1 + n % 2, "count": count}}})).await;
                sent += 1;
            }
            let frame = link.until(|f| f["done"].is_string()).await;
            assert!(frame["error"].is_null(), "{frame}");
            waits.push(open.remove(frame["done"].as_str().expect("a key")).expect("its own key").elapsed());
            done += 1;
        }
        waits
    });
    let mut waits: Vec<Duration> = futures::future::join_all(work).await.into_iter().flatten().collect();
    let took = began.elapsed().as_secs_f64();
    let used = cpu_seconds(regie.pid()) - cpu;
    waits.sort();
    let at = |q: f64| millis(waits[((waits.len() - 1) as f64 * q) as usize]);
    println!(
        "durable updates, {sessions} session(s), {count} links: {:.0}/s, answer p50 {:.1} ms, p99 {:.1} ms, {:.0} µs of CPU each",
        waits.len() as f64 / took,
        at(0.5),
        at(0.99),
        used * 1e6 / waits.len() as f64
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

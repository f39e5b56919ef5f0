//! Two servers on one broker by mistake.

use regie_tests::Regie;
use serde_json::{Value, json};

use crate::{
    field::{arbitrates, server},
    mosquitto::Mosquitto,
    peers::{Peers, set},
};

#[tokio::test]
async fn of_two_servers_on_one_broker_one_stands_by_until_the_other_is_gone_and_they_never_argue() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start().await;
    let mut first = server(&folder, "first", Some(&broker), broker.port);
    first.start().await;
    arbitrates(&first).await;
    let mut second = server(&folder, "second", Some(&broker), broker.port);
    second.start().await;
    stands_by_for(&second, &first).await;

    let mut peers = Peers::start(broker.port);
    peers.watch("w", &["session_state/#", "+/session_state"]).await;
    let host = host(&first).await;
    gather(&mut peers, "a").await;
    assert_eq!(writers(&peers, 0), set([&host]));
    let person = second.user("ada", "viewer").await;
    let refused =
        second.call_as(Some(&person), reqwest::Method::POST, "/api/lobby/sessions/a/join", None).await;
    assert!(!refused.status.is_success(), "who stands by changes nothing: {}", refused.text);

    first.kill();
    let gone = std::time::Instant::now();
    arbitrates(&second).await;
    let took = gone.elapsed();
    assert!(took.as_secs_f64() < 10.0, "{took:?}");
    println!("the second took over after {took:?}");
    let from = peers.reports.len();
    let other = self::host(&second).await;
    assert_ne!(host, other);
    gather(&mut peers, "b").await;
    first.start_again().await;
    stands_by_for(&first, &second).await;
    gather(&mut peers, "c").await;
    // Nobody writes but who heartbeats: two who argue would write without end.
    let quiet = peers.reports.len();
    peers.pass(10.0).await;
    assert_eq!(writers(&peers, from), set([&other]));
    let corrections = peers.reports[quiet..].iter().filter(|r| writer(r).is_some()).count();
    println!("in ten quiet seconds of three sessions the arbiter wrote {corrections} times");
    assert!(corrections <= 30, "{corrections}");
    // What the first had gathered is still together.
    let session = second.get("/api/lobby/sessions/a").await.json();
    assert_eq!(session["connected_instances"].as_array().unwrap().len(), 6, "{session}");
}

/// Five join at one instant.
async fn gather(peers: &mut Peers, session: &str) {
    let names: Vec<_> = (0..6).map(|n| format!("{session}{n}")).collect();
    peers.make(&names, json!({})).await;
    peers.create(&names[0], session, 0).await;
    for name in &names[1..] {
        peers.tell(json!({"do": "look", "peer": name, "session": session})).await;
        peers.until("it has looked", 10, |peers| (!peers.view(name).state.is_empty()).then_some(())).await;
    }
    for name in &names[1..] {
        peers.join(name, session).await;
    }
    for name in &names {
        let all = |peers: &Peers| (peers.view(name).members == set(&names)).then_some(());
        peers.until(&format!("{name} sees all"), 5, all).await;
    }
}

async fn stands_by_for(who: &Regie, other: &Regie) {
    let host = host(other).await;
    let standby = |status: &Value| {
        status["broker"]["state"] == "standby"
            && status["arbiter"]["active"] == false
            && status["arbiter"]["other"] == host.as_str()
    };
    who.until("/api/lobby", standby).await;
}

async fn host(regie: &Regie) -> String {
    regie.get("/api/lobby").await.json()["arbiter"]["host"].as_str().unwrap().to_owned()
}

/// The hosts whose marks the states bear that were heard since.
fn writers(peers: &Peers, from: usize) -> std::collections::BTreeSet<String> {
    set(peers.reports[from..].iter().filter(|report| report["retain"] != true).filter_map(writer))
}

fn writer(report: &Value) -> Option<String> {
    let doc: Value = serde_json::from_str(report["payload"].as_str()?).ok()?;
    doc["_arb"]["host"].as_str().map(str::to_owned)
}

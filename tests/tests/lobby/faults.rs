//! What peers do wrong: what others see of it, and what the log says.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    field::{Field, On},
    on_both,
    peers::{Peers, set},
};

on_both!(
    what_is_no_state_is_told_and_replaced_by_the_truth,
    a_payload_of_a_mebibyte_is_counted_and_replaced_and_the_link_stays,
    a_document_of_a_later_protocol_is_not_taken_for_a_session,
    a_state_for_another_session_than_its_topics_is_taken_for_neither,
    peers_with_wrong_clocks_close_nothing,
    session_ids_that_no_topic_can_hold_are_refused_everywhere,
    five_hundred_sessions_come_and_go_and_nothing_is_left_of_them,
    a_will_of_an_earlier_life_ends_nothing,
);

async fn what_is_no_state_is_told_and_replaced_by_the_truth(broker: On) {
    let mut field = two_in(broker).await;
    let peers = &mut field.peers;
    let bad = [
        "\u{0}\u{7}garbage",
        "{\"session_id\": \"s\", \"state\"",
        "[]",
        "{}",
        "null",
        r#"{"session_id":"s","creator_client_id":"one","state":"asleep","connected_instances":["one"],"version":9}"#,
        r#"{"session_id":"s","creator_client_id":"one","state":"open","connected_instances":["one"],"version":"9"}"#,
        r#"{"session_id":"s","creator_client_id":"one","state":"open","connected_instances":{"one":1},"version":9}"#,
    ];
    for (n, text) in bad.iter().enumerate() {
        for topic in ["session_state/s", "s/session_state", &format!("session_state/unknown-{n}")] {
            peers.publish(topic, text, true).await;
        }
    }
    let bytes = json!({"do": "publish", "topic": "s/session_state", "base64": "//79AAE=", "retain": true});
    peers.publish_it(bytes).await;
    truth_stands(&mut field, &["one", "two"]).await;
    field.until_stat("malformed", bad.len() as u64).await;
    assert_eq!(ids(&field).await, set(["s"]));
    let log = field.regie.log();
    assert!(log.contains("no JSON that fits") && log.contains("session_state/s"), "{log}");
    assert!(!log.contains("asleep\"") && !log.contains("garbage"), "payloads are not logged: {log}");
    everything_works(&mut field).await;
}

async fn a_payload_of_a_mebibyte_is_counted_and_replaced_and_the_link_stays(broker: On) {
    let mut field = two_in(broker).await;
    for topic in ["session_state/s", "s/session_state", "session_state/huge", "s/session_seed_sync"] {
        let huge = json!({"do": "publish", "topic": topic, "fill": 1 << 20, "retain": true});
        field.peers.publish_it(huge).await;
    }
    truth_stands(&mut field, &["one", "two"]).await;
    field.until_stat("oversized", 3).await;
    assert_eq!(field.stat("reconnects").await, 0);
    let log = field.regie.log();
    assert!(log.contains("session_state/huge") && !log.contains("xxxxxxxx"), "{log}");
    everything_works(&mut field).await;
}

async fn a_document_of_a_later_protocol_is_not_taken_for_a_session(broker: On) {
    let mut field = two_in(broker).await;
    let mut doc = document("later", &["three"], 1);
    doc["_protocol"] = json!(2);
    field.peers.publish("session_state/later", &doc.to_string(), true).await;
    field.peers.watch("w", &["session_state/later", "later/session_state"]).await;
    everything_works(&mut field).await;
    field.peers.pass(1.0).await;
    assert_eq!(ids(&field).await, set(["s"]));
    // It stands there as it was written, and nowhere else.
    let heard: Vec<_> = field.peers.heard("w").map(|(topic, text, _)| (topic, text)).collect();
    assert_eq!(heard, [("session_state/later", doc.to_string().as_str())]);
    assert!(field.regie.log().contains("later"), "{}", field.regie.log());
}

async fn a_state_for_another_session_than_its_topics_is_taken_for_neither(broker: On) {
    let mut field = two_in(broker).await;
    let wrong = document("else", &["one", "two", "three"], 40).to_string();
    field.peers.publish("session_state/s", &wrong, true).await;
    field.peers.publish("session_state/new", &wrong, true).await;
    truth_stands(&mut field, &["one", "two"]).await;
    assert_eq!(ids(&field).await, set(["s"]));
    field.until_stat("malformed", 2).await;
    everything_works(&mut field).await;
}

async fn peers_with_wrong_clocks_close_nothing(broker: On) {
    let mut field = Field::on(broker).await;
    let peers = &mut field.peers;
    // For a peer whose clock is ahead every creator is dead; for the right ones a creator is whose clock is behind. They
    // stay when they read `closed`, as one does that shows what it read last.
    let sessions =
        [("ahead", 0.0, 7200.0), ("behind", 0.0, -7200.0), ("old", -7200.0, 0.0), ("young", 7200.0, 0.0)];
    for (session, creators, members) in sessions {
        let (one, two, three) = (format!("{session}-1"), format!("{session}-2"), format!("{session}-3"));
        peers.make(&[&one], json!({"offset_s": creators, "form": "prefix"})).await;
        peers.make(&[&two, &three], json!({"offset_s": members, "stubborn": true, "form": "suffix"})).await;
        peers.create(&one, session, 4).await;
        for peer in [&two, &three] {
            peers.join(peer, session).await;
            peers.until("it is in", 5, |peers| peers.view(peer).marked.then_some(())).await;
        }
    }
    let all = |session| set([format!("{session}-1"), format!("{session}-2"), format!("{session}-3")]);
    for _ in 0..12 {
        field.peers.pass(1.0).await;
        for (session, ..) in sessions {
            let view = field.session(session).await.unwrap_or_else(|| panic!("{session} is over"));
            assert_eq!((&view["state"], members(&view)), (&json!("open"), all(session)), "{session}");
        }
    }
    let tried = field.peers.reports.iter().filter(|report| report["did"] == "expire").count();
    assert!(tried >= 8, "they tried {tried} times");
    assert!(field.peers.reports.iter().all(|report| report["did"] != "broken"));
    // Creators, on the other form of topic, never saw it closed: else they had left.
    for (session, ..) in sessions {
        assert!(field.peers.did(&format!("{session}-1"), "closed").is_none(), "{session}");
        let view = |peers: &Peers| (peers.view(&format!("{session}-3")).state == "open").then_some(());
        field.peers.until("others see it open again", 5, view).await;
    }
    let log = field.regie.log();
    assert!(log.contains("not its creator's word"), "{log}");
}

async fn session_ids_that_no_topic_can_hold_are_refused_everywhere(broker: On) {
    let mut field = two_in(broker).await;
    let nested = document("a/b", &["three"], 1).to_string();
    for topic in ["session_state/a/b", "a/b/session_state", "session_state/ab"] {
        field.peers.publish(topic, &nested, true).await;
    }
    for id in ["session_x", "$x"] {
        let doc = document(id, &["three"], 1).to_string();
        field.peers.publish(&format!("session_state/{id}"), &doc, true).await;
    }
    for topic in ["session_state/a+b", "session_state/a#b", "session_state/+", "#"] {
        assert!(closes_on(field.port, topic).await, "{topic}");
    }
    for id in ["a%2Fb", "a%2Bb", "a%23b", "%2B", "%23"] {
        for verb in ["join", "leave", "close"] {
            let answer = field.regie.post(&format!("/api/lobby/sessions/{id}/{verb}"), json!({})).await;
            assert!([400, 404].contains(&answer.status.as_u16()), "{verb} {id}: {}", answer.text);
        }
        let answer = field.regie.call(Method::GET, &format!("/api/lobby/sessions/{id}"), None).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{id}: {}", answer.text);
    }
    everything_works(&mut field).await;
    assert_eq!(ids(&field).await, set(["s"]));
    assert!(field.regie.log().contains("session_state/a/b"), "{}", field.regie.log());
}

async fn five_hundred_sessions_come_and_go_and_nothing_is_left_of_them(broker: On) {
    let mut field = two_in(broker).await;
    let peers = &mut field.peers;
    let names: Vec<_> = (0..500).map(|n| format!("brief-{n}")).collect();
    peers.make(&names, json!({})).await;
    for (n, name) in names.iter().enumerate() {
        let at = n as f64 * 0.02;
        peers
            .tell(json!({"do": "create", "peer": name, "session": name, "model": "Tide pools", "low": 1,
            "high": 4, "in_s": at}))
            .await;
        peers.tell(json!({"do": "leave", "peer": name, "in_s": at + 2.0})).await;
    }
    peers
        .until("the last left", 60, |peers| {
            names.iter().all(|n| peers.did(n, "left").is_some()).then_some(())
        })
        .await;
    field.until_session("brief-499", |session| session.is_none()).await;
    assert_eq!(ids(&field).await, set(["s"]));
    // Their topics are emptied after a heartbeat.
    field.peers.pass(8.0).await;
    let filters = [
        "session_state/#",
        "session_discovery/#",
        "+/session_state",
        "+/session_seed_sync",
        "+/session_instance_ready/+",
    ];
    field.peers.watch("after", &filters).await;
    field.peers.pass(1.0).await;
    let left: BTreeSet<_> = field
        .peers
        .heard("after")
        .filter(|(topic, ..)| topic.contains("brief"))
        .map(|heard| heard.0)
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(field.stat("sessions").await, 1);
    everything_works(&mut field).await;
}

async fn a_will_of_an_earlier_life_ends_nothing(broker: On) {
    let mut field = two_in(broker).await;
    let mut doc = document("s", &["one", "two", "kin"], 3);
    doc["_by"] = json!({"clientId": "kin", "incarnation": 7});
    field.peers.publish("session_state/s", &doc.to_string(), true).await;
    field.until_session("s", |s| s.is_some_and(|s| members(s) == set(["one", "two", "kin"]))).await;
    let will = |incarnation: u64| json!({"clientId": "kin", "incarnation": incarnation}).to_string();
    field.peers.publish("s/session_will/kin", &will(6), false).await;
    field.peers.pass(2.0).await;
    assert_eq!(members(&field.session("s").await.unwrap()), set(["one", "two", "kin"]));
    field.peers.publish("s/session_will/kin", &will(7), false).await;
    field.until_session("s", |s| s.is_some_and(|s| members(s) == set(["one", "two"]))).await;
    truth_stands(&mut field, &["one", "two"]).await;
}

/// The session `s` of `one`, with `two` in it.
async fn two_in(broker: On) -> Field {
    let mut field = Field::on(broker).await;
    field.peers.make(&["one", "two"], json!({})).await;
    field.peers.create("one", "s", 9).await;
    field.peers.join("two", "s").await;
    truth_stands(&mut field, &["one", "two"]).await;
    field
}

/// On both forms of topic a newcomer finds these in it within three seconds.
async fn truth_stands(field: &mut Field, expected: &[&str]) {
    let (expected, peers) = (set(expected), &mut field.peers);
    let watcher = format!("reader-{}", peers.reports.len());
    peers.watch(&watcher, &["session_state/s", "s/session_state"]).await;
    for topic in ["session_state/s", "s/session_state"] {
        let look = |peers: &Peers| {
            let last = peers.heard(&watcher).filter(|(on, ..)| *on == topic).last()?;
            let doc: Value = serde_json::from_str(last.1).ok()?;
            let fits = doc["state"] == "open" && doc["session_id"] == "s" && members(&doc) == expected;
            fits.then_some(())
        };
        peers.until(&format!("{expected:?} on {topic}"), 3, look).await;
    }
}

/// Somebody joins and leaves, and all see it.
async fn everything_works(field: &mut Field) {
    let peers = &mut field.peers;
    peers.make(&["guest"], json!({"form": "suffix", "verify": true})).await;
    peers.join("guest", "s").await;
    for peer in ["one", "two", "guest"] {
        let sees = |peers: &Peers| (peers.view(peer).members == set(["one", "two", "guest"])).then_some(());
        peers.until(&format!("{peer} sees the guest"), 5, sees).await;
    }
    peers.ask("guest", "leave").await;
    for peer in ["one", "two"] {
        let sees = |peers: &Peers| (peers.view(peer).members == set(["one", "two"])).then_some(());
        peers.until(&format!("{peer} sees the guest go"), 5, sees).await;
    }
}

fn document(session: &str, members: &[&str], version: u64) -> Value {
    let at = "2024-01-01T12:00:00";
    json!({"session_id": session, "creator_client_id": members[0], "model_name": "Tide pools", "state": "open",
        "connected_instances": members, "num_players_min": 1, "num_players_max": 9, "created_at": at,
        "last_updated": at, "last_heartbeat": at, "version": version})
}

/// A client by hand, for what no library publishes: whether the broker ends the link.
async fn closes_on(port: u16, topic: &str) -> bool {
    let mut link = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    link.write_all(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03raw").await.unwrap();
    let mut accepted = [0; 4];
    link.read_exact(&mut accepted).await.unwrap();
    assert_eq!(accepted, [0x20, 2, 0, 0]);
    let mut packet = vec![0x31, (topic.len() + 4) as u8, 0, topic.len() as u8];
    packet.extend(topic.as_bytes());
    packet.extend(b"{}");
    link.write_all(&packet).await.unwrap();
    // Alive, it would answer a ping.
    let _ = link.write_all(&[0xc0, 0]).await;
    let mut answer = [0; 2];
    !matches!(link.read_exact(&mut answer).await, Ok(2))
}

async fn ids(field: &Field) -> BTreeSet<String> {
    set(field.sessions().await.iter().filter_map(|session| session["session_id"].as_str()))
}

fn members(doc: &Value) -> BTreeSet<String> {
    set(doc["connected_instances"].as_array().into_iter().flatten().filter_map(Value::as_str))
}

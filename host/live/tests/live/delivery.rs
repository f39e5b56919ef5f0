//! Who gets which picture, how often it is made, and what a slow reader costs.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use futures::future::join_all;
use regie_live::{Form, Options, Want};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};

use crate::support::{Badge, GATE, House, Wiring, frame, masked, options, topic, until};

const SUBSCRIBE: &[u8] = br#"{"subscribe":[{"topic":"t/1","as":"state"}]}"#;

async fn state(socket: &mut TcpStream) -> Option<Value> {
    loop {
        let (opcode, payload) = frame(socket).await?;
        if opcode == 1 {
            let value: Value = serde_json::from_slice(&payload).unwrap();
            if value.get("beat").is_none() {
                return Some(value);
            }
        }
    }
}

#[tokio::test]
async fn two_pictures_of_one_topic_can_be_told_apart_on_one_link() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let mut client = house.connect().await;
    client
        .say(json!({"subscribe": [
            {"topic": "t/1", "surface": "overlay:all", "slot": 2, "locale": "fr"},
            {"topic": "t/1", "as": "state"},
        ]}))
        .await;
    let mut both = [client.hear().await, client.hear().await];
    both.sort_by_key(|frame| frame["as"] == "state");
    assert_eq!(
        both[0],
        json!({"topic": "t/1", "surface": "overlay:all", "slot": 2, "locale": "fr", "etag": "l-1-v", "version": 1,
            "html": "<p>5 false</p>"})
    );
    assert_eq!(
        both[1],
        json!({"topic": "t/1", "as": "state", "etag": "l-1-v", "version": 1, "state": {"value": 5, "padding": ""}})
    );
    house.close().await;
}

#[tokio::test]
async fn an_equal_etag_is_answered_without_the_picture() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let mut client = house.connect().await;
    for (etag, current) in [("l-1-v", true), ("l-0-v", false), ("other-1-v", false)] {
        client.say(json!({"subscribe": [{"topic": "t/1", "as": "state", "etag": etag}]})).await;
        let frame = client.hear().await;
        assert_eq!(frame["etag"], "l-1-v");
        assert_eq!((frame["current"] == true, frame.get("state").is_none()), (current, current), "{etag}");
    }
    house.close().await;
}

#[tokio::test]
async fn every_viewer_ends_with_the_newest_and_never_goes_back() {
    let house = House::open().await;
    house.room.put("t/1", 0);
    let mut clients = Vec::new();
    for i in 0..10 {
        clients.push(if i % 2 == 0 { house.connect().await } else { house.connect_editor().await });
        clients[i].watch("t/1").await;
    }
    let room = Arc::clone(&house.room);
    let publisher = tokio::spawn(async move {
        for value in 1..=300 {
            room.put("t/1", value);
            tokio::task::yield_now().await;
        }
    });
    join_all(clients.iter_mut().map(async |client| {
        let mut last = 0;
        while last < 301 {
            let version = client.hear().await["version"].as_u64().unwrap();
            assert!(version > last);
            last = version;
        }
    }))
    .await;
    publisher.await.unwrap();
    assert_eq!(house.room.most_at_once.load(SeqCst), 1);
    house.close().await;
}

#[tokio::test]
async fn changes_during_a_render_make_one_more() {
    let house = House::open().await;
    house.room.put("t/1", 1);
    let mut client = house.connect_editor().await;
    client.watch("t/1").await;
    let gate = house.room.gate.acquire_many(GATE as u32).await.unwrap();
    house.room.put("t/1", 2);
    until("it renders", || house.room.renders.load(SeqCst) == 2).await;
    for value in 3..=50 {
        house.room.put("t/1", value);
    }
    drop(gate);
    client.hear_until(|frame| frame["version"] == 50).await;
    // The first one, the one at the gate, and one for all 48 changes meanwhile.
    assert_eq!(house.room.renders.load(SeqCst), 3);
    house.close().await;
}

#[tokio::test]
async fn editors_do_not_wait_for_the_rhythm_of_viewers() {
    let slow = Options { viewer_interval: Duration::from_secs(3600), ..options() };
    let house = House::with(slow, Wiring::Auto).await;
    house.room.put("t/1", 0);
    let (mut viewer, mut editor) = (house.connect().await, house.connect_editor().await);
    viewer.watch("t/1").await;
    editor.watch("t/1").await;
    for value in 1..=3 {
        let version = house.room.put("t/1", value);
        editor.hear_until(|frame| frame["version"] == version).await;
    }
    viewer.say(json!({"beat": "next"})).await;
    let next = viewer.message().await.unwrap().into_text().unwrap();
    assert_eq!(next.as_str(), r#"{"beat":"next"}"#, "the viewer got nothing in between");
    house.close().await;
}

#[tokio::test]
async fn a_delayed_viewer_sees_nothing_early() {
    let house = House::with(Options { delays: vec![1], ..options() }, Wiring::Auto).await;
    house.room.put("t/1", 1);
    let (mut prompt, mut delayed) = (house.connect().await, house.connect().await);
    delayed.say(json!({"subscribe": [{"topic": "t/1", "as": "state", "delay": 1}]})).await;
    prompt.watch("t/1").await;
    until("both are rendered", || house.room.renders.load(SeqCst) == 2).await;
    let shown = std::time::Instant::now();
    house.room.put("t/1", 2);
    prompt.hear_until(|frame| frame["version"] == 2).await;
    // The first picture, unless the second came before it was on its way.
    let frame = delayed.hear_until(|frame| frame["version"] == 2).await;
    assert_eq!(frame["delay"], 1);
    assert!(shown.elapsed() >= Duration::from_secs(1), "the second change was seen early");
    house.close().await;
}

#[tokio::test]
async fn a_topic_that_nobody_watches_is_never_rendered() {
    let house = House::open().await;
    for value in 0..100 {
        house.room.put("t/1", value);
    }
    assert_eq!(house.room.renders.load(SeqCst), 0);
    let mut client = house.connect().await;
    client.watch("t/1").await;
    client.say(json!({"unsubscribe": ["t/1"], "beat": 1})).await;
    client.message().await;
    // It keeps its picture a while for whoever comes next, but makes no new one.
    until("nobody watches", || house.hub.stats().variants == 1).await;
    house.close().await;
}

#[tokio::test]
async fn a_page_and_its_link_share_one_render() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let want = Want { form: Form::State, surface: None, slot: None, locale: None };
    let badge = Badge::default();
    for _ in 0..3 {
        let (_, snapshot) = house.hub.snapshot(&topic("t/1"), want.clone(), None, &badge).await.unwrap();
        assert_eq!(snapshot.version, 1);
    }
    house.connect().await.watch("t/1").await;
    assert_eq!(house.room.renders.load(SeqCst), 1);
    // What changed while nobody watched is never shown as it was.
    house.room.put("t/2", 1);
    house.hub.snapshot(&topic("t/2"), want.clone(), None, &badge).await.unwrap();
    house.room.put("t/2", 2);
    let (_, snapshot) = house.hub.snapshot(&topic("t/2"), want, None, &badge).await.unwrap();
    assert_eq!(snapshot.version, 2);
    house.close().await;
}

#[tokio::test]
async fn a_failing_render_leaves_the_last_good_picture_on_the_air() {
    let house = House::open().await;
    house.room.put("t/1", 1);
    let mut client = house.connect_editor().await;
    client.watch("t/1").await;
    *house.room.broken.lock() = true;
    house.room.put("t/1", 2);
    until("it failed", || house.hub.stats().render_errors == 1).await;
    // Somebody who comes now gets the last good one.
    assert_eq!(house.connect_editor().await.watch("t/1").await["version"], 1);
    *house.room.broken.lock() = false;
    house.room.put("t/1", 3);
    assert_eq!(client.hear().await["version"], 3, "no error in between");
    house.close().await;
}

#[tokio::test]
async fn a_topic_that_goes_and_returns_is_told_once_and_shown_again() {
    let house = House::open().await;
    house.room.put("t/1", 1);
    let mut client = house.connect().await;
    client.watch("t/1").await;
    for round in 0..3 {
        house.room.remove("t/1");
        assert_eq!(client.hear().await["error"]["code"], "not_found");
        house.room.put("t/1", 10 + round);
        assert_eq!(client.hear().await["state"]["value"], 10 + round);
    }
    // Also for one who came too early.
    let mut early = house.connect().await;
    assert_eq!(early.watch("t/2").await["error"]["code"], "not_found");
    house.room.put("t/2", 7);
    assert_eq!(early.hear().await["state"]["value"], 7);
    house.close().await;
}

#[tokio::test]
async fn a_slow_reader_skips_to_the_newest() {
    let house = House::open().await;
    house.room.change("t/1", |document| document.padding = 300_000);
    let mut slow = house.raw(&masked(0x81, SUBSCRIBE)).await;
    let mut quick = house.connect().await;
    quick.watch("t/1").await;
    for value in 1..=100 {
        let version = house.room.put("t/1", value);
        quick.hear_until(|frame| frame["version"] == version).await;
    }
    let mut versions = Vec::new();
    while versions.last() != Some(&101) {
        versions.push(state(&mut slow).await.unwrap()["version"].as_u64().unwrap());
    }
    assert!(versions.is_sorted(), "{versions:?}");
    assert!(versions.len() < 60, "30 MB cannot have waited anywhere: {}", versions.len());
    assert!(house.hub.stats().coalesced > 0);
    house.close().await;
}

#[tokio::test]
async fn a_reader_that_stopped_is_closed_and_counted() {
    let house = House::with(Options { stalled: Duration::from_millis(100), ..options() }, Wiring::Auto).await;
    house.room.change("t/1", |document| document.padding = 700_000);
    let slow = house.raw(&masked(0x81, SUBSCRIBE)).await;
    let mut quick = house.connect().await;
    quick.watch("t/1").await;
    let mut value = 0;
    while house.hub.stats().closed_slow == 0 {
        value += 1;
        house.room.put("t/1", value);
        quick.hear().await;
    }
    until("only the quick one is left", || house.hub.stats().links == 1).await;
    drop(slow);
    house.close().await;
}

#[tokio::test]
async fn answers_that_nobody_reads_are_bounded() {
    let house = House::with(Options { pending_bytes: 20_000, ..options() }, Wiring::Auto).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(house.address).await.unwrap();
    let request = "GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    let pings = masked(0x89, &[0; 125]).repeat(50);
    while socket.write_all(&pings).await.is_ok() {}
    until("it is closed", || house.hub.stats().links == 0).await;
    assert_eq!(house.hub.stats().closed_slow, 1);
    house.close().await;
}

#[tokio::test]
async fn ten_thousand_topics_cost_nothing_once_they_are_left() {
    let house = House::with(Options { linger: Duration::ZERO, ..options() }, Wiring::Auto).await;
    let mut clients = Vec::new();
    for link in 0..40 {
        let names: Vec<_> = (0..250).map(|i| format!("t/{}", link * 250 + i)).collect();
        names.iter().for_each(|name| {
            house.room.put(name, 1);
        });
        let mut client = house.connect().await;
        let list: Vec<_> = names.iter().map(|name| json!({"topic": name, "as": "state"})).collect();
        client.say(json!({"subscribe": list})).await;
        for _ in 0..250 {
            assert_eq!(client.hear().await["version"], 1);
        }
        clients.push(client);
    }
    let stats = house.hub.stats();
    assert_eq!((stats.links, stats.topics, stats.variants), (40, 10_000, 10_000));
    for i in (0..10_000).step_by(250) {
        house.room.put(&format!("t/{i}"), 2);
    }
    for client in &mut clients {
        assert_eq!(client.hear().await["version"], 2);
    }
    assert_eq!(house.room.renders.load(SeqCst), 10_040);
    // More than a link may watch.
    let list: Vec<_> = (0..7).map(|i| json!({"topic": format!("t/{}", 9000 + i), "as": "state"})).collect();
    clients[0].say(json!({"subscribe": list})).await;
    clients[0].hear_until(|frame| frame["error"]["code"] == "rate_limited").await;
    drop(clients);
    until("everything is let go", || {
        let stats = house.hub.stats();
        (stats.links, stats.topics, stats.variants) == (0, 0, 0)
    })
    .await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_links_that_come_back_share_one_picture() {
    let house = House::open().await;
    house.room.put("t/1", 1);
    for round in 1..=2u64 {
        let version = round;
        let mut sockets =
            join_all((0..1000).map(|_| async { house.raw(&masked(0x81, SUBSCRIBE)).await })).await;
        for socket in &mut sockets {
            assert_eq!(state(socket).await.unwrap()["version"], version);
        }
        assert_eq!(house.hub.stats().links, 1000);
        house.room.put("t/1", 1);
        for socket in &mut sockets {
            assert_eq!(state(socket).await.unwrap()["version"], version + 1);
        }
        assert_eq!(house.room.renders.load(SeqCst) as u64, version + 1);
        drop(sockets);
        until("all have left", || house.hub.stats().links == 0).await;
    }
    house.close().await;
}

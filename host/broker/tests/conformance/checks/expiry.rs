//! What MQTT 5 lets end by itself.

use tokio::time::{Instant, sleep};

use super::retained::kept;
use crate::{
    brokers::At,
    peer::{Hello, PATIENCE, Peer, Saying, V5, Will},
};

/// Asks again until nothing stands on the topic.
async fn until_empty(at: &At, topic: &str) {
    let started = Instant::now();
    loop {
        let mut reader = at.peer(V5, "asks").await;
        reader.subscribe(topic, 1).await;
        let messages = reader.until_pong().await;
        if messages.is_empty() {
            return;
        }
        assert!(messages[0].expiry.is_some_and(|left| left <= 3), "what is left of it: {messages:?}");
        assert!(started.elapsed() < PATIENCE, "it never expired");
        sleep(std::time::Duration::from_millis(50)).await;
    }
}

pub async fn a_retained_message_expires(at: &At) {
    let mut writer = at.peer(V5, "writer").await;
    let (short, long) = (at.topic("short"), at.topic("long"));
    writer.publish(&long, "long", Saying { expiry: Some(600), ..kept() }).await;
    writer.publish(&short, "short", Saying { expiry: Some(1), ..kept() }).await;
    let mut reader = at.peer(V5, "reader").await;
    reader.subscribe(&short, 1).await;
    assert_eq!(reader.message().await.text(), "short", "not before its time");
    until_empty(at, &short).await;
    reader.subscribe(&long, 1).await;
    let message = reader.message().await;
    assert!(message.expiry.is_some_and(|left| (590..=600).contains(&left)), "{:?}", message.expiry);
    // A new value is a new time.
    writer.publish(&short, "again", kept()).await;
    reader.subscribe(&short, 1).await;
    assert_eq!(reader.texts(2).await, ["again", "again"]);
}

pub async fn a_queued_message_expires(at: &At) {
    let (topic, id) = (at.topic("queued"), at.id("reader"));
    let mut reader = Peer::new(at.address, Hello::lasting(V5, &id)).await;
    reader.subscribe(&topic, 1).await;
    reader.disconnect().await;
    let mut writer = at.peer(V5, "writer").await;
    let saying = |expiry| Saying { qos: 1, expiry, ..Saying::default() };
    writer.publish(&topic, "short", saying(Some(1))).await;
    writer.publish(&topic, "long", saying(Some(600))).await;
    writer.publish(&topic, "for good", saying(None)).await;
    // Published later, and two seconds longer since a broker may count in whole ones: when this is gone, so is the first.
    writer.publish(&at.topic("clock"), "x", Saying { expiry: Some(3), ..kept() }).await;
    until_empty(at, &at.topic("clock")).await;
    let mut reader = Peer::new(at.address, Hello::lasting(V5, &id)).await;
    assert_eq!(reader.texts(2).await, ["long", "for good"]);
    reader.quiet().await;
    Peer::new(at.address, Hello::new(V5, &id)).await.disconnect().await;
}

pub async fn a_session_expires_and_its_delayed_will_with_it(at: &At) {
    let (topic, id) = (at.topic("ended"), at.id("short"));
    let mut watcher = at.peer(V5, "watcher").await;
    watcher.subscribe(&topic, 1).await;
    let hello = Hello {
        clean: false,
        expiry: 1,
        will: Some(Will { topic: topic.clone(), payload: "ended", retain: false, delay: 60 }),
        ..Hello::new(V5, &id)
    };
    let mut peer = Peer::new(at.address, hello.clone()).await;
    peer.subscribe(&at.topic("x"), 1).await;
    drop(peer);
    let (peer, present) = Peer::connect(at.address, hello.clone()).await;
    assert!(present, "not before its time");
    drop(peer);
    assert_eq!(watcher.message().await.text(), "ended", "the delay ends with the session");
    let (peer, present) = Peer::connect(at.address, hello).await;
    assert!(!present);
    peer.disconnect().await;
}

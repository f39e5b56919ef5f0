//! The last word of a connection.

use std::time::{Duration, Instant};

use crate::{
    brokers::At,
    peer::{Hello, Peer, V5, Version, Will},
};

fn hello(at: &At, version: Version, id: &str, payload: &'static str) -> Hello {
    Hello {
        will: Some(Will { topic: at.topic("will"), payload, retain: false, delay: 0 }),
        ..Hello::new(version, at.id(id))
    }
}

async fn watcher(at: &At, version: Version) -> Peer {
    let mut watcher = at.peer(version, "watcher").await;
    watcher.subscribe(&at.topic("will"), 1).await;
    watcher
}

pub async fn a_torn_connection_fires_the_will(at: &At) {
    for (at, version) in at.rounds() {
        let mut watcher = watcher(&at, version).await;
        drop(Peer::new(at.address, hello(&at, version, "torn", "torn")).await);
        let message = watcher.message().await;
        assert_eq!((message.text(), message.qos, message.retain), ("torn", 1, false));
        let mut rude = Peer::new(at.address, hello(&at, version, "rude", "rude")).await;
        rude.send(&[0xff; 9]).await;
        rude.closed().await;
        assert_eq!(watcher.message().await.text(), "rude", "so does a breach of the protocol");
        watcher.quiet().await;
    }
}

pub async fn silence_beyond_the_keep_alive_fires_the_will_and_pings_do_not(at: &At) {
    for (at, version) in at.rounds() {
        let mut watcher = watcher(&at, version).await;
        let mut lively =
            Peer::new(at.address, Hello { keep_alive: 1, ..hello(&at, version, "lively", "lively") }).await;
        let started = Instant::now();
        let mut silent =
            Peer::new(at.address, Hello { keep_alive: 1, ..hello(&at, version, "silent", "silent") }).await;
        let mut beat = tokio::time::interval(Duration::from_millis(300));
        let elapsed = loop {
            tokio::select! {
                _ = silent.closed() => break started.elapsed(),
                _ = beat.tick() => lively.quiet().await,
            }
        };
        assert!(elapsed >= Duration::from_millis(1_400), "one and a half of the keep-alive: {elapsed:?}");
        assert_eq!(watcher.message().await.text(), "silent");
        watcher.quiet().await;
        lively.disconnect().await;
    }
}

pub async fn a_disconnect_fires_no_will(at: &At) {
    for (at, version) in at.rounds() {
        let mut watcher = watcher(&at, version).await;
        Peer::new(at.address, hello(&at, version, "polite", "polite")).await.disconnect().await;
        watcher.quiet().await;
    }
}

pub async fn mqtt_5_may_disconnect_with_the_will(at: &At) {
    let mut watcher = watcher(at, V5).await;
    let mut peer = Peer::new(at.address, hello(at, V5, "peer", "wanted")).await;
    peer.send(&[0xe0, 1, 4]).await;
    assert_eq!(watcher.message().await.text(), "wanted");
}

pub async fn a_retained_will_stays(at: &At) {
    for (at, version) in at.rounds() {
        let mut watcher = watcher(&at, version).await;
        let mut hello = hello(&at, version, "peer", "stays");
        hello.will.as_mut().unwrap().retain = true;
        drop(Peer::new(at.address, hello).await);
        assert_eq!(watcher.message().await.text(), "stays");
        watcher.subscribe(&at.topic("will"), 1).await;
        let kept = watcher.message().await;
        assert_eq!((kept.text(), kept.retain), ("stays", true));
        watcher.publish(&at.topic("will"), "", super::retained::kept()).await;
    }
}

pub async fn a_will_delay_holds_it_back_and_a_reconnect_cancels_it(at: &At) {
    let mut watcher = watcher(at, V5).await;
    let delayed = |id: &str, payload, delay| {
        let mut hello = Hello { clean: false, expiry: 600, ..hello(at, V5, id, payload) };
        hello.will.as_mut().unwrap().delay = delay;
        hello
    };
    let torn = Instant::now();
    drop(Peer::new(at.address, delayed("back", "never", 1)).await);
    let back = Peer::new(at.address, delayed("back", "never", 1)).await;
    drop(Peer::new(at.address, delayed("gone", "late", 2)).await);
    assert_eq!(watcher.message().await.text(), "late", "the other came back in time");
    let elapsed = torn.elapsed();
    assert!((Duration::from_millis(950)..Duration::from_secs(5)).contains(&elapsed), "{elapsed:?}");
    watcher.quiet().await;
    back.disconnect().await;
}

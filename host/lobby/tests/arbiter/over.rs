//! Sessions end, and leave nothing behind.

use std::collections::HashSet;

use regie_lobby::Options;
use regie_lobby_client::wire::{Form, State};

use crate::{
    broker::Mosquitto,
    host::{Host, external},
    peer::{Peer, session},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_sessions_that_open_and_close_leave_nothing_and_late_writes_are_emptied_again() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let ada = Peer::connect(broker.port, "ada").await;
    for number in 0..200 {
        ada.write(Form::Prefix, &session(&format!("s{number}"), &["ada"], 1)).await;
    }
    host.until("all of them", |lobby| lobby.sessions().len() == 200).await;
    let mut watcher = Peer::connect(broker.port, "watcher").await;
    watcher.subscribe("+/session_state").await;
    watcher.subscribe("session_state/#").await;
    for number in 0..200 {
        let mut doc = session(&format!("s{number}"), &["ada"], 2);
        doc.state = State::Closed;
        ada.write(Form::Prefix, &doc).await;
    }
    host.until("none", |lobby| lobby.sessions().is_empty()).await;
    let mut left: HashSet<String> =
        (0..200).flat_map(|n| [format!("session_state/s{n}"), format!("s{n}/session_state")]).collect();
    while !left.is_empty() {
        let emptied = watcher.hear("an empty topic", |m| m.payload.is_empty()).await;
        left.remove(&emptied.topic);
    }
    host.until("all over", |lobby| (0..200).all(|n| lobby.session(&format!("s{n}")).is_err())).await;
    ada.write(Form::Suffix, &session("s7", &["ada"], 3)).await;
    watcher.hear("the late write", |m| m.topic == "s7/session_state" && !m.payload.is_empty()).await;
    watcher.hear("an empty one", |m| m.topic == "s7/session_state" && m.payload.is_empty()).await;
    let mut last = Peer::connect(broker.port, "last").await;
    for filter in ["session_state/#", "+/session_state"] {
        let stand = last.retained(filter).await;
        assert!(stand.is_empty(), "{:?}", stand.iter().map(|m| &m.topic).collect::<Vec<_>>());
    }
    assert!(!host.lobby.history("s7", None, 50).await.unwrap().is_empty());
    assert_eq!(host.lobby.status().stats.lost, 0);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_above_the_limit_are_left_alone() {
    let broker = Mosquitto::start();
    let host = Host::with(Options { max_sessions: 2, ..external(&broker.url()) }).await;
    host.connected().await;
    let mut ada = Peer::connect(broker.port, "ada").await;
    for number in 0..4 {
        ada.write(Form::Prefix, &session(&format!("s{number}"), &["ada"], 1)).await;
    }
    // Later than the others on the same connection: when it is seen, they were.
    ada.write(Form::Prefix, &session("s0", &["ada", "bob"], 2)).await;
    host.members("s0", &["ada", "bob"]).await;
    assert_eq!(host.lobby.sessions().len(), 2);
    assert_eq!(ada.retained("session_state/s3").await.len(), 1);
    assert_eq!(ada.retained("s3/session_state").await.len(), 0);
    host.stop().await;
}

//! Two hosts on one broker: one arbitrates.

use regie_core::ErrorKind;
use regie_lobby::{LinkState, New};
use regie_lobby_client::wire::{Form, State};

use crate::{
    broker::Mosquitto,
    host::{Host, external, person},
    peer::{Peer, session},
};

fn new() -> New {
    New { model_name: "Kelp".into(), num_players_min: 1, num_players_max: 4 }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hosts_one_stands_by_and_takes_over_when_the_other_is_killed() {
    let broker = Mosquitto::start();
    let first = Host::on(&broker.url()).await;
    first.connected().await;
    let second = Host::on(&broker.url()).await;
    second.until("standing by", |lobby| lobby.status().broker.state == LinkState::Standby).await;
    let status = second.lobby.status();
    assert_eq!(status.arbiter.other, Some(first.lobby.status().arbiter.host));
    assert!(!status.arbiter.active);
    let refused = second.lobby.create(&person("bob"), new(), None).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unavailable);
    assert!(refused.hint.is_some());

    let ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("session_state/#").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    first.members("s1", &["ada"]).await;
    assert!(second.lobby.sessions().is_empty());

    let before = first.lobby.status().arbiter.epoch;
    first.kill().await;
    second.connected().await;
    let status = second.lobby.status();
    assert!(status.arbiter.active && status.arbiter.epoch > before, "{status:?}");
    assert_eq!(status.arbiter.other, None);
    ada.write(Form::Prefix, &session("s1", &["ada", "eve"], 2)).await;
    second.members("s1", &["ada", "eve"]).await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_knew_before_another_arbitrated_does_not_come_back() {
    let broker = Mosquitto::start();
    let first = Host::on(&broker.url()).await;
    first.connected().await;
    let second = Host::on(&broker.url()).await;
    second.until("standing by", |lobby| lobby.status().broker.state == LinkState::Standby).await;
    let ada = Peer::connect(broker.port, "ada").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    ada.write(Form::Prefix, &session("s2", &["ada"], 1)).await;
    first.until("both", |lobby| lobby.sessions().len() == 2).await;
    let first = first.cut_off().await;

    second.connected().await;
    second.until("both", |lobby| lobby.sessions().len() == 2).await;
    let mut closed = session("s1", &["ada"], 9);
    closed.state = State::Closed;
    ada.write(Form::Prefix, &closed).await;
    second.until("over", |lobby| lobby.session("s1").is_err()).await;
    second.kill().await;

    let first = first.start(external(&broker.url())).await;
    first.connected().await;
    let known: Vec<_> = first.lobby.sessions().into_iter().map(|view| view.id).collect();
    assert_eq!(known, ["s2"]);
    assert!(first.lobby.status().arbiter.epoch >= 3);
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_sees_a_higher_epoch_steps_down_and_says_so() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    host.lobby.create(&person("bob"), new(), None).await.unwrap();
    let other = Peer::connect(broker.port, "other").await;
    let lease = r#"{"host":"0ther","process":"p","epoch":40,"at":"2026-01-01T00:00:00Z"}"#;
    other.say("regie_arbiter/lease", lease, true).await;
    host.until("standing by", |lobby| lobby.status().broker.state == LinkState::Standby).await;
    assert_eq!(host.lobby.status().arbiter.other.as_deref(), Some("0ther"));
    assert!(host.lobby.sessions().is_empty());
    // Never renewed, it lapses.
    host.connected().await;
    assert_eq!(host.lobby.status().arbiter.epoch, 41);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lower_epoch_changes_nothing_and_is_overwritten() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let mut other = Peer::connect(broker.port, "other").await;
    let lease = r#"{"host":"0ther","process":"p","epoch":0,"at":"2026-01-01T00:00:00Z"}"#;
    other.say("regie_arbiter/lease", lease, true).await;
    other.subscribe("regie_arbiter/lease").await;
    let id = host.lobby.status().arbiter.host;
    other.hear("the host's lease", |m| String::from_utf8_lossy(&m.payload).contains(&id)).await;
    assert_eq!(host.lobby.status().broker.state, LinkState::Connected);
    host.stop().await;
    other.hear("an empty lease", |m| m.payload.is_empty()).await;
}

//! The arbiter's purpose, with two writers.

use std::collections::HashSet;

use regie_lobby_client::wire::{Form, StateDoc};

use crate::{
    broker::Mosquitto,
    host::Host,
    peer::{Peer, members, session},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_who_join_at_once_are_both_in() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let mut ada = Peer::connect(broker.port, "ada").await;
    let bob = Peer::connect(broker.port, "bob").await;
    let eve = Peer::connect(broker.port, "eve").await;
    ada.subscribe("session_state/#").await;
    ada.subscribe("+/session_state").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    ada.state("s1", Form::Suffix, "the state on its other topic", |doc| doc.arbitrated.is_some()).await;
    bob.write(Form::Prefix, &session("s1", &["ada", "bob"], 2)).await;
    eve.write(Form::Prefix, &session("s1", &["ada", "eve"], 2)).await;
    let both = |doc: &_| members(doc) == ["ada", "bob", "eve"];
    for form in Form::ALL {
        let doc = ada.state("s1", form, "both of them", both).await;
        assert!(doc.version > 2, "{doc:?}");
        assert!(doc.arbitrated.is_some(), "{doc:?}");
    }
    host.members("s1", &["ada", "bob", "eve"]).await;
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_join_at_once_nobody_is_lost() {
    const SESSIONS: usize = 6;
    const EACH: usize = 19;
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let mut ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("session_state/#").await;
    for session_number in 0..SESSIONS {
        ada.write(Form::Prefix, &session(&format!("s{session_number}"), &["ada"], 1)).await;
    }
    host.until("all of them", |lobby| lobby.sessions().len() == SESSIONS).await;
    // Each on the base that all of them read.
    let mut peers = Vec::new();
    for number in 0..EACH {
        peers.push(Peer::connect(broker.port, &format!("p{number:02}")).await);
    }
    for peer in &peers {
        for session_number in 0..SESSIONS {
            let mine = session(&format!("s{session_number}"), &["ada", &peer.id], 2);
            peer.write(Form::Prefix, &mine).await;
        }
    }
    let mut all: Vec<_> = peers.iter().map(|peer| peer.id.as_str()).collect();
    all.insert(0, "ada");
    let mut waiting: HashSet<String> = (0..SESSIONS).map(|number| format!("s{number}")).collect();
    while !waiting.is_empty() {
        let message = ada.hear("everybody", |m| !m.payload.is_empty()).await;
        let doc: StateDoc = serde_json::from_slice(&message.payload).unwrap();
        if members(&doc) == all {
            waiting.remove(&doc.session_id);
        }
    }
    let stats = host.lobby.status().stats;
    assert_eq!(stats.lost, 0, "{stats:?}");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_host_wrote_vanishes_by_itself() {
    use rumqttc::v5::{
        AsyncClient, Event, MqttOptions,
        mqttbytes::{QoS, v5::Packet},
    };
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let (client, mut events) = AsyncClient::new(MqttOptions::new("watcher", "127.0.0.1", broker.port), 10);
    client.subscribe("session_state/#", QoS::AtLeastOnce).await.unwrap();
    let ada = Peer::connect(broker.port, "ada").await;
    ada.write(Form::Suffix, &session("s1", &["ada"], 1)).await;
    let copy = loop {
        if let Event::Incoming(Packet::Publish(publish)) = events.poll().await.unwrap() {
            break publish;
        }
    };
    assert!(copy.properties.unwrap().message_expiry_interval.is_some_and(|seconds| seconds <= 30));
    host.stop().await;
}

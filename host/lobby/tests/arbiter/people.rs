//! People without MQTT.

use regie_core::{Actor, ErrorKind, Role};
use regie_lobby::{BrokerChoice, New, Options};
use regie_lobby_client::wire::{Form, State};

use crate::{
    broker::Mosquitto,
    host::{Host, person},
    peer::{Peer, members},
};

fn new(min: u32, max: u32) -> New {
    New { model_name: " Tide pools ".into(), num_players_min: min, num_players_max: max }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_peers_meet_in_one_session_under_the_same_rules() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let lobby = host.lobby.clone();
    let (ada, bob, eve) = (person("ada"), person("bob"), person("eve"));
    let mut peer = Peer::connect(broker.port, "peer").await;
    peer.subscribe("session_state/#").await;
    peer.subscribe("session_discovery/#").await;

    let made = lobby.create(&ada, new(2, 3), Some("k".into())).await.unwrap();
    assert_eq!((made.model_name.as_str(), made.members.len()), ("Tide pools", 1));
    peer.hear("its discovery", |m| m.topic == format!("session_discovery/{}", made.id)).await;
    let doc = peer.state(&made.id, Form::Prefix, "its state", |doc| doc.state == State::Open).await;
    assert_eq!(members(&doc), ["regie-u-ada"]);
    let too_few = lobby.start(&made.id, &ada).await.unwrap_err();
    assert_eq!((too_few.kind, &*too_few.code), (ErrorKind::Conflict, "too_few"));

    let mut joined = doc.clone();
    joined.arbitrated = None;
    joined.connected_instances.push("peer".into());
    joined.version += 1;
    peer.write(Form::Prefix, &joined).await;
    host.members(&made.id, &["peer", "regie-u-ada"]).await;
    lobby.join(&made.id, &bob, false).await.unwrap();
    assert_eq!(lobby.join(&made.id, &bob, false).await.unwrap().members.len(), 3, "it may be asked again");
    let full = lobby.join(&made.id, &eve, false).await.unwrap_err();
    assert_eq!((full.kind, &*full.code), (ErrorKind::Conflict, "full"));

    let other = lobby.create(&eve, new(1, 0), None).await.unwrap();
    let elsewhere = lobby.join(&other.id, &bob, false).await.unwrap_err();
    assert_eq!((elsewhere.kind, &*elsewhere.code), (ErrorKind::Conflict, "in_another_session"));
    lobby.join(&other.id, &bob, true).await.unwrap();
    host.members(&made.id, &["peer", "regie-u-ada"]).await;
    host.members(&other.id, &["regie-u-bob", "regie-u-eve"]).await;
    lobby.leave(&made.id, &bob).await.unwrap();

    assert_eq!(lobby.start(&made.id, &bob).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(lobby.close(&made.id, &bob).await.unwrap_err().kind, ErrorKind::Forbidden);
    lobby.start(&made.id, &ada).await.unwrap();
    peer.state(&made.id, Form::Prefix, "that it started", |doc| doc.state != State::Open).await;
    let running = lobby.join(&made.id, &person("zoe"), false).await.unwrap_err();
    assert_eq!((running.kind, &*running.code), (ErrorKind::Conflict, "not_open"));
    let admin = Actor { role: Role::Admin, ..person("root") };
    assert_eq!(lobby.close(&made.id, &admin).await.unwrap().state, State::Closed);
    peer.state(&made.id, Form::Prefix, "that it is closed", |doc| doc.state == State::Closed).await;
    assert!(lobby.sessions().iter().all(|view| view.id != made.id));
    assert_eq!(lobby.join("unknown", &ada, false).await.unwrap_err().kind, ErrorKind::NotFound);

    let history = lobby.history(&made.id, None, 50).await.unwrap();
    let kinds: Vec<_> = history
        .iter()
        .rev()
        .map(|e| serde_json::from_str::<serde_json::Value>(e.detail.get()).unwrap())
        .collect();
    let kinds: Vec<_> = kinds.iter().map(|detail| detail["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[0], "created", "{kinds:?}");
    for kind in ["joined", "left", "started", "closed"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    assert!(history.iter().any(|entry| entry.actor.get().contains("\"bob\"")), "{history:?}");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_at_its_field() {
    let host = Host::with(Options {
        broker: BrokerChoice::External(regie_lobby::Remote::read("mqtt://127.0.0.1:1").unwrap()),
        ..Options::default()
    })
    .await;
    let check = async |new: New, path: &str| {
        let refused = host.lobby.create(&person("ada"), new, None).await.unwrap_err();
        assert_eq!((refused.kind, refused.path.as_deref()), (ErrorKind::BadRequest, Some(path)));
        assert!(refused.hint.is_some());
    };
    check(New { model_name: " ".into(), ..new(1, 2) }, "model_name").await;
    check(New { model_name: "x".repeat(101), ..new(1, 2) }, "model_name").await;
    check(new(3, 2), "num_players_min").await;
    check(new(1, 1_001), "num_players_max").await;
    check(new(1_001, 0), "num_players_min").await;
    let anonymous = host.lobby.create(&Actor::anonymous(), new(1, 2), None).await.unwrap_err();
    assert_eq!(anonymous.kind, ErrorKind::Unauthenticated);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn turned_off_every_change_is_refused_with_the_setting_that_turns_it_on() {
    let host = Host::with(Options { broker: BrokerChoice::Off, ..Options::default() }).await;
    let refused = host.lobby.create(&person("ada"), new(1, 2), None).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unavailable);
    assert!(refused.hint.unwrap().contains("lobby.broker"));
    assert!(host.lobby.status().broker.hint.unwrap().contains("lobby.broker"));
    assert!(host.lobby.sessions().is_empty());
    host.stop().await;
}

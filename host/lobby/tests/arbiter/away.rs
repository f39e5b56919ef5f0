//! The broker goes and comes back.

use regie_lobby::{LinkState, New};
use regie_lobby_client::wire::Form;

use crate::{
    broker::Mosquitto,
    host::{Host, person},
    peer::{Peer, members, session},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_while_the_broker_is_away_is_told_the_peers_on_its_return() {
    let mut broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let ada = Peer::connect(broker.port, "ada").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    host.members("s1", &["ada"]).await;

    broker.kill();
    host.until("away", |lobby| lobby.status().broker.state == LinkState::Away).await;
    let status = host.lobby.status();
    assert!(status.broker.error.is_some(), "{status:?}");
    let joined = host.lobby.join("s1", &person("bob"), false).await.unwrap();
    assert_eq!(joined.members.len(), 2, "{joined:?}");
    let new = New { model_name: "Kelp".into(), num_players_min: 1, num_players_max: 4 };
    let made = host.lobby.create(&person("eve"), new, None).await.unwrap();

    broker.run();
    let began = std::time::Instant::now();
    let mut watcher = Peer::connect(broker.port, "watcher").await;
    watcher.subscribe("session_state/#").await;
    watcher.subscribe("+/session_state").await;
    for form in Form::ALL {
        watcher
            .state("s1", form, "the state with who joined meanwhile", |doc| {
                members(doc) == ["ada", "regie-u-bob"]
            })
            .await;
    }
    assert!(began.elapsed().as_secs() < 4, "{:?}", began.elapsed());
    let mut late = Peer::connect(broker.port, "late").await;
    late.subscribe("session_state/#").await;
    late.state(&made.id, Form::Prefix, "the session that was made meanwhile", |doc| {
        members(doc) == ["regie-u-eve"]
    })
    .await;
    host.connected().await;
    assert_eq!(host.lobby.status().broker.error, None);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_forgot_everything_has_the_retained_states_back_within_seconds() {
    let mut broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let ada = Peer::connect(broker.port, "ada").await;
    for number in 0..20 {
        ada.write(Form::Suffix, &session(&format!("s{number}"), &["ada"], 1)).await;
    }
    host.until("all of them", |lobby| lobby.sessions().len() == 20).await;
    broker.kill();
    host.until("away", |lobby| lobby.status().broker.state == LinkState::Away).await;
    broker.run();
    let began = std::time::Instant::now();
    let mut watcher = Peer::connect(broker.port, "watcher").await;
    watcher.subscribe("session_state/#").await;
    let mut missing: std::collections::HashSet<_> = (0..20).map(|n| format!("session_state/s{n}")).collect();
    while !missing.is_empty() {
        let message = watcher.hear("a state", |m| !m.payload.is_empty()).await;
        missing.remove(&message.topic);
    }
    assert!(began.elapsed().as_secs() < 4, "{:?}", began.elapsed());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_was_never_there_is_said_and_people_make_sessions_all_the_same() {
    let port = crate::broker::free_port();
    let host = Host::on(&format!("mqtt://ada:hunter2@127.0.0.1:{port}")).await;
    host.until("away", |lobby| lobby.status().broker.state == LinkState::Away).await;
    let broker = host.lobby.status().broker;
    assert_eq!(broker.address, Some(format!("mqtt://127.0.0.1:{port}")));
    assert_eq!(broker.error.as_deref(), Some("nothing listens there"));
    assert!(broker.hint.unwrap().contains("lobby.broker"));
    let new = New { model_name: "Kelp".into(), num_players_min: 1, num_players_max: 4 };
    let key = || Some("0198-key".to_owned());
    let made = host.lobby.create(&person("eve"), new.clone(), key()).await.unwrap();
    let again = host.lobby.create(&person("eve"), new.clone(), key()).await.unwrap();
    assert_eq!(made.id, again.id);
    let refused = host.lobby.create(&person("eve"), new, None).await.unwrap_err();
    assert_eq!(refused.code, "in_another_session");
    assert!(!format!("{:?}", host.lobby.status()).contains("hunter2"));
    host.stop().await;
}

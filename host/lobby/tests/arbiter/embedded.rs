//! The broker in the process.

use std::net::TcpListener;

use regie_lobby::{BrokerChoice, Credentials, LinkState, Options};
use regie_lobby_client::wire::Form;

use crate::{
    host::Host,
    peer::{Peer, members, session},
};

fn embedded(listen: &str) -> Options {
    Options {
        broker: BrokerChoice::Embedded { listen: listen.into(), credentials: None },
        ..Options::default()
    }
}

fn port(host: &Host) -> u16 {
    let address = host.lobby.address().unwrap();
    address.strip_prefix("mqtt://127.0.0.1:").unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_broker_at_hand_two_who_join_at_once_are_both_in() {
    let host = Host::with(embedded("127.0.0.1:0")).await;
    let port = port(&host);
    host.connected().await;
    assert_eq!(host.lobby.status().broker.protocol, Some("5"));
    let mut ada = Peer::connect(port, "ada").await;
    ada.subscribe("session_state/#").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    host.members("s1", &["ada"]).await;
    ada.write(Form::Prefix, &session("s1", &["ada", "bob"], 2)).await;
    ada.write(Form::Prefix, &session("s1", &["ada", "eve"], 2)).await;
    ada.state("s1", Form::Prefix, "both of them", |doc| members(doc) == ["ada", "bob", "eve"]).await;
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_with_a_password_lets_its_own_arbiter_in() {
    let credentials = Some(Credentials { user: "ada".into(), password: "hunter2".into() });
    let broker = BrokerChoice::Embedded { listen: "127.0.0.1:0".into(), credentials };
    let host = Host::with(Options { broker, ..Options::default() }).await;
    host.connected().await;
    assert!(!format!("{:?}", host.lobby.status()).contains("hunter2"));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_said_with_its_setting_and_tried_again() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let host = Host::with(embedded(&address.to_string())).await;
    let status = host.lobby.status().broker;
    assert_eq!(status.state, LinkState::Away);
    assert!(status.error.unwrap().contains(&address.to_string()));
    assert!(status.hint.unwrap().contains("lobby.listen"));
    assert_eq!(host.lobby.address(), None);
    drop(taken);
    host.connected().await;
    assert_eq!(host.lobby.address(), Some(format!("mqtt://{address}")));
    host.stop().await;
}

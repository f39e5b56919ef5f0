//! The server is killed, and the truth stays.

use regie_lobby_client::wire::Form;

use crate::{
    broker::Mosquitto,
    host::{Host, external, person},
    peer::{Peer, members, session},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_knows_the_truth_and_hears_what_was_said_meanwhile() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let id = host.lobby.status().arbiter.host;
    let mut ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("session_state/#").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    host.members("s1", &["ada"]).await;
    host.lobby.join("s1", &person("bob"), false).await.unwrap();
    let with_bob = ada.state("s1", Form::Prefix, "the person", |doc| members(doc).len() == 2).await;

    let host = host.killed_and_started(external(&broker.url())).await;
    // Said while nobody listened, on an old base.
    ada.write(Form::Prefix, &session("s1", &["ada", "eve"], 2)).await;
    ada.sign_of_life("s1").await;
    host.connected().await;
    let status = host.lobby.status();
    assert_eq!(status.arbiter.host, id);
    assert_eq!(status.arbiter.epoch, 2);
    let doc =
        ada.state("s1", Form::Prefix, "all three", |doc| members(doc) == ["ada", "eve", "regie-u-bob"]).await;
    assert!(doc.version > with_bob.version, "{doc:?}");
    host.members("s1", &["ada", "eve", "regie-u-bob"]).await;
    host.stop().await;
}

//! Nothing is acknowledged or told before it is stored.

use std::sync::Arc;

use regie_core::ErrorKind;
use regie_lobby_client::wire::Form;

use crate::{
    broker::Mosquitto,
    bucket::{ENDLESS, FULL, Mood, Moody, WELL},
    host::{Host, external, person},
    peer::{Peer, members, session},
};

async fn moody(broker: &Mosquitto) -> (Host, Arc<Mood>) {
    let mood = Arc::new(Mood::default());
    let of_bucket = mood.clone();
    let host =
        Host::storing(external(&broker.url()), |bucket| Arc::new(Moody { bucket, mood: of_bucket })).await;
    host.connected().await;
    (host, mood)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_that_was_heard_and_not_stored_is_heard_again_after_a_kill() {
    let broker = Mosquitto::start();
    let (host, mood) = moody(&broker).await;
    let mut ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("session_state/#").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    host.members("s1", &["ada"]).await;
    mood.set(ENDLESS);
    ada.write(Form::Prefix, &session("s1", &["ada", "bob"], 2)).await;
    ada.write(Form::Prefix, &session("s1", &["ada", "eve"], 2)).await;
    mood.asked.notified().await;
    assert_eq!(host.lobby.session("s1").unwrap().members.len(), 1, "what is not stored is not shown");

    let host = host.killed_and_started(external(&broker.url())).await;
    host.connected().await;
    host.members("s1", &["ada", "bob", "eve"]).await;
    ada.state("s1", Form::Prefix, "all three", |doc| members(doc) == ["ada", "bob", "eve"]).await;
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_people_are_told_so_and_peers_are_served_when_there_is_room_again() {
    let broker = Mosquitto::start();
    let (host, mood) = moody(&broker).await;
    let mut ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("session_state/#").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    host.members("s1", &["ada"]).await;
    mood.set(FULL);
    let refused = host.lobby.join("s1", &person("bob"), false).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::DiskFull);
    ada.write(Form::Prefix, &session("s1", &["ada", "eve"], 2)).await;
    mood.asked.notified().await;
    mood.set(WELL);
    host.members("s1", &["ada", "eve"]).await;
    host.lobby.join("s1", &person("bob"), false).await.unwrap();
    ada.state("s1", Form::Prefix, "all three", |doc| members(doc) == ["ada", "eve", "regie-u-bob"]).await;
    host.stop().await;
}

//! What nobody can read harms nobody.

use regie_lobby_client::wire::Form;

use crate::{
    broker::Mosquitto,
    host::Host,
    peer::{Peer, members, session},
};

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_counted_and_what_it_wrote_over_is_put_right() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let mut ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("session_state/#").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    host.members("s1", &["ada"]).await;

    let other = serde_json::to_vec(&session("another", &["ada"], 1)).unwrap();
    let many: Vec<String> = (0..2_000).map(|n| format!("p{n}")).collect();
    let many =
        serde_json::to_vec(&session("s1", &many.iter().map(String::as_str).collect::<Vec<_>>(), 9)).unwrap();
    let garbage: [&[u8]; 6] = [b"{", b"null", b"[1]", b"\xff\xfe", &other, &many];
    for bytes in garbage {
        ada.say("session_state/s1", bytes, true).await;
        ada.say("session_state/unknown", bytes, true).await;
        ada.say("s1/session_seed_sync", bytes, true).await;
        ada.say("session_state/too/deep", bytes, true).await;
        ada.state("s1", Form::Prefix, "the truth", |doc| doc.arbitrated.is_some() && members(doc) == ["ada"])
            .await;
    }
    host.members("s1", &["ada"]).await;
    assert_eq!(host.lobby.sessions().len(), 1, "{:?}", host.lobby.sessions());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mebibyte_tears_no_connection_and_is_put_right() {
    let broker = Mosquitto::start();
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let mut ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("session_state/#").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    host.members("s1", &["ada"]).await;
    ada.say("session_state/s1", vec![b'x'; 1 << 20], true).await;
    ada.say("session_state/s2", vec![b'x'; 1 << 20], true).await;
    ada.state("s1", Form::Prefix, "the truth", |doc| doc.arbitrated.is_some() && members(doc) == ["ada"])
        .await;
    ada.write(Form::Prefix, &session("s1", &["ada", "bob"], 50)).await;
    host.members("s1", &["ada", "bob"]).await;
    host.until("counted", |lobby| lobby.status().stats.reconnects == 0).await;
    host.stop().await;
}

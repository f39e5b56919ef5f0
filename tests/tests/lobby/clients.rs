//! The client library, under the arbiter.

use std::time::Duration;

use futures::future::join_all;
use regie_lobby_client::{Event, JoinError, Lobby, Membership, New, Options};
use serde_json::{Value, json};
use tokio::{sync::broadcast, time::timeout};

use crate::{
    field::{Field, On},
    on_both,
};

on_both![
    twelve_who_join_at_once_are_all_in,
    who_comes_when_there_is_no_room_hears_why_and_stays_out,
    who_vanishes_is_out_and_may_come_back,
    an_administrator_closes_a_session_for_games_too,
];

async fn lobby(field: &Field, name: &str) -> Lobby {
    let url = format!("mqtt://127.0.0.1:{}", field.port);
    Lobby::connect(Options::new(url, name)).await.expect("the broker is there")
}

async fn event(events: &mut broadcast::Receiver<Event>, wanted: Event) {
    let heard = timeout(Duration::from_secs(20), async {
        while events.recv().await.unwrap_or_else(|e| panic!("{e}, before {wanted:?}")) != wanted {}
    });
    heard.await.unwrap_or_else(|_| panic!("{wanted:?} did not come"));
}

fn members(session: Option<&Value>) -> usize {
    session.and_then(|session| session["members"].as_array()).map_or(0, Vec::len)
}

async fn twelve_who_join_at_once_are_all_in(on: On) {
    let field = Field::on(on).await;
    let ada = lobby(&field, "ada").await;
    let made = ada.create(New::named("Tide pools", 2, 0)).await.expect("it is made");
    let id = made.session_id();
    field.until_session(id, |session| members(session) == 1).await;
    let peers = join_all((0..12).map(|n| {
        let field = &field;
        async move { lobby(field, &format!("peer-{n}")).await }
    }))
    .await;
    let joined = join_all(peers.iter().map(|peer| peer.join(id))).await;
    let joined: Vec<Membership> = joined.into_iter().map(|one| one.expect("nobody is lost")).collect();
    field.until_session(id, |session| members(session) == 13).await;
    for one in &joined {
        let mut state = one.state();
        let all = state.wait_for(|state| state.connected_instances.len() == 13);
        timeout(Duration::from_secs(5), all).await.expect("everybody sees everybody").expect("it is in");
    }
    assert_eq!(field.stat("lost").await, 0);
}

async fn who_comes_when_there_is_no_room_hears_why_and_stays_out(on: On) {
    let field = Field::on(on).await;
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|name| lobby(&field, name));
    let (ada, bob, cleo) = (ada.await, bob.await, cleo.await);
    let made = ada.create(New::named("Tide pools", 2, 2)).await.expect("it is made");
    let id = made.session_id();
    let both = [bob.join(id), cleo.join(id)];
    let mut both = join_all(both).await;
    both.sort_by_key(Result::is_err);
    assert_eq!(both[1].as_ref().err(), Some(&JoinError::Full));
    let kept = both.remove(0).expect("the first one");
    field.until_session(id, |session| members(session) == 2).await;
    made.start().await.expect("the creator may");
    event(&mut kept.events(), Event::Started).await;
    let dan = lobby(&field, "dan").await;
    assert_eq!(dan.join(id).await.err(), Some(JoinError::NotOpen));
}

async fn who_vanishes_is_out_and_may_come_back(on: On) {
    let field = Field::on(on).await;
    let (ada, bob) = (lobby(&field, "ada").await, lobby(&field, "bob").await);
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("it is made");
    let id = made.session_id();
    let mut events = made.events();
    let joined = bob.join(id).await.expect("there is room");
    event(&mut events, Event::Joined("bob".into())).await;
    joined.vanish();
    event(&mut events, Event::Left("bob".into())).await;
    field.until_session(id, |session| members(session) == 1).await;
    let again = lobby(&field, "bob").await;
    let again = again.join(id).await.expect("there is room");
    event(&mut events, Event::Joined("bob".into())).await;
    assert_eq!(again.state().borrow().connected_instances, ["ada", "bob"]);
}

async fn an_administrator_closes_a_session_for_games_too(on: On) {
    let field = Field::on(on).await;
    let (ada, bob) = (lobby(&field, "ada").await, lobby(&field, "bob").await);
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("it is made");
    let id = made.session_id();
    let joined = bob.join(id).await.expect("there is room");
    field.until_session(id, |session| members(session) == 2).await;
    let closed = field.regie.post(&format!("/api/lobby/sessions/{id}/close"), json!({})).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    for one in [made, joined] {
        event(&mut one.events(), Event::Closed).await;
        timeout(Duration::from_secs(20), one.ended()).await.expect("it ends");
    }
}

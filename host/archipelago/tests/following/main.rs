//! The connector against a room that follows the published protocol, and against one that does not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod deliveries;
mod notebook;
mod room;

use std::{collections::BTreeMap, time::Duration};

use notebook::{Notes, config, follow};
use regie_archipelago::State;
use room::{Order, Room, received};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn commands(heard: &[Value], name: &str) -> usize {
    heard.iter().filter(|command| command["cmd"] == name).count()
}

fn had(notes: &Notes, state: State, words: &str) -> bool {
    notes.statuses.iter().any(|s| s.state == state && s.error.as_deref().is_some_and(|e| e.contains(words)))
}

#[tokio::test]
async fn a_slot_is_followed_from_what_it_has_to_what_comes() {
    let room = Room::open().await;
    room.give(&[1, 3, 3, -1]);
    let following = follow(config(&format!("ws://{}", room.address)), 0);
    let notes = following.until_counts(&room.truth()).await;
    assert_eq!(notes.all["Progressive Hammer"], 2);
    following.clock.advance(50);
    room.give(&[3]);
    room.give(&[2, 77]);
    let notes = following.until_counts(&room.truth()).await;
    assert_eq!(notes.all["Item 77"], 1);
    let states: Vec<_> = notes.statuses.iter().map(|s| (s.state, s.since_ms, s.error.clone())).collect();
    assert_eq!(states[0], (State::Connecting, 1000, None));
    assert!(states[1..].iter().all(|s| *s == (State::Connected, 1000, None)), "{states:?}");
    assert_eq!(notes.statuses.last().unwrap().items, 7);

    let notes = following.end().await;
    let last = notes.statuses.last().unwrap();
    assert_eq!((last.state, last.items, last.since_ms, &last.error), (State::Off, 7, 1050, &None));
    let heard = room.heard(|_| true).await;
    let names: Vec<_> = heard.iter().map(|command| command["cmd"].as_str().unwrap()).collect();
    assert_eq!(names, ["Connect", "GetDataPackage"]);
    assert_eq!(heard[1]["games"], json!(["Game", "Archipelago"]));
}

#[tokio::test]
async fn without_a_scheme_a_room_without_tls_is_found_too() {
    let room = Room::open().await;
    room.give(&[1]);
    let following = follow(config(&room.address), 0);
    following.until_counts(&room.truth()).await;
    following.end().await;
}

#[tokio::test]
async fn with_wss_a_room_without_tls_is_never_told_the_password() {
    let room = Room::open().await;
    let following = follow(config(&format!("wss://{}", room.address)), 0);
    following.until(|notes| had(notes, State::Waiting, "but no room")).await;
    following.end().await;
    assert!(room.heard(|_| true).await.is_empty());
}

#[tokio::test]
async fn a_gap_is_filled_by_asking_for_the_whole_list() {
    let room = Room::open().await;
    let following = follow(config(&format!("ws://{}", room.address)), 0);
    room.heard(|heard| commands(heard, "GetDataPackage") == 1).await;
    room.give(&[1]);
    room.lose(&[2, 2]);
    room.give(&[3]);
    following.until_counts(&room.truth()).await;
    room.repeat();
    room.heard(|heard| commands(heard, "Sync") == 2).await;
    room.give(&[1]);
    following.until_counts(&room.truth()).await;
    following.end().await;
}

#[tokio::test]
async fn a_lost_room_is_found_again_and_its_names_are_not_fetched_twice() {
    let room = Room::open().await;
    let following = follow(config(&format!("ws://{}", room.address)), 0);
    room.give(&[1]);
    following.until_counts(&room.truth()).await;
    room.order(|| Order::Drop);
    room.give(&[2]);
    following.until_counts(&room.truth()).await;
    let heard = room.heard(|heard| commands(heard, "Connect") == 2).await;
    assert_eq!(commands(&heard, "GetDataPackage"), 1);
    assert_eq!(heard[0]["uuid"], heard.last().unwrap()["uuid"]);

    room.start_over("g2");
    following.until_counts(&BTreeMap::new()).await;
    let heard = room.heard(|heard| commands(heard, "Connect") == 3).await;
    assert_eq!(commands(&heard, "GetDataPackage"), 2);
    assert!(had(&following.end().await, State::Waiting, "the link to the room broke"));
}

#[tokio::test]
async fn a_refused_slot_is_told_why_and_comes_in_once_the_room_agrees() {
    let room = Room::open().await;
    let address = format!("ws://{}", room.address);
    for (change, words) in [
        (("name", "Nobody"), "no slot `Nobody`"),
        (("game", "Else"), "does not play `Else`"),
        (("password", "no"), "another password"),
        (("", ""), "asks for its password"),
    ] {
        room.ask_for("sesame");
        let mut config = config(&address);
        match change {
            ("name", name) => config.name = name.into(),
            ("game", game) => (config.game, config.password) = (Some(game.into()), Some("sesame".into())),
            ("password", word) => config.password = Some(word.into()),
            _ => {}
        }
        let following = follow(config, 0);
        following.until(|notes| had(notes, State::Refused, words)).await;
        following.end().await;
    }
    let mut config = config(&address);
    (config.game, config.password) = (Some("Game".into()), Some("later".into()));
    let following = follow(config, 0);
    following.until(|notes| notes.state() == Some(State::Refused)).await;
    room.ask_for("later");
    following.until(|notes| notes.state() == Some(State::Connected) && notes.error().is_empty()).await;
    following.end().await;
}

#[tokio::test]
async fn what_is_not_the_protocol_ends_the_connection_and_not_the_connector() {
    let room = Room::open().await;
    let following = follow(config(&format!("ws://{}", room.address)), 0);
    let kinds: Vec<i64> = (100..40_000).collect();
    let lies: [(&dyn Fn() -> Order, &str); 8] = [
        (&|| Order::Say("[{".into()), "not the protocol"),
        (&|| Order::Say("{}".into()), "not the protocol"),
        (&|| Order::Say(r#"[{"cmd":"ReceivedItems","index":"0"}]"#.into()), "not the protocol"),
        (&|| Order::Say("[".repeat(100_000)), "not the protocol"),
        (&|| Order::Say(format!("[\"{}\"]", "x".repeat(4 << 20))), "more than 4 MiB"),
        (&|| Order::Binary, "binary"),
        (&|| Order::Say(json!([received(0, &kinds)]).to_string()), "kinds of items"),
        (&|| Order::Drop, "broke"),
    ];
    for (n, (lie, words)) in lies.iter().enumerate() {
        room.heard(|heard| commands(heard, "Connect") == n + 1).await;
        following.until(|notes| notes.state() == Some(State::Connected)).await;
        room.give(&[1]);
        following.until_counts(&room.truth()).await;
        room.order(lie);
        following.until(|notes| had(notes, State::Waiting, words)).await;
    }
    room.give(&[2]);
    following.until_counts(&room.truth()).await;
    following.end().await;
}

#[tokio::test]
async fn a_sink_that_refuses_is_offered_the_counts_again_and_the_link_stays() {
    let room = Room::open().await;
    room.give(&[1, 2]);
    let following = follow(config(&format!("ws://{}", room.address)), 3);
    let notes = following.until_counts(&room.truth()).await;
    assert_eq!(notes.calls, 4);
    assert!(had(&notes, State::Connected, "the tracker has no such item"));
    let notes = following.until(|notes| notes.error().is_empty()).await;
    assert!(notes.statuses[1..].iter().all(|status| status.state == State::Connected));
    following.end().await;
    assert_eq!(commands(&room.heard(|_| true).await, "Connect"), 1);
}

#[tokio::test]
async fn a_room_that_does_not_answer_runs_out_of_time() {
    let room = Room::open().await;
    room.set_mute(true);
    let mut config = config(&format!("ws://{}", room.address));
    config.options.timeout = Duration::from_millis(100);
    let following = follow(config, 0);
    following.until(|notes| had(notes, State::Waiting, "did not say whether the slot may be followed")).await;
    room.set_mute(false);
    following.until(|notes| notes.state() == Some(State::Connected)).await;
    following.end().await;
}

#[tokio::test]
async fn a_link_that_went_silent_is_given_up_after_a_ping() {
    // Takes the connection, greets, and then neither reads nor writes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config(&format!("ws://{}", listener.local_addr().unwrap()));
    config.options.ping_every = Duration::from_millis(20);
    config.options.silence = Duration::from_millis(100);
    let following = follow(config, 0);
    let (stream, _) = listener.accept().await.unwrap();
    let socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    following.until(|notes| had(notes, State::Waiting, "went silent")).await;
    following.end().await;
    drop(socket);
}

#[tokio::test]
async fn an_address_without_a_room_is_tried_until_there_is_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let following = follow(config(&address), 0);
    following.until(|notes| had(notes, State::Waiting, "no room is open at this address")).await;
    let notes = following.end().await;
    assert_eq!(notes.state(), Some(State::Off));
}

#[tokio::test]
async fn a_configuration_that_can_never_work_ends_at_once() {
    let following = follow(config("https://room.example/page"), 0);
    let notes = following.until(|notes| notes.state() == Some(State::Off)).await;
    assert!(notes.error().contains("web page"), "{notes:?}");
    assert_eq!(notes.calls, 0);
}

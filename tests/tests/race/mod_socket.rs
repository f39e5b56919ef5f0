//! What a game may do wrong, and that it hurts nobody: neither itself nor others.

use std::time::{Duration, Instant};

use regie_tests::{Came, Socket};
use serde_json::{Value, json};

use crate::{stage::Stage, support::of};

fn config() -> Value {
    json!({"countdown_seconds": 0})
}

/// The link still answers.
async fn lives(game: &mut Socket) {
    game.send(json!({"type": "ping"})).await;
    game.until("pong").await;
}

#[tokio::test]
async fn a_connection_that_never_says_who_it_is_ends_after_five_seconds() {
    let stage = Stage::open(config(), &["ada"]).await;
    let (began, mut silent) = (Instant::now(), Socket::open(&stage.regie.url, &stage.mod_path()).await);
    let mut babbling = Socket::open(&stage.regie.url, &stage.mod_path()).await;
    for frame in ["7", "[]", "{", r#"{"type":"ready","message_id":4}"#] {
        babbling.text(frame).await;
        assert_eq!(babbling.next().await["type"], "error");
    }
    assert_eq!(silent.closed().await.0, 4001);
    assert!(began.elapsed() > Duration::from_secs(4));
    assert_eq!(babbling.closed().await.0, 4001);
}

#[tokio::test]
async fn a_race_that_is_none_and_a_token_that_is_not_good_are_named_before_the_link_ends() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let mut nowhere = Socket::open(&stage.regie.url, "/ws/mod/absent").await;
    assert_eq!(nowhere.closed().await.0, 4004);
    let ada = &stage.players[0].mod_token;
    let (head, mac) = ada.rsplit_once('.').unwrap();
    let bobs = stage.players[1].mod_token.rsplit_once('.').unwrap().0;
    for token in
        [json!(""), json!(7), Value::Null, json!("x.y.z"), json!(head), json!(format!("{bobs}.{mac}"))]
    {
        let mut game = Socket::open(&stage.regie.url, &stage.mod_path()).await;
        game.send(json!({"type": "auth", "mod_token": token})).await;
        let told = game.next().await;
        assert_eq!(told["type"], "auth_error", "{token}");
        assert!(!told["message"].as_str().unwrap().is_empty());
        assert_eq!(game.closed().await.0, 4003, "{token}");
    }
}

#[tokio::test]
async fn a_new_connection_evicts_the_old_one_and_never_the_other_way_round() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let (mut bob, _) = stage.playing(1).await;
    let (mut old, _) = stage.playing(0).await;
    let (mut new, told) = stage.playing(0).await;
    assert_eq!(told["participants"][0]["mod_connected"], true);
    assert_eq!(old.closed().await.0, 4000);
    lives(&mut new).await;
    lives(&mut bob).await;
    // The last one that goes is seen to go.
    let gone = |m: &Value, is: bool| {
        let of = |p: &Value| p["name"] == "ada" && p["mod_connected"] == is;
        m["type"] == "leaderboard_update" && m["participants"].as_array().unwrap().iter().any(of)
    };
    bob.until_it(|m| gone(m, true)).await;
    new.cut();
    bob.until_it(|m| gone(m, false)).await;
}

#[tokio::test]
async fn a_frame_that_is_refused_is_named_and_changes_nothing() {
    let stage = Stage::open(config(), &["ada"]).await;
    let (mut waiting, _) = stage.playing(0).await;
    waiting.send(json!({"type": "status_update", "igt_ms": 5, "message_id": 1})).await;
    let told = waiting.until("error").await;
    assert_eq!((&told["code"], &told["message_id"]), (&"not_playing".into(), &1.into()));
    waiting.cut();

    let mut game = stage.run().await.remove(0);
    game.send(json!({"type": "status_update", "igt_ms": 60_000, "death_count": 2, "message_id": "first"}))
        .await;
    game.until("status_update_ack").await;
    for (frame, code) in [
        (r#"{"type":"status_update","igt_ms":-1}"#, "bad_igt"),
        (r#"{"type":"status_update","igt_ms":1.5}"#, "bad_igt"),
        (r#"{"type":"status_update","igt_ms":"70000"}"#, "bad_igt"),
        (r#"{"type":"status_update","igt_ms":99999999999999999999}"#, "bad_igt"),
        (r#"{"type":"status_update","death_count":3}"#, "missing_igt"),
        (r#"{"type":"status_update","igt_ms":59999}"#, "igt_regressed"),
        (r#"{"type":"finished"}"#, "missing_igt"),
        (r#"{"type":"finished","igt_ms":59999}"#, "igt_regressed"),
        (r#"{"type":"zone_entered","to_zone":"absent","igt_ms":61000}"#, "unknown_zone"),
        (r#"{"type":"event_flag","flag_id":1,"igt_ms":61000}"#, "unknown_flag"),
        (r#"{"type":"dance","igt_ms":61000}"#, "unknown_type"),
        (r#"{"type":"host:finish"}"#, "unknown_type"),
        (r#"{"type":"host:abandon","slot":1}"#, "unknown_type"),
        (r#"{"type":"auth","mod_token":"x"}"#, "already_authenticated"),
        (r#"{"type":"status_update","igt_ms":61000,"message_id":{}}"#, "bad_message_id"),
        (r#"{"type":7}"#, "no_type"),
        ("[1,2]", "not_an_object"),
        ("42", "not_an_object"),
        ("null", "not_an_object"),
        ("\u{7}{", "bad_json"),
        ("", "bad_json"),
    ] {
        game.text(frame).await;
        assert_eq!(game.until("error").await["code"], code, "{frame}");
    }
    game.binary(vec![0, 159, 146, 150]).await;
    assert_eq!(game.until("error").await["code"], "not_text");
    game.text(format!(r#"{{"type":"status_update","x":"{}"}}"#, "x".repeat(1 << 20))).await;
    assert_eq!(game.until("error").await["code"], "too_large");
    lives(&mut game).await;
    let race = stage.race(None).await;
    let ada = of(&race, "ada");
    assert_eq!(
        (&ada["igt_ms"], &ada["death_count"], &ada["status"]),
        (&60_000.into(), &2.into(), &"playing".into())
    );
}

#[tokio::test]
async fn what_the_transport_cannot_take_ends_that_link_alone() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let mut games = stage.run().await;
    let _ = games[0].try_text("x".repeat(3 << 20)).await;
    let (code, _) = games[0].closed().await;
    assert!(code == 1009 || code == 1006, "{code}");
    lives(&mut games[1]).await;
    let (mut again, _) = stage.playing(0).await;
    lives(&mut again).await;
}

#[tokio::test]
async fn after_an_abandon_nothing_counts_any_more() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let mut games = stage.run().await;
    let game = &mut games[0];
    for _ in 0..2 {
        game.send(json!({"type": "abandon", "message_id": "enough"})).await;
        game.until("abandon_ack").await;
    }
    for frame in [
        json!({"type": "finished", "igt_ms": 90_000, "message_id": 1}),
        json!({"type": "status_update", "igt_ms": 90_000, "message_id": 2}),
        json!({"type": "ready", "message_id": 3}),
    ] {
        game.send(frame.clone()).await;
        let told = game.until("error").await;
        assert_eq!(
            (&told["code"], &told["message_id"]),
            (&"already_ended".into(), &frame["message_id"]),
            "{frame}"
        );
    }
    assert_eq!(of(&stage.race(None).await, "ada")["status"], "abandoned");
}

#[tokio::test]
async fn a_message_is_acknowledged_each_time_and_done_once() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let mut games = stage.run().await;
    let (mut again, auth_ok) = stage.playing(0).await;
    assert_eq!(games.remove(0).closed().await.0, 4000);
    let flag = auth_ok["seed"]["event_ids"][0].clone();
    for id in [json!(17), json!("17"), json!(17)] {
        again.send(json!({"type": "event_flag", "flag_id": flag, "igt_ms": 61_000, "message_id": id})).await;
        assert_eq!(again.until("event_flag_ack").await["message_id"], id);
    }
    // Without an id it is not answered, and a flag that is set once more says nothing new.
    again.send(json!({"type": "event_flag", "flag_id": flag, "igt_ms": 61_500})).await;
    again.send(json!({"type": "status_update", "igt_ms": 62_000, "message_id": "end"})).await;
    let told = again.next_of(&["event_flag_ack", "status_update_ack"]).await;
    assert_eq!(told["type"], "status_update_ack");
    assert_eq!(own_history(&stage).await.len(), 2, "the start and one node");
}

/// Where the first player was, as that player sees it.
async fn own_history(stage: &Stage) -> Vec<Value> {
    let race = stage.race(Some(&stage.players[0].token)).await;
    let own =
        race["participants"].as_array().unwrap().iter().find(|p| p["id"] == stage.players[0].id).unwrap();
    own["zone_history"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_game_that_is_cut_off_at_any_step_and_replays_all_ends_as_one_that_was_not() {
    let stage = Stage::open(json!({"countdown_seconds": 1}), &["ada", "bob"]).await;
    let (mut bob, _) = stage.playing(1).await;
    bob.send(json!({"type": "ready", "message_id": 0})).await;
    bob.until("ready_ack").await;

    // Before the answer to `auth`, before that to `ready`, in the countdown.
    stage.game(0).await.cut();
    let (mut game, auth_ok) = stage.playing(0).await;
    game.send(json!({"type": "ready"})).await;
    game.cut();
    let (mut game, _) = stage.playing(0).await;
    game.send(json!({"type": "ready", "message_id": "r"})).await;
    game.until("ready_ack").await;
    stage.organize("start").await;
    game.cut();
    let (mut game, _) = stage.playing(0).await;
    game.until_it(|m| m["type"] == "race_status_change" && m["status"] == "running").await;

    let flags = auth_ok["seed"]["event_ids"].as_array().unwrap().clone();
    let frames: Vec<Value> = (0..3)
        .map(|n| {
            json!({"type": "event_flag", "flag_id": flags[n], "igt_ms": 60_000 * (n + 1), "message_id": format!("f{n}")})
        })
        .collect();
    // Each time cut off after one more frame, whose answer it never reads; each time it replays all.
    for sent in 1..=frames.len() {
        for frame in &frames[..sent] {
            game.send(frame.clone()).await;
        }
        game.cut();
        game = stage.playing(0).await.0;
        assert_eq!(game.next().await["type"], "zone_update", "where it stands comes after auth_ok");
        game.send(json!({"type": "ready"})).await;
    }
    for frame in &frames {
        game.send(frame.clone()).await;
        assert_eq!(game.until("event_flag_ack").await["message_id"], frame["message_id"]);
    }
    let before = own_history(&stage).await;
    let finish = json!({"type": "event_flag", "flag_id": auth_ok["seed"]["finish_event"], "igt_ms": 500_000, "message_id": "end"});
    game.send(finish.clone()).await;
    game.cut();
    let (mut game, _) = stage.playing(0).await;
    game.send(finish).await;
    assert_eq!(game.until("event_flag_ack").await["message_id"], "end", "also after the end");
    let race = stage.race(Some(&stage.players[0].token)).await;
    let own = of(&race, "ada");
    assert_eq!(
        (&own["name"], &own["status"], &own["igt_ms"]),
        (&"ada".into(), &"finished".into(), &500_000.into())
    );
    assert_eq!(own_history(&stage).await, before, "nothing was counted twice");
}

#[tokio::test]
async fn a_flood_is_held_back_and_others_are_served_meanwhile() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let mut games = stage.run().await;
    let (mut flood, mut other) = (games.remove(0), games.remove(0));
    let flooding = tokio::spawn(async move {
        for n in 0..1500_u32 {
            flood
                .send(match n % 5 {
                    0 => json!({"type": "status_update", "igt_ms": 1000 + n, "death_count": 0}),
                    _ => json!({"type": "ping"}),
                })
                .await;
            if n % 25 == 0 {
                flood.drain(Duration::from_millis(2)).await;
            }
        }
        flood
    });
    let mut slowest = Duration::ZERO;
    for n in 0..30_u32 {
        let began = Instant::now();
        other.send(json!({"type": "status_update", "igt_ms": 1000 * (n + 1), "message_id": n})).await;
        other.until("status_update_ack").await;
        slowest = slowest.max(began.elapsed());
    }
    let mut flood = flooding.await.unwrap();
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    flood.drain(Duration::from_secs(1)).await;
    assert!(flood.heard.contains("rate_limited"));
    lives(&mut flood).await;
}

#[tokio::test]
async fn a_reset_disconnects_games_and_they_find_the_race_open_again() {
    let stage = Stage::open(config(), &["ada"]).await;
    let mut game = stage.run().await.remove(0);
    stage.organize("reset").await;
    assert_eq!(game.closed().await, (1000, "Race reset".to_owned()));
    let (mut game, auth_ok) = stage.playing(0).await;
    assert_eq!(auth_ok["race"]["status"], "open");
    let race = format!("/api/races/{}", stage.id);
    let deleted = stage.regie.call_as(Some(&stage.organizer), reqwest::Method::DELETE, &race, None).await;
    assert!(deleted.status.is_success(), "{}", deleted.text);
    assert_eq!(game.closed().await.0, 4004);
}

#[tokio::test]
async fn a_player_who_is_removed_is_signed_in_no_more() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let (mut game, _) = stage.playing(0).await;
    let path = format!("/api/races/{}/participants/{}", stage.id, stage.players[0].id);
    let removed = stage.regie.call_as(Some(&stage.organizer), reqwest::Method::DELETE, &path, None).await;
    assert!(removed.status.is_success(), "{}", removed.text);
    assert_eq!(game.closed().await.0, 4003);
    let mut again = stage.game(0).await;
    assert_eq!(again.next().await["type"], "auth_error");
    assert_eq!(again.came().await, Came::Closed(4003, "not authenticated".into()));
}

//! Who looks on: who they are to the race, what they are told, and when.

use std::time::{Duration, Instant};

use regie_tests::{Came, Socket};
use serde_json::{Value, json};

use crate::stage::Stage;

fn config() -> Value {
    json!({"countdown_seconds": 0})
}

/// Whether a clock stands there, in an update or in a picture of the room that came meanwhile.
fn has_clock(message: &Value, igt_ms: u64) -> bool {
    let all = message["participants"].as_array().into_iter().flatten();
    all.chain([&message["player"]]).any(|player| player["igt_ms"] == igt_ms)
}

fn history(message: &Value, name: &str) -> Value {
    let all = message["participants"].as_array().unwrap();
    all.iter().find(|p| p["name"] == name).unwrap()["zone_history"].clone()
}

#[tokio::test]
async fn who_says_that_they_are_nobody_need_not_wait_and_who_says_nothing_waits_two_seconds() {
    let stage = Stage::open(config(), &["ada"]).await;
    let mut nobody = stage.spectator(None, "").await;
    let (began, mut silent) = (Instant::now(), Socket::open(&stage.regie.url, &stage.race_path()).await);
    let told = nobody.next().await;
    assert!(began.elapsed() < Duration::from_millis(1500));
    assert_eq!(told["type"], "race_state");
    assert_eq!((&told["race"]["status"], &told["seed"]["graph_json"]), (&"open".into(), &Value::Null));
    assert_eq!(told["participants"][0]["name"], "ada");
    assert!(told["server_time_ms"].as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(silent.next().await["type"], "race_state");
    assert!(began.elapsed() > Duration::from_millis(1800), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_refused_by_name() {
    let stage = Stage::open(config(), &["ada"]).await;
    let mut nowhere = Socket::open(&stage.regie.url, "/ws/race/absent").await;
    assert_eq!(nowhere.closed().await.0, 4004);
    let mut wrong = stage.spectator(Some("not-a-token"), "").await;
    assert_eq!(wrong.next().await["type"], "auth_error");
    assert_eq!(wrong.closed().await.0, 4003);
    let odd = Socket::try_open(&stage.regie.url, &format!("{}?delay=7", stage.race_path()), &[]).await;
    assert!(odd.err().unwrap().to_string().contains("400"));
    let cookie = [("cookie", "regie_session=x"), ("origin", "http://elsewhere.example")];
    let foreign = Socket::try_open(&stage.regie.url, &stage.race_path(), &cookie).await;
    assert!(foreign.err().unwrap().to_string().contains("403"));
    let mut looking = stage.spectator(None, "?locale=fr").await;
    looking.until("race_state").await;
    for (frame, code) in [("7", "not_an_object"), ("{", "bad_json"), (r#"{"type":"ready"}"#, "unknown_type")]
    {
        looking.text(frame).await;
        assert_eq!(looking.until("error").await["code"], code);
    }
    looking.send(json!({"type": "ping"})).await;
    looking.until("pong").await;
}

#[tokio::test]
async fn a_race_is_told_from_its_start_to_its_end_in_order() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let mut looking = stage.spectator(None, "").await;
    looking.until("race_state").await;
    let mut games = stage.run().await;
    let whole = looking.until_it(|m| m["type"] == "race_state" && m["race"]["status"] == "running").await;
    assert!(whole["seed"]["graph_json"]["nodes"].is_object(), "spectators see the map of a race that runs");
    assert!(whole["seed"]["event_ids"].is_null(), "flags are for games");
    let status = looking.next_of(&["race_status_change", "leaderboard_update"]).await;
    assert_eq!((&status["type"], &status["status"]), (&"race_status_change".into(), &"running".into()));
    assert!(status["started_at"].is_string());

    // A clock alone: one update, at once.
    games[0].send(json!({"type": "status_update", "igt_ms": 41_000, "death_count": 3})).await;
    let moved = |m: &Value| m["type"] == "player_update" && m["player"]["igt_ms"] == 41_000;
    let update = looking.until_it(moved).await;
    assert_eq!((&update["player"]["name"], &update["player"]["death_count"]), (&"ada".into(), &3.into()));

    // A new layer: splits and places.
    let finish = whole["seed"]["total_layers"].as_u64().unwrap() - 1;
    let nodes = whole["seed"]["graph_json"]["nodes"].as_object().unwrap();
    let second = nodes.iter().find(|(_, node)| node["layer"] == 1).unwrap().0;
    games[1]
        .send(json!({"type": "zone_entered", "to_zone": second, "igt_ms": 50_000, "message_id": 1}))
        .await;
    games[1].until("zone_entered_ack").await;
    let board =
        looking.until_it(|m| m["type"] == "leaderboard_update" && m["leader_splits"]["1"] == 50_000).await;
    assert_eq!(
        (&board["participants"][0]["name"], &board["participants"][0]["zone_id"]),
        (&"bob".into(), &json!(second))
    );
    assert_eq!(board["participants"][0]["current_layer"], 1);
    assert_eq!(history(&board, "bob").as_array().unwrap().len(), 2);
    assert!(finish > 1);

    // Everybody ends: the race is over.
    games[0].send(json!({"type": "abandon"})).await;
    looking
        .until_it(|m| m["type"] == "leaderboard_update" && m["participants"][1]["status"] == "abandoned")
        .await;
    games[1].send(json!({"type": "finished", "igt_ms": 90_000})).await;
    looking.until_it(|m| m["type"] == "race_state" && m["race"]["status"] == "finished").await;
    let then: Vec<_> = [looking.next().await, looking.next().await].map(|m| m["type"].clone()).into();
    assert_eq!(then, ["race_status_change", "leaderboard_update"]);
}

#[tokio::test]
async fn all_spectators_of_one_class_are_told_the_same_bytes_and_are_counted() {
    let stage = Stage::open(config(), &["ada"]).await;
    let mut first = stage.spectator(None, "").await;
    first.until("race_state").await;
    first.until_it(|m| m["type"] == "spectator_count" && m["count"] == 1).await;
    let mut second = stage.spectator(None, "").await;
    second.until("race_state").await;
    first.until_it(|m| m["type"] == "spectator_count" && m["count"] == 2).await;
    second.until_it(|m| m["type"] == "spectator_count" && m["count"] == 2).await;
    (first.heard, second.heard) = (String::new(), String::new());
    let mut game = stage.run().await.remove(0);
    for n in 1..=20_u32 {
        game.send(json!({"type": "status_update", "igt_ms": n * 1000, "message_id": n})).await;
        game.until("status_update_ack").await;
    }
    for looking in [&mut first, &mut second] {
        looking.until_it(|m| has_clock(m, 20_000)).await;
    }
    assert_eq!(first.heard, second.heard);
    second.cut();
    first.until_it(|m| m["type"] == "spectator_count" && m["count"] == 1).await;
}

#[tokio::test]
async fn a_player_sees_the_own_way_until_the_end_and_then_everything() {
    let stage = Stage::open(config(), &["ada", "bob"]).await;
    let mut ada = stage.spectator(Some(&stage.players[0].token), "").await;
    ada.until("race_state").await;
    let mut games = stage.run().await;
    let whole = ada.until_it(|m| m["type"] == "race_state" && m["seed"]["graph_json"].is_object()).await;
    let shown = whole["seed"]["graph_json"]["nodes"].as_object().unwrap().len() as u64;
    assert!(shown < whole["seed"]["total_nodes"].as_u64().unwrap(), "only where she is, and next to it");
    assert_eq!(history(&whole, "bob"), Value::Null);
    games[0].send(json!({"type": "finished", "igt_ms": 80_000})).await;
    let all = ada
        .until_it(|m| {
            let nodes = m["seed"]["graph_json"]["nodes"].as_object().map_or(0, serde_json::Map::len);
            m["type"] == "race_state" && nodes as u64 == m["seed"]["total_nodes"].as_u64().unwrap_or(1)
        })
        .await;
    assert_eq!(history(&all, "bob").as_array().unwrap().len(), 1);
    assert_eq!(all["race"]["status"], "running");
}

#[tokio::test]
async fn who_wants_to_be_late_sees_the_race_as_it_was() {
    let stage = Stage::open(config(), &["ada"]).await;
    let mut now = stage.spectator(None, "").await;
    now.until("race_state").await;
    let mut late = stage.spectator(None, "?delay=30").await;
    late.until("race_state").await;
    let mut game = stage.run().await.remove(0);
    game.send(json!({"type": "status_update", "igt_ms": 41_000})).await;
    now.until_it(|m| has_clock(m, 41_000)).await;
    late.drain(Duration::from_millis(1500)).await;
    for word in ["running", "41000", "playing"] {
        assert!(!late.heard.contains(word), "{word}: {}", late.heard);
    }
    // One who comes now sees the same, and a clock that is half a minute behind.
    let mut later = stage.spectator(None, "?delay=30").await;
    let whole = later.until("race_state").await;
    assert!(["draft", "open"].contains(&whole["race"]["status"].as_str().unwrap()), "{whole}");
    assert_eq!(whole["seed"]["graph_json"], Value::Null);
    let behind = now_ms() - whole["server_time_ms"].as_i64().unwrap();
    assert!((29_000..40_000).contains(&behind), "{behind}");
}

#[tokio::test]
async fn a_view_that_is_for_nobody_opens_when_the_race_is_over() {
    let stage = Stage::open(json!({"countdown_seconds": 0, "public_view": "none"}), &["ada"]).await;
    let mut nobody = stage.spectator(None, "").await;
    let mut caster = stage.spectator(Some(&stage.organizer), "").await;
    nobody.until("race_state").await;
    let mut game = stage.run().await.remove(0);
    game.send(json!({"type": "status_update", "igt_ms": 41_000})).await;
    caster.until_it(|m| has_clock(m, 41_000)).await;
    nobody.drain(Duration::from_millis(600)).await;
    assert!(!nobody.heard.contains("41000"), "{}", nobody.heard);
    game.send(json!({"type": "finished", "igt_ms": 77_000})).await;
    nobody.until_it(|m| m["type"] == "race_state" && m["seed"]["graph_json"].is_object()).await;
}

#[tokio::test]
async fn a_race_that_is_deleted_is_gone_for_spectators_too() {
    let stage = Stage::open(config(), &["ada"]).await;
    let mut looking = stage.spectator(None, "").await;
    looking.until("race_state").await;
    let path = format!("/api/races/{}", stage.id);
    let deleted = stage.regie.call_as(Some(&stage.organizer), reqwest::Method::DELETE, &path, None).await;
    assert!(deleted.status.is_success(), "{}", deleted.text);
    assert!(matches!(looking.closed().await, (4004, _)));
    let mut again = stage.spectator(None, "").await;
    assert!(matches!(again.came().await, Came::Closed(4004, _)));
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

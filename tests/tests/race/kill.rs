//! A server that ends in mid-race.

use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_sudden_end() {
    let mut stage = Stage::open(json!({"countdown_seconds": 0}), &["ada", "ben"]).await;
    let mut games = stage.run().await;
    let started_at = stage.race(None).await["started_at"].clone();
    let clock = |n: u64| json!({"type": "status_update", "igt_ms": n * 1_000, "death_count": n, "message_id": format!("m{n}")});
    for n in 1..=20 {
        games[0].send(clock(n)).await;
    }
    games[0].until_it(|m| m["type"] == "status_update_ack" && m["message_id"] == "m15").await;
    stage.regie.kill();
    stage.regie.start().await;

    let race = stage.race(None).await;
    assert_eq!((&race["status"], &race["started_at"]), (&json!("running"), &started_at));
    let igt = igt_of(&race, "ada");
    assert!(igt.is_some_and(|igt| igt >= 15_000), "{race}");
    assert_eq!(igt_of(&race, "ben").unwrap_or(0), 0);

    // The game finds its race again, and plays on.
    let (mut game, _) = stage.playing(0).await;
    game.send(clock(60)).await;
    game.until_it(|m| m["type"] == "status_update_ack" && m["message_id"] == "m60").await;
    assert_eq!(igt_of(&stage.race(None).await, "ada"), Some(60_000));
}

fn igt_of(race: &Value, name: &str) -> Option<u64> {
    let participants = race["participants"].as_array().unwrap();
    participants.iter().find(|p| p["name"] == name).unwrap()["igt_ms"].as_u64()
}

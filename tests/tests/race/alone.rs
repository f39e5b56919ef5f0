use serde_json::json;

use crate::support::{Room, of};

#[tokio::test]
async fn each_starts_when_they_like_where_each_starts_alone() {
    let room = Room::open(json!({"start": "async", "countdown_seconds": 1})).await;
    assert_eq!(room.post("ada", "begin", json!({})).await.status, 409, "not before the organizer");
    let running = room.ok("org", "start").await;
    assert_eq!(running["status"], "running", "nobody has to be ready");
    let begun = room.ok("ada", "begin").await;
    assert_eq!(of(&begun, "ada")["status"], "ready");
    let started_at = of(&begun, "ada")["started_at"].clone();
    assert!(started_at.is_string(), "{begun}");
    assert_eq!(room.post("ada", "begin", json!({})).await.code(), "already_begun");
    let playing = room.until("org", |race| of(race, "ada")["status"] == "playing").await;
    assert_eq!(of(&playing, "ada")["started_at"], started_at);
    assert_eq!(of(&playing, "ben")["status"], "registered");
    let ada = room.pid("ada").await;
    assert_eq!(room.ok("ada", &format!("participants/{ada}/abandon")).await["status"], "running");
    room.ok("ben", "ready").await;
    room.until("org", |race| of(race, "ben")["status"] == "playing").await;
    let ben = room.pid("ben").await;
    let over = room.ok("ben", &format!("participants/{ben}/abandon")).await;
    assert_eq!(over["status"], "finished", "all have ended");
}

use serde_json::json;

use crate::support::{Room, of};

/// In so many seconds, as RFC 3339, by the server's clock.
async fn soon(room: &Room, seconds: i64) -> String {
    let now = room.see("org").await["server_time_ms"].as_i64().unwrap();
    regie_core::rfc3339(now + seconds * 1000)
}

#[tokio::test]
async fn a_scheduled_race_starts_by_itself_at_exactly_that_time() {
    let room = Room::open(json!({"countdown_seconds": 2})).await;
    let past = soon(&room, -1).await;
    let refused = room.post("org", "start", json!({"scheduled_start": past})).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["error"]["path"].clone()),
        (400, json!("scheduled_start"))
    );
    let at = soon(&room, 4).await;
    let scheduled = room.post("org", "start", json!({"scheduled_start": at})).await;
    assert_eq!(scheduled.status, 200, "{}", scheduled.text);
    assert_eq!(
        (&scheduled.json()["status"], &scheduled.json()["scheduled_start"]),
        (&json!("open"), &json!(at))
    );
    room.ok("ada", "ready").await;
    let countdown = room.until("org", |race| race["status"] == "countdown").await;
    assert_eq!(countdown["started_at"], json!(at));
    let running = room.until("org", |race| race["status"] == "running").await;
    assert_eq!(running["started_at"], json!(at));
    assert!(running["server_time_ms"].as_i64() >= regie_core::parse_rfc3339(&at), "not before it");
    assert_eq!(
        (&of(&running, "ada")["status"], &of(&running, "ben")["status"]),
        (&json!("playing"), &json!("registered"))
    );
}

#[tokio::test]
async fn a_schedule_is_taken_back() {
    let room = Room::open(json!({})).await;
    let later = soon(&room, 3600).await;
    for _ in 0..2 {
        let scheduled = room.post("org", "start", json!({"scheduled_start": later})).await;
        assert_eq!(scheduled.json()["scheduled_start"], json!(later));
        let taken = room.delete("org", "start").await;
        assert_eq!((taken.status.as_u16(), taken.json()["scheduled_start"].clone()), (200, json!(null)));
    }
    room.patch("org", json!({"scheduled_start": later})).await;
    let taken = room.post("org", "start", json!({"scheduled_start": null})).await;
    assert_eq!(
        (taken.status.as_u16(), taken.json()["scheduled_start"].clone()),
        (200, json!(null)),
        "{}",
        taken.text
    );
    assert_eq!(taken.json()["status"], "open");
}

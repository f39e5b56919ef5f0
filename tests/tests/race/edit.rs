use serde_json::json;

use crate::support::Room;

#[tokio::test]
async fn rules_change_before_the_start_and_not_after_it() {
    let room = Room::open(json!({"countdown_seconds": 0})).await;
    let config = json!({"time_limit_minutes": 30, "public_view": "delayed"});
    let changed = room.patch("org", json!({"name": "Monday", "config": config})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let race = changed.json();
    assert_eq!((&race["name"], &race["config"]["time_limit_minutes"]), (&json!("Monday"), &json!(30)));
    assert_eq!(race["config"]["max_participants"], 8, "what is not named stays");
    for (bad, path) in [
        (json!({"config": {"countdown_seconds": 601}}), "config.countdown_seconds"),
        (json!({"config": {"nonsense": 1}}), "config"),
        (json!({"name": ""}), "name"),
        (json!({"scheduled_start": "yesterday"}), "scheduled_start"),
        (json!({"scheduled_start": "2020-01-01T00:00:00Z"}), "scheduled_start"),
    ] {
        let refused = room.patch("org", bad.clone()).await;
        assert_eq!(refused.status, 400, "{bad}: {}", refused.text);
        assert_eq!(refused.json()["error"]["path"], path, "{bad}");
    }
    assert_eq!(room.patch("org", json!({"config": {"max_participants": 1}})).await.status, 409);
    assert_eq!(room.patch("org", json!({"pool": "none"})).await.status, 404);
    room.start().await;
    for (late, path) in [
        (json!({"config": {"start": "async"}}), "config.start"),
        (json!({"config": {"show_finished_names": false}}), "config.show_finished_names"),
        (json!({"scheduled_start": "2099-01-01T00:00:00Z"}), "status"),
    ] {
        let refused = room.patch("org", late.clone()).await;
        assert_eq!(refused.status, 409, "{late}: {}", refused.text);
        assert_eq!(refused.json()["error"]["path"], path, "{late}");
    }
    let still = json!({"name": "Tuesday", "config": {"visibility": "unlisted"}});
    assert_eq!(room.patch("org", still).await.status, 200);
}

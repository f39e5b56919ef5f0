use regie_tests::{Answer, Regie};
use serde_json::json;

use crate::support::{MODE, Room};

async fn with_key(room: &Room, token: &str, key: &str, path: &str, body: serde_json::Value) -> Answer {
    let request = room.regie.http.post(format!("{}{path}", room.regie.url)).bearer_auth(token);
    Regie::answer(request.header("Idempotency-Key", key).json(&body)).await
}

#[tokio::test]
async fn a_request_that_is_sent_again_with_its_key_is_answered_again() {
    let room = Room::draft(json!({})).await;
    let admin = regie_tests::TOKEN;
    let path = format!("/api/races/{}/open", room.id);
    let first = with_key(&room, admin, "k1", &path, json!({})).await;
    let again = with_key(&room, admin, "k1", &path, json!({})).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200), "{}", again.text);
    assert_eq!(first.text, again.text);
    assert_eq!(with_key(&room, admin, "k2", &path, json!({})).await.status, 409, "it is open");
    let other = format!("/api/races/{}/cancel", room.id);
    let foreign = with_key(&room, admin, "k1", &other, json!({})).await;
    assert_eq!(foreign.json()["error"]["path"], "Idempotency-Key", "{}", foreign.text);
    assert_eq!(room.see("org").await["status"], "open");
}

#[tokio::test]
async fn a_race_is_made_once_for_a_key() {
    let room = Room::draft(json!({})).await;
    let form = json!({"name": "Once", "mode": MODE});
    let first = with_key(&room, regie_tests::TOKEN, "k", "/api/races", form.clone()).await;
    let again = with_key(&room, regie_tests::TOKEN, "k", "/api/races", form.clone()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201), "{}", again.text);
    assert_eq!(first.json()["id"], again.json()["id"]);
    let both = [(); 2].map(|()| with_key(&room, regie_tests::TOKEN, "at once", "/api/races", form.clone()));
    let [one, other] = both;
    let (one, other) = tokio::join!(one, other);
    assert_eq!(one.json()["id"], other.json()["id"]);
    let other = with_key(&room, regie_tests::TOKEN, "l", "/api/races", form).await;
    assert_ne!(first.json()["id"], other.json()["id"]);
}

#[tokio::test]
async fn what_cannot_be_a_race_is_refused_with_its_place() {
    let room = Room::draft(json!({})).await;
    for (form, status, path) in [
        (json!({"name": "x"}), 400, "mode"),
        (json!({"name": "x", "mode": "none"}), 400, "mode"),
        (json!({"name": "x", "pool": "none"}), 404, "pool"),
        (json!({"name": "x\ny", "mode": MODE}), 400, "name"),
        (
            json!({"name": "x", "mode": MODE, "config": {"max_participants": 0}}),
            400,
            "config.max_participants",
        ),
        (
            json!({"name": "x", "mode": MODE, "scheduled_start": "2020-01-01T00:00:00Z"}),
            400,
            "scheduled_start",
        ),
    ] {
        let refused = room.call("org", reqwest::Method::POST, "/api/races", Some(form.clone())).await;
        assert_eq!(refused.status, status, "{form}: {}", refused.text);
        assert_eq!(refused.json()["error"]["path"], path, "{form}");
    }
}

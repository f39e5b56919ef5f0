use serde_json::json;

use crate::support::Room;

#[tokio::test]
async fn who_plays_acts_for_themselves_and_nobody_speaks_for_the_host() {
    let room = Room::running().await;
    let host = json!({"action": {"type": "host:finish"}, "key": "a"});
    let refused = room.post("ada", "act", host).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["error"]["path"].clone()),
        (403, json!("action.type"))
    );
    let unknown = room.post("ada", "act", json!({"action": {"type": "nonsense"}, "key": "b"})).await;
    assert_eq!(unknown.status, 409, "the mode's own refusal: {}", unknown.text);
    assert!(unknown.code().starts_with("plugin."), "{}", unknown.text);
    assert!(unknown.json().get("state").is_none(), "what others did is not told");
    assert_eq!(room.post("eve", "act", json!({"action": {"type": "nonsense"}})).await.status, 403);
    let ada = room.pid("ada").await;
    room.ok("ada", &format!("participants/{ada}/abandon")).await;
    assert_eq!(
        room.post("ada", "act", json!({"action": {"type": "nonsense"}})).await.code(),
        "already_ended"
    );
}

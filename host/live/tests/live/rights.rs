//! What may be seen and edited follows the credential while links are open.

use regie_core::Role;
use serde_json::json;

use crate::support::House;

#[tokio::test]
async fn a_changed_role_changes_the_picture_at_once() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let mut client = house.connect().await;
    client.say(json!({"subscribe": [{"topic": "t/1"}]})).await;
    assert_eq!(client.hear().await["html"], "<p>5 false</p>");
    for (role, html) in [(Some(Role::Editor), "<p>5 true</p>"), (None, "<p>5 false</p>")] {
        *house.badge.0.lock() = role;
        house.hub.reevaluate();
        assert_eq!(client.hear().await["html"], html);
    }
    house.room.put("t/1", 6);
    assert_eq!(client.hear().await["html"], "<p>6 false</p>");
    house.close().await;
}

#[tokio::test]
async fn what_may_no_longer_be_seen_is_dropped_and_comes_back_when_it_may() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let (mut plain, mut keyed) = (house.connect().await, house.connect().await);
    plain.watch("t/1").await;
    keyed.say(json!({"subscribe": [{"topic": "t/1", "as": "state", "key": "good"}]})).await;
    keyed.hear().await;
    house.room.documents.lock().values_mut().for_each(|document| document.secret = true);
    house.hub.reevaluate();
    assert_eq!(plain.hear().await["error"]["code"], "forbidden");
    for value in 6..9 {
        let version = house.room.put("t/1", value);
        keyed.hear_until(|frame| frame["version"] == version).await;
    }
    plain.say(json!({"beat": 1})).await;
    let next = plain.message().await.unwrap().into_text().unwrap();
    assert_eq!(next.as_str(), r#"{"beat":1}"#, "nothing of the secret came");
    // A second look at the same refusal is not told again; then it is public.
    house.hub.reevaluate();
    house.room.documents.lock().values_mut().for_each(|document| document.secret = false);
    house.hub.reevaluate();
    assert_eq!(plain.hear().await["state"]["value"], 8);
    house.close().await;
}

#[tokio::test]
async fn a_void_credential_falls_back_to_what_anyone_may() {
    let house = House::open().await;
    house.room.put("t/public", 1);
    house.room.change("t/secret", |document| document.secret = true);
    *house.badge.0.lock() = Some(Role::Editor);
    let mut client = house.connect().await;
    client.watch("t/public").await;
    client.watch("t/secret").await;
    *house.badge.0.lock() = None;
    house.hub.reevaluate();
    let frames = [client.hear().await, client.hear().await];
    let secret = frames.iter().find(|frame| frame["topic"] == "t/secret").unwrap();
    assert_eq!(secret["error"]["code"], "forbidden");
    house.room.put("t/public", 2);
    assert_eq!(client.hear_until(|frame| frame["version"] == 2).await["topic"], "t/public");
    house.close().await;
}

#[tokio::test]
async fn a_wrong_key_opens_nothing() {
    let house = House::open().await;
    house.room.change("t/1", |document| document.secret = true);
    let mut client = house.connect().await;
    for (key, code) in
        [(json!(null), json!("forbidden")), (json!("bad"), json!("forbidden")), (json!("good"), json!(null))]
    {
        client.say(json!({"subscribe": [{"topic": "t/1", "as": "state", "key": key}]})).await;
        assert_eq!(client.hear().await["error"]["code"], code, "{key}");
    }
    house.close().await;
}

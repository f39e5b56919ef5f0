//! The topic `lobby`: the same for everybody who is signed in.

use serde_json::{Value, json};

use crate::support::{Hall, names, within_a_second};

fn item<'a>(frame: &'a Value, id: &str) -> Option<&'a Value> {
    frame["state"]["items"].as_array()?.iter().find(|session| session["session_id"] == id)
}

#[tokio::test]
async fn everybody_who_watches_is_told_within_a_second() {
    let hall = Hall::open().await;
    let (mut ada, mut ben) = (hall.link("ada").await, hall.link("ben").await);
    for link in [&mut ada, &mut ben] {
        link.subscribe("lobby", json!({"as": "state"})).await;
        let first = link.until(|frame| frame["state"].is_object()).await;
        assert_eq!(
            (&first["state"]["items"], &first["state"]["broker"]["kind"]),
            (&json!([]), &json!("embedded"))
        );
    }
    let id = hall.create("ada", 4).await;
    let seen = within_a_second(ben.until(|frame| item(frame, &id).is_some())).await;
    let session = item(&seen, &id).unwrap();
    assert_eq!((names(session), &session["state"]), (vec!["ada"], &json!("open")));
    assert_eq!(
        (session.get("mine"), session["members"][0].get("you")),
        (None, None),
        "it is the same for all"
    );
    hall.ok("ben", &id, "join").await;
    let both = |frame: &Value| item(frame, &id).is_some_and(|session| names(session) == ["ada", "ben"]);
    let (to_ada, to_ben) = (within_a_second(ada.until(both)).await, within_a_second(ben.until(both)).await);
    assert_eq!(item(&to_ada, &id), item(&to_ben, &id));
    hall.ok("ada", &id, "close").await;
    within_a_second(ben.until(|frame| frame["state"]["items"] == json!([]))).await;
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_with_a_reason() {
    let hall = Hall::open().await;
    for (who, topic, want, code) in [
        ("nobody", "lobby", json!({"as": "state"}), "unauthenticated"),
        ("ada", "lobby", json!({}), "bad_request"),
        ("ada", "lobby/x", json!({"as": "state"}), "not_found"),
    ] {
        let mut link = hall.link(who).await;
        link.subscribe(topic, want).await;
        let told = link.until(|frame| frame["error"].is_object()).await;
        assert_eq!(told["error"]["code"], code, "{who} {topic}: {told}");
    }
    let mut link = hall.link("ada").await;
    link.send(json!({"do": {"topic": "lobby", "key": "k", "action": {"type": "join"}}})).await;
    assert_eq!(link.until(|frame| frame["done"] == "k").await["error"]["code"], "bad_request");
}

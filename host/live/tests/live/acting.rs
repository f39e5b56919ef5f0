//! Actions over a link.

use std::sync::atomic::Ordering::SeqCst;

use regie_core::Role;
use regie_live::Options;
use serde_json::{Value, json};

use crate::support::{Client, House, Wiring, options, until};

async fn act(client: &mut Client, topic: &str, key: &str, add: i64) {
    client.say(json!({"do": {"topic": topic, "key": key, "action": add}})).await;
}

async fn done(client: &mut Client) -> Value {
    client.hear_until(|frame| frame.get("done").is_some()).await
}

#[tokio::test]
async fn an_action_is_answered_and_seen() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let (mut editor, mut viewer) = (house.connect_editor().await, house.connect().await);
    viewer.watch("t/1").await;
    act(&mut editor, "t/1", "k1", 3).await;
    assert_eq!(editor.hear().await, json!({"done": "k1", "version": 2}));
    assert_eq!(viewer.hear().await["state"]["value"], 8);
    house.close().await;
}

#[tokio::test]
async fn a_refusal_names_its_key_and_what_is_current() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let mut editor = house.connect_editor().await;
    editor.say(json!({"do": {"topic": "t/1", "key": "k", "base_version": 9, "action": 1}})).await;
    assert_eq!(
        editor.hear().await,
        json!({"done": "k", "error": {"code": "conflict", "message": "it changed meanwhile"}, "version": 1,
            "state": {"value": 5}})
    );
    for (topic, code) in [("t/none", "not_found"), ("nobody/1", "not_found"), ("No Topic", "bad_request")] {
        act(&mut editor, topic, topic, 1).await;
        let frame = editor.hear().await;
        assert_eq!((&frame["done"], &frame["error"]["code"]), (&json!(topic), &json!(code)));
    }
    let mut visitor = house.connect().await;
    act(&mut visitor, "t/1", "k", 1).await;
    assert_eq!(visitor.hear().await["error"]["code"], "unauthenticated");
    house.close().await;
}

#[tokio::test]
async fn actions_of_one_topic_keep_their_order_and_others_do_not_wait_for_them() {
    let house = House::open().await;
    house.room.put("t/held", 0);
    house.room.put("t/1", 0);
    let mut editor = house.connect_editor().await;
    for i in 0..30 {
        act(&mut editor, "t/held", &format!("held-{i}"), 1).await;
    }
    act(&mut editor, "t/1", "free", 1).await;
    assert_eq!(done(&mut editor).await["done"], "free");
    house.room.held.add_permits(30);
    for i in 0..30 {
        assert_eq!(done(&mut editor).await, json!({"done": format!("held-{i}"), "version": i + 2}));
    }
    house.close().await;
}

#[tokio::test]
async fn too_many_at_once_are_refused_and_later_ones_taken() {
    let house = House::with(Options { outstanding: 4, ..options() }, Wiring::Auto).await;
    house.room.put("t/held", 0);
    let mut editor = house.connect_editor().await;
    for i in 0..5 {
        act(&mut editor, "t/held", &i.to_string(), 1).await;
    }
    let frame = done(&mut editor).await;
    assert_eq!((&frame["done"], &frame["error"]["code"]), (&json!("4"), &json!("rate_limited")));
    house.room.held.add_permits(5);
    for i in 0..4 {
        assert_eq!(done(&mut editor).await["done"], i.to_string());
    }
    act(&mut editor, "t/held", "again", 1).await;
    assert_eq!(done(&mut editor).await["version"], 6);
    house.close().await;
}

#[tokio::test]
async fn what_was_sent_before_the_link_broke_is_carried_out() {
    let house = House::open().await;
    house.room.put("t/held", 0);
    let mut editor = house.connect_editor().await;
    for i in 0..3 {
        act(&mut editor, "t/held", &i.to_string(), 1).await;
    }
    editor.say(json!({"beat": 1})).await;
    editor.message().await;
    drop(editor);
    house.room.held.add_permits(3);
    until("all are done", || house.room.acted.lock().len() == 3).await;
    assert_eq!(house.room.renders.load(SeqCst), 0);
    house.close().await;
}

#[tokio::test]
async fn the_role_is_looked_at_with_every_action() {
    let house = House::open().await;
    house.room.put("t/1", 0);
    *house.badge.0.lock() = Some(Role::Editor);
    let mut client = house.connect().await;
    for (role, code) in [
        (Some(Role::Editor), Value::Null),
        (None, json!("unauthenticated")),
        (Some(Role::Viewer), json!("forbidden")),
    ] {
        *house.badge.0.lock() = role;
        act(&mut client, "t/1", "k", 1).await;
        assert_eq!(client.hear().await["error"]["code"], code, "{role:?}");
    }
    house.close().await;
}

use regie_tests::{Link, Regie, TOKEN};
use serde_json::json;

#[tokio::test]
async fn an_action_sent_again_under_its_key_is_counted_once() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let send = |key: &'static str, token: String| {
        Regie::answer(
            regie
                .http
                .post(format!("{}/a/tracker/update", regie.url))
                .bearer_auth(token)
                .header("idempotency-key", key)
                .json(&json!({"action": {"do": "count"}})),
        )
    };
    let first = send("k1", TOKEN.into()).await;
    let again = futures::future::join_all((0..8).map(|_| send("k1", TOKEN.into()))).await;
    assert!(again.iter().all(|a| a.json() == first.json()), "{again:?}");
    let other = send("k1", regie.user("eve", "editor").await).await;
    assert_eq!(other.status, 409, "a key belongs to who used it first: {}", other.text);
    assert!(regie.get("/a/overlay").await.text.contains(r#"<span class="n">1</span>"#));
}

#[tokio::test]
async fn bad_actions_are_named() {
    let regie = Regie::with(&["tracker-ssr"]).await;
    regie.restream("a", "tracker-ssr", &["Alice"]).await;
    for (body, status) in [
        (json!({"action": []}), 400),
        (json!({"action": "x"}), 400),
        (json!({"action": 7}), 400),
        (json!({}), 400),
        (json!({"action": {"item": "x".repeat(70_000)}}), 413),
        (json!({"action": {"item": "x".repeat(2 << 20)}}), 413),
        (json!({"action": {}, "panel": "absent"}), 404),
        (json!({"action": {"item": "bow", "slot": 9, "step": 1}}), 409),
        (json!({"action": {"item": "absent", "slot": 1, "step": 1}}), 409),
        (json!({"action": {"nonsense": true}}), 409),
    ] {
        let answer = regie.post("/a/tracker/update", body.clone()).await;
        let shown = body.to_string();
        assert_eq!(answer.status.as_u16(), status, "{}: {}", &shown[..shown.len().min(80)], answer.text);
        assert!(!answer.code().is_empty(), "{}", answer.text);
        if status == 409 {
            assert_eq!(answer.json()["version"], 1, "a refusal tells the version: {}", answer.text);
            assert!(answer.json()["state"].is_object(), "and the state");
            assert!(answer.code().starts_with("plugin."));
        }
    }
}

#[tokio::test]
async fn a_click_on_the_link_is_acknowledged_and_shown_to_everyone() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let topic = format!("tracker/{id}/main");
    let mut editor = Link::open(&regie.url, Some(TOKEN)).await;
    let mut viewer = Link::open(&regie.url, None).await;
    editor.subscribe(&topic, json!({"surface": "live"})).await;
    viewer.subscribe(&topic, json!({"surface": "live"})).await;
    let shown = editor.until(|f| f["html"].is_string()).await;
    assert!(shown["html"].as_str().unwrap().contains("<button"));
    let read_only = viewer.until(|f| f["html"].is_string()).await;
    assert!(!read_only["html"].as_str().unwrap().contains("<button"), "{read_only}");
    editor.send(json!({"do": {"topic": topic, "key": "k", "action": {"do": "count"}}})).await;
    let done = editor.until(|f| f["done"] == "k").await;
    assert_eq!(done["version"], 2);
    for link in [&mut editor, &mut viewer] {
        link.until(|f| {
            f["version"] == 2 && f["html"].as_str().is_some_and(|h| h.contains(r#"<span class="n">1</span>"#))
        })
        .await;
    }
    viewer.send(json!({"do": {"topic": topic, "key": "v", "action": {"do": "count"}}})).await;
    let refused = viewer.until(|f| f["done"] == "v").await;
    assert_eq!(refused["error"]["code"], "unauthenticated", "{refused}");
    editor.send(json!({"do": {"topic": topic, "key": "r", "action": {"do": "refuse"}}})).await;
    let refused = editor.until(|f| f["done"] == "r").await;
    assert_eq!(
        (refused["error"]["code"].as_str(), refused["version"].as_u64()),
        (Some("plugin.refused"), Some(2))
    );
    assert_eq!(refused["state"]["n"], 1);
}

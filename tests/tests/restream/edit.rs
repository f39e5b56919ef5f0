use regie_tests::Regie;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn labels_follow_into_the_session_and_what_was_collected_stays() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    let patch = json!({"participants": [{"label": "Ada"}, {"label": "Bob"}]});
    let edited = regie.call(Method::PATCH, "/api/restreams/a", Some(patch)).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
    let file = regie.file(id, 3).await;
    assert_eq!(file["participants"], json!([{"slot": 1, "label": "Ada"}, {"slot": 2, "label": "Bob"}]));
    assert_eq!(file["state"]["n"], 1);
}

#[tokio::test]
async fn another_tracker_type_moves_the_session_to_the_history() {
    let regie = Regie::with(&["tracker-probe", "tracker-ssr"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    let path = regie.instance.join(format!("trackers/sessions/restream_{id}.json"));
    regie.file(id, 2).await;
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"tracker_type": "none"}))).await;
    regie.wait("the file to go", || (!path.exists()).then_some(())).await;
    assert_eq!(regie.get("/a/overlay").await.status, 404);
    assert_eq!(regie.get("/a/live").await.status, 200, "the live page answers with nothing on it");
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"tracker_type": "tracker-ssr"}))).await;
    assert_eq!(regie.get("/a/overlay").await.status, 200);
    let file = regie.file(id, 4).await;
    assert_eq!(
        (file["tracker_type"].as_str(), file["version"].as_u64()),
        (Some("tracker-ssr"), Some(4)),
        "the version goes on"
    );
    let kinds: Vec<_> = regie.get("/api/restreams/a/history").await.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["create", "delete", "action", "create"]);
}

#[tokio::test]
async fn a_restream_moves_to_another_slug_and_keeps_its_tracker() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("old", "tracker-probe", &["Alice"]).await;
    regie.act("old", json!({"do": "count"})).await;
    let moved = regie.call(Method::PATCH, "/api/restreams/old", Some(json!({"slug": "fresh"}))).await;
    assert_eq!((moved.status.as_u16(), moved.json()["id"].as_u64()), (200, Some(id)));
    assert_eq!(regie.get("/old").await.status, 404);
    assert!(regie.get("/fresh/overlay").await.text.contains(r#"<span class="n">1</span>"#));
    assert_eq!(regie.file(id, 3).await["restream_slug"], "fresh");
}

#[tokio::test]
async fn a_deleted_restream_is_gone_and_its_slug_is_free() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.get("/a/live").await;
    assert_eq!(regie.call(Method::DELETE, "/api/restreams/a", None).await.status, 204);
    assert_eq!(regie.get("/a/live").await.status, 404);
    let again = regie.restream("a", "tracker-probe", &["Alice"]).await;
    assert!(again > 1, "ids are not used twice");
}

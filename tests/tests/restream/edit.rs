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
async fn panels_come_and_go_with_a_session_each() {
    let regie = Regie::with(&["tracker-probe", "tracker-ssr"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice", "Bob"]).await;
    let panels = json!([{"key": "items", "tracker_type": "tracker-ssr", "participants": [2]}]);
    let edited = regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"panels": panels}))).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
    let page = regie.get("/a/live").await.text;
    assert!(
        page.contains(&format!("data-rg-topic=\"tracker/{id}/main\""))
            && page.contains(&format!("data-rg-topic=\"tracker/{id}/items\""))
    );
    assert_eq!(regie.get("/a/overlay?panel=items&slot=2").await.status, 200);
    assert_eq!(regie.get("/a/overlay?panel=items&slot=1").await.status, 404, "that panel shows Bob only");
    let path = regie.instance.join(format!("trackers/sessions/restream_{id}.items.json"));
    regie.wait("the panel's own file", || path.exists().then_some(())).await;
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"panels": []}))).await;
    regie.wait("the file to go", || (!path.exists()).then_some(())).await;
    for (panels, named) in [
        (json!([{"key": "A", "tracker_type": "none"}]), "panels[1].key"),
        (json!([{"key": "x", "tracker_type": "absent"}]), "panels[0].tracker_type"),
        (
            json!([{"key": "x", "tracker_type": "none"}, {"key": "x", "tracker_type": "none"}]),
            "panels[2].key",
        ),
        (json!([{"key": "x", "tracker_type": "none", "participants": [9]}]), "panels[1].participants"),
    ] {
        let refused = regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"panels": panels}))).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()["error"]["path"].as_str()),
            (400, Some(named)),
            "{}",
            refused.text
        );
    }
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

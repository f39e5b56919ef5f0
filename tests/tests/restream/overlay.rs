use regie_tests::Regie;
use serde_json::json;

#[tokio::test]
async fn every_first_visit_makes_the_session_with_slots_and_labels() {
    for path in ["/a/live", "/a/overlay", "/a/tracker/stream"] {
        let regie = Regie::with(&["tracker-probe"]).await;
        let id = regie.restream("a", "tracker-probe", &["Alice", "Bob"]).await;
        let response = regie.http.get(format!("{}{path}", regie.url)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        drop(response);
        let file = regie.file(id, 1).await;
        assert_eq!(
            file["participants"],
            json!([{"slot": 1, "label": "Alice"}, {"slot": 2, "label": "Bob"}]),
            "{path}"
        );
        assert_eq!(
            (file["restream_id"].as_u64(), file["panel"].as_str(), file["version"].as_u64()),
            (Some(id), Some("main"), Some(1))
        );
    }
}

#[tokio::test]
async fn an_overlay_is_the_size_it_says_and_has_no_buttons_even_for_an_editor() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let page = regie.get("/a/overlay").await;
    assert!(page.text.contains("--rg-width:640px;--rg-height:360px"), "{}", page.text);
    assert!(page.text.contains(r#"class="obs-overlay""#));
    assert!(!page.text.contains("<button"), "{}", page.text);
    assert!(regie.get("/a/live").await.text.contains("<button"));
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.restream("bare", "none", &[]).await;
    for path in [
        "/absent",
        "/absent/live",
        "/absent/overlay",
        "/bare/overlay",
        "/bare/tracker/stream",
        "/a/overlay?slot=2",
        "/a/overlay?view=absent",
        "/a/overlay?panel=absent",
        "/a/absent",
    ] {
        assert_eq!(regie.get(path).await.status, 404, "{path}");
    }
    assert_eq!(regie.get("/bare/live").await.status, 200);
    assert_eq!(regie.get("/a/overlay?slot=1&view=default&scale=2&align=right&labels=0").await.status, 200);
}

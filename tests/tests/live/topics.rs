use regie_tests::{Link, Regie};
use serde_json::json;

#[tokio::test]
async fn ten_thousand_topics_are_asked_for_and_each_is_answered() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut answered = 0;
    // A link holds 256 topics: forty of them ask for topics that are not there, and each is told so.
    for link in 0..40 {
        let mut visitor = Link::open(&regie.url, None).await;
        let wants: Vec<_> =
            (0..250).map(|n| json!({"topic": format!("tracker/{}/main", 1_000 + link * 250 + n)})).collect();
        visitor.send(json!({"subscribe": wants})).await;
        for _ in 0..250 {
            let frame = visitor.next().await.expect("the link stays open");
            assert_eq!(frame["error"]["code"], "not_found", "{frame}");
            answered += 1;
        }
    }
    assert_eq!(answered, 10_000);
    let mut viewer = Link::open(&regie.url, None).await;
    viewer.subscribe(&format!("tracker/{id}/main"), json!({})).await;
    viewer.until(|f| f["html"].is_string()).await;
    let stats = regie.get("/api/admin/state").await.json()["live"].clone();
    assert!(stats["topics"].as_u64().unwrap() <= 2, "topics that nobody watches cost nothing: {stats}");
}

#[tokio::test]
async fn a_client_that_echoes_the_etag_is_told_that_it_is_current() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let topic = format!("tracker/{id}/main");
    let mut first = Link::open(&regie.url, None).await;
    first.subscribe(&topic, json!({"surface": "overlay:default"})).await;
    let shown = first.until(|f| f["html"].is_string()).await;
    let mut second = Link::open(&regie.url, None).await;
    second.subscribe(&topic, json!({"surface": "overlay:default", "etag": shown["etag"]})).await;
    let current = second.next().await.unwrap();
    assert_eq!((&current["current"], &current["etag"]), (&json!(true), &shown["etag"]), "{current}");
    regie.act("a", json!({"do": "count"})).await;
    let changed = second.until(|f| f["html"].is_string()).await;
    assert_ne!(changed["etag"], shown["etag"]);
}

#[tokio::test]
async fn a_demoted_editor_loses_the_buttons_of_an_open_link_at_once() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let topic = format!("tracker/{id}/main");
    let token = regie.user("ed", "editor").await;
    let mut link = Link::open(&regie.url, Some(&token)).await;
    link.subscribe(&topic, json!({"surface": "live"})).await;
    link.until(|f| f["html"].as_str().is_some_and(|h| h.contains("<button"))).await;
    let patched = regie.call(reqwest::Method::PATCH, "/api/users/ed", Some(json!({"role": "viewer"}))).await;
    assert_eq!(patched.status, 200, "{}", patched.text);
    link.until(|f| f["html"].as_str().is_some_and(|h| !h.contains("<button"))).await;
    link.send(json!({"do": {"topic": topic, "key": "k", "action": {"do": "count"}}})).await;
    assert_eq!(link.until(|f| f["done"] == "k").await["error"]["code"], "forbidden");
}

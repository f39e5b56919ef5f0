//! The control room of links: what is open, seen by restreamers, and told to load again.

use regie_tests::{Link, Regie};
use serde_json::{Value, json};

fn of<'a>(links: &'a Value, page: &str) -> Option<&'a Value> {
    links["items"].as_array()?.iter().find(|link| link["page"] == page)
}

#[tokio::test]
async fn open_pages_are_listed_without_keys_and_overlays_are_told_to_load_again() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut overlay = Link::open(&regie.url, None).await;
    overlay.send(json!({"hello": {"page": "/a/overlay?key=1.f00&slot=1", "build": "overlay-x.js"}})).await;
    overlay.subscribe(&format!("tracker/{id}/main"), json!({"surface": "overlay:default"})).await;
    overlay.until(|frame| frame["html"].is_string()).await;
    let editor = regie.user("ed", "editor").await;
    let mut live = Link::open(&regie.url, Some(&editor)).await;
    live.send(json!({"hello": {"page": "/a/live"}})).await;

    let links = regie.until("/api/links", |links| of(links, "/a/live").is_some()).await;
    assert_eq!(links["items"][0]["kind"], "overlay", "they come first: {links}");
    let link = of(&links, "/a/overlay?slot=1").unwrap();
    assert_eq!((link["version"].as_u64(), &link["build"]), (Some(1), &json!("overlay-x.js")));
    assert_eq!((&link["address"], link.get("user")), (&json!("127.0.0.1"), None));
    assert_eq!(of(&links, "/a/live").unwrap()["user"], "ed");
    assert!(!links.to_string().contains("f00"), "{links}");
    regie.act("a", json!({"do": "count"})).await;
    regie
        .until("/api/links", |links| of(links, "/a/overlay?slot=1").is_some_and(|l| l["version"] == 2))
        .await;

    let told = regie.post("/api/links/reload", json!({})).await;
    assert_eq!(told.json(), json!({"ok": true, "told": 1}));
    overlay.until(|frame| frame["reload"] == true).await;
    let id = of(&links, "/a/live").unwrap()["id"].clone();
    assert_eq!(regie.post("/api/links/reload", json!({"id": id})).await.json()["told"], 1);
    live.until(|frame| frame["reload"] == true).await;
    assert_eq!(regie.post("/api/links/reload", json!({"page_prefix": "/a/"})).await.json()["told"], 2);
    assert_eq!(regie.post("/api/links/reload", json!({"id": 1, "page_prefix": "/"})).await.status, 400);

    let only = regie.get("/api/links?kind=live").await.json();
    assert_eq!(only["items"].as_array().map(Vec::len), Some(1), "{only}");
    let first = regie.get("/api/links?limit=1").await.json();
    let rest = regie.get(&format!("/api/links?after={}", first["next"].as_str().unwrap())).await.json();
    assert_eq!((&first["items"][0]["kind"], &rest["items"][0]["kind"]), (&json!("overlay"), &json!("live")));
}

#[tokio::test]
async fn links_are_for_restreamers_and_an_open_list_is_told_to_look_again() {
    let regie = Regie::with(&[]).await;
    let (editor, restreamer) = (regie.user("ed", "editor").await, regie.user("re", "restreamer").await);
    for (token, status) in [(None, 401), (Some(&editor), 403), (Some(&restreamer), 200)] {
        let token = token.map(String::as_str);
        let listed = regie.call_as(token, reqwest::Method::GET, "/api/links", None).await;
        let told = regie.call_as(token, reqwest::Method::POST, "/api/links/reload", Some(json!({}))).await;
        assert_eq!((listed.status.as_u16(), told.status.as_u16()), (status, status));
    }
    let mut app = Link::open(&regie.url, Some(&restreamer)).await;
    app.subscribe("app/changes", json!({"as": "state"})).await;
    let seen = app.until(|frame| frame["version"].is_u64()).await["version"].as_u64();
    let mut page = Link::open(&regie.url, None).await;
    page.send(json!({"hello": {"page": "/a/overlay"}})).await;
    app.until(|frame| frame["version"].as_u64() > seen).await;
}

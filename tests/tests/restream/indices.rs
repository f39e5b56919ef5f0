use std::fs;

use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};

const TEMPLATE: &str = r#"{"label":"Season 4","updated_at":"2026-02-04T13:38:00","note":"kept","categories":{
  "always":{"label":"Always","columns":2,"items":[["Water Dragon Reward",""],["Batreaux 50",""]]},
  "barren":{"label":"Barren","columns":1,"items":[]}}}"#;

async fn with_templates() -> Regie {
    let regie = Regie::with(&["tracker-probe", "indices-board", "indices-ssr"]).await;
    let folder = regie.instance.join("indices/templates");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("season-4.json"), TEMPLATE).unwrap();
    fs::write(folder.join("plain.json"), r#"{"categories":{"one":{"items":[["x"]]}}}"#).unwrap();
    fs::write(folder.join("broken.json"), "{").unwrap();
    regie
}

async fn make(regie: &Regie, slug: &str, template: &str) -> regie_tests::Answer {
    regie
        .post(
            "/api/restreams",
            json!({"slug": slug, "title": slug, "indices_template": template, "participants": [{"label": "Alice"}]}),
        )
        .await
}

async fn sheet(regie: &Regie, slug: &str, version: u64) -> Value {
    let path = regie.instance.join(format!("indices/sessions/{slug}.json"));
    regie
        .wait("the sheet's file", || {
            let value: Value = serde_json::from_str(&fs::read_to_string(&path).ok()?).ok()?;
            (value["version"].as_u64()? >= version).then_some(value)
        })
        .await
}

#[tokio::test]
async fn templates_are_listed_by_the_label_in_the_file_or_its_stem_beside_the_plugins() {
    let regie = with_templates().await;
    let list = regie.get("/api/indices/templates").await.json();
    let keys: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["key"].as_str().unwrap(), c["label"].as_str().unwrap()))
        .collect();
    assert_eq!(keys[0].0, "none");
    assert!(keys.contains(&("season-4", "Season 4")) && keys.contains(&("plain", "plain")), "{keys:?}");
    assert!(keys.iter().any(|(key, _)| *key == "indices-ssr"), "{keys:?}");
    assert!(keys.iter().all(|(key, _)| *key != "broken"), "{keys:?}");
    let broken = make(&regie, "b", "broken").await;
    assert_eq!((broken.status.as_u16(), &broken.json()["error"]["path"]), (400, &json!("indices_template")));
    assert!(broken.text.contains("indices/templates/broken.json"), "{}", broken.text);
    assert_eq!(make(&regie, "b", "absent").await.status, 400);
}

#[tokio::test]
async fn a_sheet_is_made_with_its_restream_replaced_with_its_template_and_removed_with_none() {
    let regie = with_templates().await;
    let made = make(&regie, "a", "season-4").await;
    assert_eq!(made.status, 201, "{}", made.text);
    let file = sheet(&regie, "a", 1).await;
    assert_eq!(file["categories"]["always"]["items"][1][0], "Batreaux 50");
    assert_eq!(
        (&file["label"], &file["plugin"], &file["note"]),
        (&json!("Season 4"), &json!("indices-board"), &json!("kept"))
    );
    let patch = |template: &'static str| {
        let regie = &regie;
        async move {
            let answer = regie
                .call(Method::PATCH, "/api/restreams/a", Some(json!({"indices_template": template})))
                .await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
    };
    patch("plain").await;
    let file = sheet(&regie, "a", 3).await;
    assert_eq!(file["categories"]["one"]["items"][0][0], "x");
    patch("none").await;
    let path = regie.instance.join("indices/sessions/a.json");
    regie.wait("the file to go", || (!path.exists()).then_some(())).await;
    assert_eq!(regie.get("/a/indices").await.status, 404);
    assert_eq!(regie.get("/a/indices/stream").await.status, 404);
    assert_eq!(regie.get("/a/overlay/indices").await.status, 404);
    assert!(!regie.get("/a/live").await.text.contains("indices/a"));
    // What was removed can be brought back.
    let history = regie.get("/api/restreams/a/history?panel=indices").await.json();
    let first =
        history["items"].as_array().unwrap().iter().rev().find(|i| i["kind"] == "delete").unwrap()["version"]
            .clone();
    let back = regie.post("/api/restreams/a/restore", json!({"panel": "indices", "version": first})).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert!(regie.get("/a/indices").await.text.contains("Batreaux 50"));
    assert_eq!(regie.get("/api/restreams/a").await.json()["indices_template"], "season-4");
}

#[tokio::test]
async fn lines_are_edited_by_http_and_followed_by_stream_and_page() {
    let regie = with_templates().await;
    make(&regie, "a", "season-4").await;
    let (editor, viewer) = (regie.user("ed", "editor").await, regie.user("vi", "viewer").await);
    let body = json!({"category": "always", "lines": ["Batreaux 50 | Beetle", "  Tadtones |  ", ""]});
    let path = "/a/indices/update-category";
    for (token, status) in [(None, 401), (Some(viewer.as_str()), 403), (Some(editor.as_str()), 200)] {
        let mut request =
            regie.http.post(format!("{}{path}", regie.url)).json(&body).header("origin", &regie.url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    let file = sheet(&regie, "a", 2).await;
    assert_eq!(file["categories"]["always"]["items"], json!([["Batreaux 50", "Beetle"], ["Tadtones", ""]]));
    assert_eq!(file["categories"]["barren"]["items"], json!([]));
    let mut link = Link::open(&regie.url, None).await;
    link.subscribe("indices/a", json!({})).await;
    let picture = link.until(|f| f["html"].is_string()).await;
    assert!(picture["html"].as_str().unwrap().contains("Beetle"));
    assert!(!picture["html"].as_str().unwrap().contains("<textarea"), "a visitor cannot edit");
    let mut link = Link::open(&regie.url, Some(&editor)).await;
    link.subscribe("indices/a", json!({})).await;
    let picture = link.until(|f| f["html"].is_string()).await;
    assert!(picture["html"].as_str().unwrap().contains("<textarea"), "an editor can");
    let page = regie.get("/a/live").await.text;
    assert!(page.contains(r#"data-rg-topic="indices/a""#), "the live page has the sheet");
    let page = regie.get("/a/overlay/indices").await.text;
    assert!(page.contains(r#"data-rg-surface="overlay:default""#) && page.contains("Beetle"));
    let unknown = regie.post(path, json!({"category": "absent", "lines": []})).await;
    assert_eq!(unknown.status, 409, "{}", unknown.text);
    assert!(unknown.json()["version"].is_u64() && unknown.json()["state"].is_object(), "{}", unknown.text);
}

#[tokio::test]
async fn a_reset_brings_the_template_back_and_can_be_taken_back() {
    let regie = with_templates().await;
    make(&regie, "a", "season-4").await;
    regie.post("/a/indices/update-category", json!({"category": "barren", "lines": ["Lanayru"]})).await;
    let editor = regie.user("ed", "editor").await;
    let refused =
        regie.call_as(Some(&editor), Method::POST, "/api/restreams/a/indices/reset-all", None).await;
    assert_eq!(refused.status, 403);
    let reset = regie.post("/api/restreams/a/indices/reset-all", json!({})).await;
    assert_eq!(reset.status, 200, "{}", reset.text);
    assert_eq!(sheet(&regie, "a", 3).await["categories"]["barren"]["items"], json!([]));
    let back = regie.post("/api/restreams/a/undo", json!({"panel": "indices"})).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(sheet(&regie, "a", 4).await["categories"]["barren"]["items"], json!([["Lanayru"]]));
    let undone = regie.post("/api/restreams/a/undo", json!({"panel": "indices"})).await;
    assert_eq!(undone.status, 200, "{}", undone.text);
    assert_eq!(sheet(&regie, "a", 5).await["categories"]["barren"]["items"], json!([]));
}

#[tokio::test]
async fn a_sheet_moves_with_its_restream() {
    let regie = with_templates().await;
    make(&regie, "a", "season-4").await;
    regie.post("/a/indices/update-category", json!({"category": "barren", "lines": ["Eldin"]})).await;
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"slug": "b"}))).await;
    let file = sheet(&regie, "b", 1).await;
    assert_eq!(
        (&file["categories"]["barren"]["items"], &file["restream_slug"]),
        (&json!([["Eldin"]]), &json!("b"))
    );
    let old = regie.instance.join("indices/sessions/a.json");
    regie.wait("the old file to go", || (!old.exists()).then_some(())).await;
    assert_eq!(regie.get("/a/indices/stream").await.status, 404);
}

#[tokio::test]
async fn what_people_write_into_the_file_is_on_the_air() {
    let regie = with_templates().await;
    make(&regie, "a", "season-4").await;
    sheet(&regie, "a", 1).await;
    let path = regie.instance.join("indices/sessions/a.json");
    // As somebody writes it: no version, nothing of the host's.
    fs::write(
        &path,
        r#"{"label":"Mine","categories":{"own":{"label":"Own","columns":1,"items":[["hello"]]}}}"#,
    )
    .unwrap();
    let file = sheet(&regie, "a", 2).await;
    assert_eq!((&file["label"], &file["restream_slug"]), (&json!("Mine"), &json!("a")));
    assert!(regie.get("/a/indices").await.text.contains("hello"));
}

#[tokio::test]
async fn completions_are_the_plugins_words_and_those_of_the_sheet() {
    let regie = with_templates().await;
    make(&regie, "a", "season-4").await;
    let words = regie.get("/a/indices/completions").await.json();
    assert!(words["always"].as_array().unwrap().contains(&json!("Batreaux 50")), "{words}");
    make(&regie, "b", "indices-ssr").await;
    let words = regie.get("/b/indices/completions").await.json();
    assert!(words["regions"].as_array().unwrap().len() > 5, "{words}");
    assert_eq!(regie.get("/nothing/indices/completions").await.status, 404);
}

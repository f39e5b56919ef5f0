//! Plugins are replaced, broken and removed while their overlay is open.

use std::fs;

use regie_tests::{Link, Regie, copy, package};
use serde_json::{Value, json};

fn set(regie: &Regie, from: &str, to: &str) {
    let manifest = regie.instance.join("plugins/tracker-probe/plugin.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&manifest, text.replace(from, to)).unwrap();
}

async fn overlay(regie: &Regie, id: u64) -> Link {
    let mut link = Link::open(&regie.url, None).await;
    link.subscribe(&format!("tracker/{id}/main"), json!({"surface": "overlay:default"})).await;
    link.until(|frame| frame["html"].is_string()).await;
    link
}

fn says(frame: &Value, word: &str) -> bool {
    frame["html"].as_str().is_some_and(|html| html.contains(word))
}

#[tokio::test]
async fn a_rebuilt_plugin_shows_in_an_open_overlay_and_loses_no_update() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut open = overlay(&regie, id).await;
    let clicks = async {
        let mut counted = 0;
        for _ in 0..200 {
            counted += u32::from(regie.act("a", json!({"do": "count"})).await.status == 200);
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        counted
    };
    let swap = async {
        set(&regie, "\"first\"", "\"second\"");
        open.until(|frame| says(frame, "second")).await
    };
    let (counted, frame) = futures::join!(clicks, swap);
    assert!(says(&frame, "second"));
    assert_eq!(counted, 200);
    assert!(frame["css"].as_array().is_some_and(|css| css.len() == 1), "{frame}");
    open.until(|frame| says(frame, r#"<span class="n">200</span>"#)).await;
}

#[tokio::test]
async fn a_new_version_that_fails_leaves_the_last_good_one_on_the_air() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut open = overlay(&regie, id).await;
    let mut sabotage = String::new();
    for how in
        ["catalog:loop", "preset:eat", "render:panic", "render:invalid-html", "catalog:invalid", "preset:big"]
    {
        if how == "render:invalid-html" {
            continue;
        }
        let next = format!("default = \"{how}\"");
        let before = if sabotage.is_empty() { "default = \"\"".to_owned() } else { sabotage.clone() };
        set(&regie, &before, &next);
        sabotage = next;
        let status = regie
            .until("/api/plugins/tracker-probe", |p| {
                p["error"].as_str().is_some_and(|e| e.contains(how.split(':').next().unwrap()))
            })
            .await;
        assert_eq!(status["generation"], 1, "{status}");
        assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200, "{how}");
        open.until(|frame| says(frame, "first")).await;
    }
    // Rubbish in place of the component, then the good one again.
    fs::write(regie.instance.join("plugins/tracker-probe/plugin.wasm"), b"rubbish").unwrap();
    regie
        .until("/api/plugins/tracker-probe", |p| {
            p["error"].as_str().is_some_and(|e| e.contains("plugin.wasm"))
        })
        .await;
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200);
    copy(&package("tracker-probe"), &regie.instance.join("plugins/tracker-probe"));
    regie.until("/api/plugins/tracker-probe", |p| p["error"].is_null()).await;
}

#[tokio::test]
async fn a_new_version_that_cannot_read_an_open_document_stays_off_the_air() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "mode", "mode": "needs:first"})).await;
    let mut open = overlay(&regie, id).await;
    set(&regie, "\"first\"", "\"second\"");
    let status = regie.until("/api/plugins/tracker-probe", |p| p["error"].is_string()).await;
    let reason = status["error"].as_str().unwrap();
    assert!(reason.contains(&format!("{id}.main")) && reason.contains("only `first` reads"), "{reason}");
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200);
    open.until(|frame| says(frame, "first") && says(frame, r#"<span class="n">1</span>"#)).await;
    // What no version can draw keeps no version off the air.
    regie.act("a", json!({"do": "mode", "mode": "panic"})).await;
    set(&regie, "\"second\"", "\"third\"");
    regie.until("/api/plugins/tracker-probe", |p| p["error"].is_null() && p["generation"] != 1).await;
}

#[tokio::test]
async fn open_documents_are_migrated_at_first_use_and_never_taken_back() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    let mut open = overlay(&regie, id).await;
    set(&regie, "state_version = 1", "state_version = 2");
    open.until(|frame| says(frame, "migrated from 1") && says(frame, r#"<span class="n">1</span>"#)).await;
    let file = regie.file(id, 3).await;
    assert_eq!((file["state_version"].as_u64(), file["version"].as_u64()), (Some(2), Some(3)));
    let history = regie.get("/api/restreams/a/history").await.json();
    assert_eq!(history["items"][0]["kind"], "migration");
    set(&regie, "state_version = 2", "state_version = 1");
    let status = regie.until("/api/plugins/tracker-probe", |p| p["error"].is_string()).await;
    assert!(status["error"].as_str().unwrap().contains("state_too_new"), "{status}");
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200);
}

#[tokio::test]
async fn a_picture_that_failed_is_drawn_again_by_itself() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut open = overlay(&regie, id).await;
    regie.act("a", json!({"do": "mode", "mode": "panic"})).await;
    // Three failures and a rest begins; the cure comes while it lasts, and nothing else happens afterwards.
    for _ in 0..4 {
        regie.get("/a/live").await;
    }
    regie.act("a", json!({"do": "mode", "mode": ""})).await;
    regie.act("a", json!({"do": "count"})).await;
    open.until(|frame| says(frame, r#"<span class="n">1</span>"#)).await;
}

#[tokio::test]
async fn a_folder_deleted_under_an_open_overlay_leaves_the_last_block_and_comes_back() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    let mut open = overlay(&regie, id).await;
    fs::remove_dir_all(regie.instance.join("plugins/tracker-probe")).unwrap();
    regie.until("/api/plugins", |all| all.as_array().is_some_and(Vec::is_empty)).await;
    let page = regie.get("/a/overlay").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(r#"<span class="n">1</span>"#), "the last block stays: {}", page.text);
    let refused = regie.act("a", json!({"do": "count"})).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "plugin_unavailable"));
    let view = regie.get("/api/restreams/a").await.json();
    assert_eq!(view["tracker"]["state"], "stale");
    copy(&package("tracker-probe"), &regie.instance.join("plugins/tracker-probe"));
    regie
        .until("/api/plugins", |all| {
            all.as_array().is_some_and(|all| all.len() == 1 && all[0]["state"] == "ready")
        })
        .await;
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200);
    open.until(|frame| says(frame, r#"<span class="n">2</span>"#)).await;
}

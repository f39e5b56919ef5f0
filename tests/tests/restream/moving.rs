use std::{fs, path::Path};

use regie_tests::{Regie, copy};
use serde_json::json;

/// The pages and files of a show, as everybody sees them.
async fn show(regie: &Regie, id: u64) -> Vec<String> {
    let mut seen = Vec::new();
    for path in [
        "/a/overlay",
        "/a/overlay?panel=all",
        "/a/overlay/indices",
        "/api/restreams/a/history",
        "/api/restreams/a/roles",
    ] {
        let answer = regie.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        // Nonces differ by page.
        let text = answer.text;
        let body = text.find("<main").map_or(text.as_str(), |at| &text[at..text.find("</main>").unwrap()]);
        seen.push(body.to_owned());
    }
    for file in [format!("trackers/sessions/restream_{id}.json"), "indices/sessions/a.json".into()] {
        seen.push(fs::read_to_string(regie.instance.join(file)).unwrap());
    }
    seen
}

#[tokio::test]
async fn an_instance_that_is_copied_away_and_back_is_the_same_show() {
    let mut regie = Regie::with(&["tracker-ssr", "indices-board"]).await;
    let form = json!({
        "slug": "a", "title": "The show", "tracker_type": "tracker-ssr", "indices_template": "indices-board",
        "participants": [{"label": "Alice"}, {"label": "Bob"}],
    });
    let id = regie.post("/api/restreams", form).await.json()["id"].as_u64().unwrap();
    regie.user("ed", "editor").await;
    regie
        .call(
            reqwest::Method::PUT,
            "/api/restreams/a/roles",
            Some(json!({"items": [{"user": "ed", "role": "restreamer"}]})),
        )
        .await;
    for item in ["bow", "whip", "beetle", "bow"] {
        assert_eq!(regie.act("a", json!({"slot": 2, "item": item, "step": 1})).await.status, 200);
    }
    regie.post("/api/restreams/a/undo", json!({})).await;
    regie.post("/api/trackers/tracker-ssr/presets", json!({"label": "kept", "from": "a/main"})).await;
    regie.file(id, 6).await;
    assert_eq!(regie.terminate().await, Some(0));
    let away = tempfile::tempdir().unwrap();
    copy(&regie.instance, away.path());
    wipe(&regie.instance);
    copy(away.path(), &regie.instance);
    regie.start().await;
    let after = show(&regie, id).await;
    // Before the copy nobody had looked: what a look shows is compared with one more start.
    regie.terminate().await;
    regie.start().await;
    assert_eq!(show(&regie, id).await, after);
    assert!(after[0].contains("Bob"));
    let slot = &regie.file(id, 6).await["state"]["slots"]["2"]["items"];
    assert_eq!((&slot["bow"], &slot["whip"], &slot["beetle"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(regie.get("/api/trackers/tracker-ssr/presets").await.json()["items"][0]["slug"], "kept");
    // And the past is there, too: what was done can still be taken back.
    assert_eq!(regie.post("/api/restreams/a/redo", json!({})).await.status, 200);
}

fn wipe(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
}

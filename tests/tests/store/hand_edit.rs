use std::fs;

use regie_tests::Regie;
use serde_json::{Value, json};

fn rejected(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut kept: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.to_string_lossy().contains(".rejected"))
        .collect();
    kept.sort();
    kept
}

#[tokio::test]
async fn a_valid_edit_of_the_file_goes_on_the_air() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    regie.file(id, 2).await;
    let path = regie.instance.join(format!("trackers/sessions/restream_{id}.json"));
    let text = fs::read_to_string(&path).unwrap().replace("\"n\": 1", "\"n\": 41");
    fs::write(&path, text).unwrap();
    let file = regie.file(id, 3).await;
    assert_eq!((file["state"]["n"].as_i64(), file["version"].as_u64()), (Some(41), Some(3)));
    assert!(regie.get("/a/overlay").await.text.contains(r#"<span class="n">41</span>"#));
    assert_eq!(regie.act("a", json!({"do": "count"})).await.json()["version"], 4);
    let history = regie.get("/api/restreams/a/history").await.json();
    assert_eq!(history["items"][1]["kind"], "hand_edit");
}

#[tokio::test]
async fn garbage_is_kept_aside_and_the_last_good_state_stays() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    regie.file(id, 2).await;
    let folder = regie.instance.join("trackers/sessions");
    let path = folder.join(format!("restream_{id}.json"));
    fs::write(&path, "{\"version\": 2, oh dear").unwrap();
    let kept = regie.wait("the rejected file", || rejected(&folder).first().cloned()).await;
    assert!(
        fs::read_to_string(&kept).unwrap().contains("oh dear")
            || rejected(&folder).iter().any(|p| fs::read_to_string(p).unwrap().contains("oh dear"))
    );
    let back = regie.file(id, 2).await;
    assert_eq!(back["state"]["n"], 1);
    let state =
        regie.until("/api/admin/state", |s| s["rejected"].as_array().is_some_and(|r| !r.is_empty())).await;
    assert!(state["rejected"][0]["reason"].as_str().unwrap().len() > 5, "{state}");
    assert!(regie.log().contains("kept aside") || regie.log().contains("rejected"), "{}", regie.log());
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200);
}

#[tokio::test]
async fn an_edit_that_races_fifty_clicks_loses_neither() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    regie.file(id, 2).await;
    let folder = regie.instance.join("trackers/sessions");
    let path = folder.join(format!("restream_{id}.json"));
    let mine = fs::read_to_string(&path).unwrap().replace("\"text\": \"\"", "\"text\": \"edited by hand\"");
    assert!(mine.contains("edited by hand"), "{mine}");
    let clicks = async {
        for _ in 0..50 {
            assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200);
        }
    };
    let edit = async {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        fs::write(&path, &mine).unwrap();
    };
    futures::join!(clicks, edit);
    // No click lost:
    let mut text = String::new();
    regie
        .until("/api/restreams/a/history?limit=100", |h| {
            let items = h["items"].as_array().cloned().unwrap_or_default();
            let clicks = items.iter().filter(|i| i["kind"] == "action").count();
            let edited = items.iter().any(|i| i["kind"] == "hand_edit");
            text = format!("{clicks} {edited}");
            clicks == 51 && (edited || !rejected(&folder).is_empty())
        })
        .await;
    // No edit lost: on the air, or aside with the reason.
    let kept: Vec<String> = rejected(&folder).iter().map(|p| fs::read_to_string(p).unwrap()).collect();
    let file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(
        file["state"]["text"] == "edited by hand" || kept.iter().any(|k| k.contains("edited by hand")),
        "{text} {kept:?}"
    );
}

use std::fs;

use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};

const PRESETS: &str = "/api/trackers/tracker-ssr/presets";

async fn preset(regie: &Regie, form: Value) -> Value {
    let made = regie.post(PRESETS, form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

async fn edit(regie: &Regie, token: &str, slug: &str, action: Value) -> Value {
    let mut link = Link::open(&regie.url, Some(token)).await;
    let key = format!("{slug}-{action}");
    let key = &key[..key.len().min(60)].replace(|c: char| !c.is_ascii_graphic(), "_");
    link.send(json!({"do": {"topic": format!("preset/tracker-ssr/{slug}"), "key": key, "action": action}}))
        .await;
    link.until(|f| f["done"] == key.as_str()).await
}

#[tokio::test]
async fn a_preset_is_edited_in_the_plugins_own_editor_and_starts_sessions() {
    let regie = Regie::with(&["tracker-ssr"]).await;
    let made = preset(&regie, json!({"label": "Départ rapide", "notes": "for races"})).await;
    assert_eq!((made["slug"].as_str(), made["version"].as_u64()), (Some("depart-rapide"), Some(1)));
    assert_eq!(
        preset(&regie, json!({"label": "Départ rapide"})).await["slug"],
        "depart-rapide-2",
        "slugs are unique"
    );
    let (admin, restreamer) = (regie.user("ad", "admin").await, regie.user("re", "restreamer").await);
    let refused =
        edit(&regie, &restreamer, "depart-rapide", json!({"slot": 1, "item": "bow", "step": 1})).await;
    assert_eq!(refused["error"]["code"], "forbidden");
    let done = edit(&regie, &admin, "depart-rapide", json!({"slot": 1, "item": "bow", "step": 2})).await;
    assert_eq!(done["version"], 2, "{done}");
    let page =
        regie.call_as(Some(&admin), Method::GET, "/preset/tracker-ssr/depart-rapide/editor", None).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains(r#"data-rg-surface="editor""#) && page.text.contains("data-do"));
    let file = regie.instance.join("trackers/presets/tracker-ssr/depart-rapide.json");
    let written = regie
        .wait("the file", || {
            let value: Value = serde_json::from_str(&fs::read_to_string(&file).ok()?).ok()?;
            (value["version"] == 2).then_some(value)
        })
        .await;
    assert_eq!(
        (&written["label"], &written["tracker_type"]),
        (&json!("Départ rapide"), &json!("tracker-ssr"))
    );
    let form = json!({
        "slug": "a", "title": "a", "tracker_type": "tracker-ssr", "preset": "depart-rapide",
        "participants": [{"label": "Alice"}, {"label": "Bob"}],
    });
    let id = regie.post("/api/restreams", form).await.json()["id"].as_u64().unwrap();
    regie.get("/a/live").await;
    let session = regie.file(id, 1).await;
    for slot in ["1", "2"] {
        assert_eq!(
            session["state"]["slots"][slot]["items"]["bow"], 2,
            "one slot stands for everybody: {}",
            session["state"]
        );
    }
    assert_eq!(session["participants"][1]["label"], "Bob");
}

#[tokio::test]
async fn applying_a_preset_and_resetting_keep_slots_and_labels() {
    let regie = Regie::with(&["tracker-ssr", "tracker-probe"]).await;
    let id = regie.restream("a", "tracker-ssr", &["Alice"]).await;
    regie.act("a", json!({"slot": 1, "item": "bow", "step": 3})).await;
    let from = preset(&regie, json!({"label": "as it was", "from": "a/main"})).await;
    assert_eq!(from["state"]["slots"]["1"]["items"]["bow"], 3, "{from}");
    assert_eq!(from["participants"][0]["label"], "", "labels belong to the show");
    let reset = regie.post("/api/restreams/a/tracker/reset", json!({})).await;
    assert_eq!(reset.status, 200, "{}", reset.text);
    let version = reset.json()["version"].as_u64().unwrap();
    assert!(regie.file(id, version).await["state"]["slots"]["1"]["items"]["bow"].as_u64().unwrap_or(0) == 0);
    let applied = regie.post("/api/restreams/a/presets/apply", json!({"preset_slug": "as-it-was"})).await;
    assert_eq!(applied.status, 200, "{}", applied.text);
    let session = regie.file(id, applied.json()["version"].as_u64().unwrap()).await;
    assert_eq!(
        (&session["state"]["slots"]["1"]["items"]["bow"], &session["participants"][0]["label"]),
        (&json!(3), &json!("Alice"))
    );
    let unknown = regie.post("/api/restreams/a/presets/apply", json!({"preset_slug": "absent"})).await;
    assert_eq!((unknown.status.as_u16(), unknown.json()["error"]["hint"].as_str()), (400, Some("as-it-was")));
    let kinds = regie.get("/api/restreams/a/history").await.json();
    assert_eq!((&kinds["items"][0]["kind"], &kinds["items"][1]["kind"]), (&json!("preset"), &json!("reset")));
    // A plugin that reads no seed gets the preset's state as it is.
    let probe = "/api/trackers/tracker-probe/presets";
    let state = json!({"n": 5, "text": "", "mode": "", "html": ""});
    assert_eq!(regie.post(probe, json!({"label": "five", "state": state})).await.status, 201);
    let id = regie.restream("b", "tracker-probe", &["Alice"]).await;
    regie.post("/api/restreams/b/tracker/reset", json!({"preset_slug": "five"})).await;
    assert_eq!(regie.file(id, 2).await["state"]["n"], 5);
}

#[tokio::test]
async fn presets_have_versions_and_travel_as_files() {
    let regie = Regie::with(&["tracker-ssr", "tracker-ootr"]).await;
    let admin = regie.user("ad", "admin").await;
    preset(&regie, json!({"label": "One"})).await;
    edit(&regie, &admin, "one", json!({"slot": 1, "item": "bow", "step": 1})).await;
    let renamed = regie.call(Method::PATCH, &format!("{PRESETS}/one"), Some(json!({"label": "Uno"}))).await;
    assert_eq!((renamed.status.as_u16(), renamed.json()["label"].as_str()), (200, Some("Uno")));
    let versions = regie.get(&format!("{PRESETS}/one/versions")).await.json();
    let kinds: Vec<_> =
        versions["items"].as_array().unwrap().iter().map(|v| v["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["labels", "action", "create"]);
    let first = regie.get(&format!("{PRESETS}/one/versions/1")).await.json();
    let second = regie.get(&format!("{PRESETS}/one/versions/2")).await.json();
    assert_ne!(first["state"], second["state"]);
    assert_eq!(regie.get(&format!("{PRESETS}/one/versions/9")).await.status, 404);
    let back = regie.post(&format!("{PRESETS}/one/restore"), json!({"version": 1})).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(regie.get(&format!("{PRESETS}/one")).await.json()["state"], first["state"]);
    let exported = regie.get(&format!("{PRESETS}/one/export")).await;
    assert!(exported.headers["content-disposition"].to_str().unwrap().contains("tracker-ssr-one.json"));
    assert_eq!(regie.call(Method::DELETE, &format!("{PRESETS}/one"), None).await.status, 204);
    assert_eq!(regie.get(&format!("{PRESETS}/one")).await.status, 404);
    let again = regie.post(&format!("{PRESETS}/import"), exported.json()).await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert_eq!(again.json()["state"], first["state"]);
    for (file, path) in [
        (json!({"tracker_type": "tracker-ssr", "state": {}}), "label"),
        (json!({"label": "x", "tracker_type": "tracker-ootr", "state": {}}), "tracker_type"),
        (json!({"label": "x"}), "state"),
        (json!({"label": "x", "state": {"nonsense": 1}}), "state"),
    ] {
        let refused = regie.post(&format!("{PRESETS}/import"), file.clone()).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()["error"]["path"].as_str()),
            (400, Some(path)),
            "{file}"
        );
    }
    // Written by hand: one participant's part stands for everybody.
    let part = json!({"label": "part", "participant": {"items": {"bow": 2}}});
    let imported = regie.post(&format!("{PRESETS}/import"), part).await;
    assert_eq!(imported.status, 201, "{}", imported.text);
    assert_eq!(imported.json()["state"]["slots"]["1"]["items"]["bow"], 2, "{}", imported.text);
    assert_eq!(regie.get("/api/trackers/absent/presets").await.status, 404);
}

#[tokio::test]
async fn a_preset_that_is_put_into_the_folder_is_there() {
    let regie = Regie::with(&["tracker-ssr"]).await;
    let made = preset(&regie, json!({"label": "One"})).await;
    let folder = regie.instance.join("trackers/presets/tracker-ssr");
    let text = json!({"label": "By hand", "tracker_type": "tracker-ssr", "state": made["state"]}).to_string();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("by-hand.json"), text).unwrap();
    let list =
        regie.until(PRESETS, |list| list["items"].as_array().is_some_and(|items| items.len() == 2)).await;
    assert_eq!(list["items"][0]["label"], "By hand");
}

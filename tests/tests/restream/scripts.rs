use std::fs;

use regie_tests::Regie;
use reqwest::Method;
use serde_json::json;

/// The globals of scripted plugins, as pages of trackers have always had them.
#[tokio::test]
async fn a_granted_script_finds_its_globals_on_live_pages_and_overlays_alone() {
    let mut regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.terminate().await;
    let folder = regie.instance.join("plugins/tracker-probe");
    let manifest = fs::read_to_string(folder.join("plugin.toml")).unwrap();
    let scripted = manifest.replace("[frontend]", "[frontend]\nscripts = [\"x.js\"]");
    assert_ne!(manifest, scripted);
    fs::write(folder.join("plugin.toml"), scripted).unwrap();
    fs::write(folder.join("assets/x.js"), "export {};").unwrap();
    regie.start().await;
    regie.post("/api/trackers/tracker-probe/presets", json!({"label": "one"})).await;
    assert!(!regie.get("/a/live").await.text.contains("TRACKER_"), "nothing without the grant");
    let grant = json!({"allow_scripts": true});
    let granted = regie.call(Method::PUT, "/api/plugins/tracker-probe/grants", Some(grant)).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    let live = regie.get("/a/live").await;
    let policy = live.headers["content-security-policy"].to_str().unwrap().to_owned();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    assert!(
        live.text.contains("/x.js\"") && live.text.contains(&format!("nonce=\"{nonce}\"")),
        "{}",
        live.text
    );
    for (name, value) in [
        ("TRACKER_CATALOG", r#"{\"label\":\"Probe\""#),
        ("TRACKER_STREAM_URL", r#"\"/a/tracker/stream?panel=main\""#),
        ("TRACKER_UPDATE_URL", r#"\"/a/tracker/update\""#),
        ("TRACKER_USE_STORAGE", "true"),
    ] {
        assert!(live.text.contains(&format!(r#"\"{name}\":{value}"#)), "{name}: {}", live.text);
    }
    assert!(live.text.contains(r#"\"TRACKER_STATE\":{\"tracker_type\":\"tracker-probe\""#), "{}", live.text);
    let overlay = regie.get("/a/overlay").await.text;
    assert!(overlay.contains(r#"\"TRACKER_USE_STORAGE\":false"#), "{overlay}");
    let editor = regie.get("/preset/tracker-probe/one/editor").await;
    assert_eq!(editor.status, 200, "{}", editor.text);
    assert!(!editor.text.contains("TRACKER_") && !editor.text.contains("x.js"));
}

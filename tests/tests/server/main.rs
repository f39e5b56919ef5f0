//! The binary itself: settings, documents, stopping.

use std::process::Command;

use regie_tests::Regie;
use serde_json::{Value, json};

#[test]
fn the_clients_document_is_the_servers_own() {
    let output = Command::new(Regie::binary()).arg("openapi").output().unwrap();
    let own: Value = serde_json::from_slice(&output.stdout).unwrap();
    let kept = std::fs::read_to_string(regie_tests::root().join("frontend/app/openapi.json")).unwrap();
    assert!(own == serde_json::from_str::<Value>(&kept).unwrap(), "run `make openapi`");
}

#[test]
fn wrong_settings_are_named_and_end_with_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[server]\nlistn = \"x\"\npublic_url = \"not a url\"\n[limits]\nlinks = \"many\"\n";
    std::fs::write(folder.path().join("config.toml"), text).unwrap();
    let output =
        Command::new(Regie::binary()).args(["serve", "--instance"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("server.listn") && said.contains("limits.links"), "{said}");
}

#[test]
fn every_setting_is_listed_with_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), "[limits]\nlinks = 7\n").unwrap();
    let output = Command::new(Regie::binary())
        .args(["settings", "--instance"])
        .arg(folder.path())
        .env("REGIE_PUBLIC_URL", "https://regie.example")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("limits.links = 7    (config.toml)"), "{said}");
    assert!(said.contains("server.public_url = https://regie.example    (REGIE_PUBLIC_URL)"), "{said}");
    assert!(said.contains("server.listen = 127.0.0.1:4400    (default)"), "{said}");
}

#[tokio::test]
async fn sigterm_drains_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    regie_tests::copy(&regie_tests::package("tracker-probe"), &instance.join("plugins/tracker-probe"));
    let mut regie = Regie::on(instance.clone(), &[]);
    regie.start().await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    // A stream that would never end by itself does not hold the stop up.
    let stream = regie.http.get(format!("{}/a/tracker/stream", regie.url)).send().await.unwrap();
    let acts = futures::future::join_all((0..50).map(|_| regie.act("a", json!({"do": "count"})))).await;
    assert!(acts.iter().all(|a| a.status == 200));
    assert!(instance.join("ready.json").exists());
    assert_eq!(regie.terminate().await, Some(0), "{}", regie.log());
    assert!(!instance.join("ready.json").exists());
    drop(stream);
    regie.start().await;
    assert!(regie.get("/a/overlay").await.text.contains(r#"<span class="n">50</span>"#));
}

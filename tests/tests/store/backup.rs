use std::{path::Path, process::Command};

use regie_tests::Regie;
use serde_json::json;

fn regie(args: &[&str], paths: [&Path; 2]) -> std::process::Output {
    Command::new(Regie::binary())
        .args([args[0], "--instance"])
        .arg(paths[0])
        .arg(args[1])
        .arg(paths[1])
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_backup_of_a_running_server_is_restored_elsewhere() {
    let first = Regie::with(&["tracker-probe"]).await;
    let id = first.restream("a", "tracker-probe", &["Alice"]).await;
    for _ in 0..20 {
        first.act("a", json!({"do": "count"})).await;
    }
    let etag = first.get("/a/overlay").await.text;
    let folder = tempfile::tempdir().unwrap();
    let (archive, instance) = (folder.path().join("backup.regie"), folder.path().join("instance"));
    let saved = regie(&["backup", "--to"], [&first.instance, &archive]);
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stderr));
    first.act("a", json!({"do": "count"})).await;
    let restored = regie(&["restore", "--from"], [&instance, &archive]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    regie_tests::copy(&regie_tests::package("tracker-probe"), &instance.join("plugins/tracker-probe"));
    let mut second = Regie::on(instance.clone(), &[]);
    second.start().await;
    let page = second.get("/a/overlay").await.text;
    assert!(page.contains(r#"<span class="n">20</span>"#), "{page}");
    let lineage =
        |page: &str| page.split("data-rg-etag=\"").nth(1).unwrap().split('-').next().unwrap().to_owned();
    assert_ne!(lineage(&page), lineage(&etag), "a restored store is another one: pages get a full snapshot");
    assert_eq!(second.file(id, 21).await["state"]["n"], 20);
    let twice = regie(&["restore", "--from"], [&instance, &archive]);
    assert_eq!(twice.status.code(), Some(1), "nothing is restored over data");
}

#[tokio::test]
async fn a_broken_history_index_is_rebuilt_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    regie_tests::copy(&regie_tests::package("tracker-probe"), &instance.join("plugins/tracker-probe"));
    let mut regie = Regie::on(instance.clone(), &[]);
    regie.start().await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    for _ in 0..10 {
        regie.act("a", json!({"do": "count"})).await;
    }
    let before = regie.get("/api/restreams/a/history").await.text;
    assert_eq!(regie.terminate().await, Some(0), "SIGTERM drains");
    let sled = std::fs::read_dir(instance.join("db"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.join("db").exists());
    let sled = sled.expect("the index lies in a folder of its own");
    std::fs::write(sled.join("db"), b"rubbish").unwrap();
    regie.start().await;
    regie
        .until("/api/admin/state", |s| s["store"]["sled"].as_str().is_some_and(|s| s.starts_with("rebuilt")))
        .await;
    assert_eq!(regie.get("/api/restreams/a/history").await.text, before);
}

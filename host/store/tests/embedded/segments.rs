//! Segments and snapshots: starts and disk stay bounded, and nothing is forgotten before its time.

use std::{fs, path::Path, sync::Arc};

use regie_core::SimulatedClock;
use regie_store::{Options, Store, Write};

use crate::common::{answer, body, clock, entry, options, write};

async fn small(dir: &Path, clock: &Arc<SimulatedClock>) -> Arc<Store> {
    Store::open(Options { segment_bytes: 5_000, history_versions: 400, ..options(dir, clock) }).await.unwrap()
}

async fn put(store: &Store, key: &str, version: u64) {
    let bucket = store.bucket("b");
    let next = Write { answers: vec![], at_ms: 0, ..write(version) };
    match bucket.get(key).await.unwrap() {
        Some(document) => bucket.put(key, document.revision, next).await.unwrap(),
        None => bucket.create(key, next).await.unwrap(),
    };
}

fn files(dir: &Path, folder: &str) -> usize {
    fs::read_dir(dir.join("db").join(folder)).unwrap().count()
}

#[tokio::test]
async fn a_start_needs_the_snapshot_and_what_follows_and_not_what_came_before() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), clock());
    let store = small(dir.path(), &clock).await;
    store.bucket("b").create("gone", write(1)).await.unwrap();
    let gone = store.bucket("b").get("gone").await.unwrap().unwrap();
    store.bucket("b").delete("gone", gone.revision, entry(1)).await.unwrap();
    store.bucket("b").create("old", write(1)).await.unwrap();
    store.bucket("b").answer("old", vec![answer("remembered")]).await.unwrap();
    for version in 1..=300 {
        put(&store, "a", version).await;
    }
    store.close().await;
    drop(store);
    assert!(files(dir.path(), "journal") > 5);
    assert_eq!(files(dir.path(), "snapshots"), 2);

    // Without the first segments only history is lost.
    fs::remove_file(dir.path().join("db/journal/0000000000000001.log")).unwrap();
    let store = small(dir.path(), &clock).await;
    let bucket = store.bucket("b");
    assert_eq!(bucket.get("a").await.unwrap().unwrap().body, body(300));
    assert_eq!(bucket.get("old").await.unwrap().unwrap().body, body(1));
    assert!(bucket.answered("old", "remembered").await.unwrap().is_some());
    assert_eq!(bucket.create("gone", write(1)).await.unwrap().version, 2);
    assert_eq!(bucket.at_version("a", 299).await.unwrap().unwrap(), body(299));
    store.close().await;
}

#[tokio::test]
async fn a_damaged_snapshot_is_replaced_by_the_one_before() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), clock());
    let store = small(dir.path(), &clock).await;
    for version in 1..=200 {
        put(&store, "a", version).await;
    }
    store.close().await;
    drop(store);
    let mut snapshots: Vec<_> =
        fs::read_dir(dir.path().join("db/snapshots")).unwrap().map(|e| e.unwrap().path()).collect();
    snapshots.sort();
    let newest = snapshots.pop().unwrap();
    let mut bytes = fs::read(&newest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&newest, bytes).unwrap();
    let store = small(dir.path(), &clock).await;
    assert_eq!(store.bucket("b").get("a").await.unwrap().unwrap().body, body(200));
}

#[tokio::test]
async fn history_ends_at_its_limits_and_old_segments_are_removed() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), clock());
    let store = small(dir.path(), &clock).await;
    let bucket = store.bucket("b");
    put(&store, "quiet", 1).await;
    for version in 1..=600 {
        put(&store, "a", version).await;
    }
    let versions: Vec<_> =
        bucket.history("a", None, 1_000).await.unwrap().iter().map(|e| e.version).collect();
    assert_eq!(versions, (201..=600).rev().collect::<Vec<_>>(), "400 versions");
    assert!(bucket.at_version("a", 200).await.unwrap().is_none());
    assert_eq!(bucket.at_version("a", 201).await.unwrap().unwrap(), body(201));
    let before = store.health().segments;

    clock.advance(91 * 24 * 3_600_000);
    assert!(bucket.history("a", None, 10).await.unwrap().is_empty(), "90 days");
    for version in 601..=800 {
        put(&store, "a", version).await;
    }
    store.close().await;
    drop(store);
    let store = small(dir.path(), &clock).await;
    assert!(store.health().segments < before, "{} of {before}", store.health().segments);
    let bucket = store.bucket("b");
    assert_eq!(bucket.get("quiet").await.unwrap().unwrap().body, body(1), "the current version is for ever");
    assert_eq!(bucket.at_version("quiet", 1).await.unwrap().unwrap(), body(1));
    assert_eq!(bucket.at_version("a", 700).await.unwrap().unwrap(), body(700));
    assert_eq!(bucket.history("a", None, 1_000).await.unwrap().len(), 200);
}

#[tokio::test]
async fn a_click_costs_little_of_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(options(dir.path(), &clock())).await.unwrap();
    for version in 1..=100 {
        put(&store, "a", version).await;
    }
    let each = store.health().journal_bytes / 100;
    assert!(each < 250, "{each} bytes a commit");
}

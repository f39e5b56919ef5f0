//! Backups of a running store, and what they are restored into.

use std::fs;

use regie_core::ErrorKind;
use regie_store::{Options, Store, Write, backup, restore};

use crate::common::{body, clock, open, options, write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_during_writes_restores_to_a_moment_of_them_with_a_new_lineage() {
    let (dir, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store =
        Store::open(Options { segment_bytes: 20_000, ..options(dir.path(), &clock()) }).await.unwrap();
    let blob = store.blob_put("a large seed".into()).await.unwrap();
    let bucket = store.bucket("b");
    let mut current = bucket.create("a", write(1)).await.unwrap();
    let archive = to.path().join("one.regie");
    let (db, file) = (dir.path().join("db"), archive.clone());
    let copying = tokio::task::spawn_blocking(move || backup(&db, &file));
    while !copying.is_finished() || current.version < 100 {
        let next = Write { answers: vec![], ..write(current.version + 1) };
        current = bucket.put("a", current.revision, next).await.unwrap();
    }
    let report = copying.await.unwrap().unwrap();
    assert_eq!((report.lineage.as_str(), report.blobs), (store.lineage(), 1));

    let restored = to.path().join("instance/db");
    assert_eq!(restore(&archive, &restored).unwrap(), report);
    let copy = open(&to.path().join("instance")).await;
    assert_ne!(copy.lineage(), store.lineage());
    let document = copy.bucket("b").get("a").await.unwrap().unwrap();
    assert_eq!(document.body, body(document.version));
    for version in 1..=document.version {
        assert_eq!(copy.bucket("b").at_version("a", version).await.unwrap().unwrap(), body(version));
    }
    assert_eq!(copy.blob_get(&blob).await.unwrap().unwrap(), "a large seed");

    let error = restore(&archive, &restored).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "a store is never overwritten");
    assert_eq!(backup(&restored, &archive).unwrap_err().kind, ErrorKind::Conflict, "nor is a backup");
}

#[tokio::test]
async fn what_is_no_whole_backup_restores_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.bucket("b").create("a", write(1)).await.unwrap();
    let archive = dir.path().join("backup");
    backup(&dir.path().join("db"), &archive).unwrap();
    let whole = fs::read(&archive).unwrap();
    let mut flipped = whole.clone();
    let at = flipped.windows(4).position(|w| w == b"RGJF").unwrap() + 30;
    flipped[at] ^= 1;
    for (what, bytes) in
        [("cut", &whole[..whole.len() / 2]), ("text", b"hello"), ("empty", b""), ("flipped", &flipped)]
    {
        fs::write(&archive, bytes).unwrap();
        let error = restore(&archive, &dir.path().join("copy/db")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadRequest, "{what}: {error}");
        assert!(!dir.path().join("copy/db").exists());
    }
    assert_eq!(fs::read_dir(dir.path().join("copy")).unwrap().count(), 0, "nothing is left over");
}

#[tokio::test]
async fn blobs_are_kept_by_their_content() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let name = store.blob_put("abc".into()).await.unwrap();
    assert_eq!(name, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(store.blob_get(&name).await.unwrap().unwrap(), "abc");
    assert_eq!(store.blob_get(&"0".repeat(64)).await.unwrap(), None);
    assert_eq!(store.blob_get("../store.json").await.unwrap_err().kind, ErrorKind::BadRequest);
    assert_eq!(store.blob_sweep(std::collections::HashSet::new()).await.unwrap(), 0, "it is too young");
    fs::write(dir.path().join("db/blobs").join(&name), "abd").unwrap();
    assert_eq!(&*store.blob_get(&name).await.unwrap_err().code, "damaged");
}

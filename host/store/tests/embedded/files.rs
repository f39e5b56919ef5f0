//! Documents as files, and what people do to them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use regie_store::{Bucket, EntryKind, FileLayout, HandEdits, Options, Store, Write};

use crate::common::{body, clock, entry, options, write};

struct Layout;

impl FileLayout for Layout {
    fn path(&self, key: &str) -> Option<PathBuf> {
        key.strip_prefix("session.").map(|id| PathBuf::from(format!("trackers/sessions/restream_{id}.json")))
    }

    fn key(&self, path: &Path) -> Option<String> {
        let name = path.strip_prefix("trackers/sessions").ok()?.to_str()?;
        Some(format!("session.{}", name.strip_prefix("restream_")?.strip_suffix(".json")?))
    }

    fn version_of(&self, body: &[u8]) -> Option<u64> {
        serde_json::from_slice::<serde_json::Value>(body).ok()?["version"].as_u64()
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec!["trackers/sessions".into()]
    }
}

const KEY: &str = "session.1";

struct Instance {
    store: Arc<Store>,
    bucket: Arc<dyn Bucket>,
    edits: HandEdits,
    path: PathBuf,
}

async fn start(dir: &Path) -> Instance {
    settling(dir, Duration::from_millis(30)).await
}

async fn settling(dir: &Path, file_settle: Duration) -> Instance {
    let brisk = Options {
        file_interval: Duration::from_millis(20),
        file_settle,
        file_poll: Duration::from_millis(200),
        ..options(dir, &clock())
    };
    let store = Store::open(brisk).await.unwrap();
    let (bucket, edits) = store.file_bucket("sessions", dir.to_path_buf(), Arc::new(Layout));
    Instance { store, bucket, edits, path: dir.join("trackers/sessions/restream_1.json") }
}

fn plain(version: u64) -> Write {
    Write { answers: vec![], ..write(version) }
}

/// Waits for what another thread does to the disk; the test's own time limit is the only one.
async fn until(mut what: impl FnMut() -> bool) {
    while !what() {
        tokio::task::yield_now().await;
    }
}

async fn holds(path: &Path, body: &[u8]) {
    until(|| fs::read(path).is_ok_and(|found| found == body)).await;
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn edited(version: u64, note: &str) -> Vec<u8> {
    format!("{{\"version\": {version}, \"by\": \"{note}\"}}").into_bytes()
}

impl Instance {
    async fn accept(&self, key: &str, body: Bytes) -> regie_store::Result<()> {
        let current = self.bucket.get(key).await?.unwrap();
        let mut line = entry(current.version + 1);
        line.kind = EntryKind::HandEdit;
        let next = Write { body, version: current.version + 1, entries: vec![line], ..Write::default() };
        self.bucket.put(key, current.revision, next).await.map(drop)
    }
}

#[tokio::test]
async fn the_file_has_the_exact_bytes_and_the_last_state_always_arrives() {
    let dir = tempfile::tempdir().unwrap();
    let it = start(dir.path()).await;
    let mut current = it.bucket.create(KEY, plain(1)).await.unwrap();
    it.bucket.create("other", plain(1)).await.unwrap();
    holds(&it.path, &body(1)).await;
    for version in 2..=60 {
        current = it.bucket.put(KEY, current.revision, plain(version)).await.unwrap();
    }
    holds(&it.path, &body(60)).await;
    it.bucket.put(KEY, current.revision, plain(61)).await.unwrap();
    it.store.close().await;
    assert_eq!(fs::read(&it.path).unwrap(), body(61), "closing writes what was still to be written");
    assert_eq!(names(it.path.parent().unwrap()), ["restream_1.json"]);
}

#[tokio::test]
async fn a_removed_file_comes_back_and_the_file_of_a_deleted_document_goes() {
    let dir = tempfile::tempdir().unwrap();
    let it = start(dir.path()).await;
    let document = it.bucket.create(KEY, plain(1)).await.unwrap();
    holds(&it.path, &body(1)).await;
    fs::remove_file(&it.path).unwrap();
    holds(&it.path, &body(1)).await;
    it.bucket.delete(KEY, document.revision, entry(1)).await.unwrap();
    until(|| !it.path.exists()).await;
    it.store.close().await;
    assert_eq!(names(it.path.parent().unwrap()), Vec::<String>::new());
}

#[tokio::test]
async fn an_edit_by_hand_reaches_the_room_and_the_file_gets_what_it_makes_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut it = start(dir.path()).await;
    it.bucket.create(KEY, plain(1)).await.unwrap();
    holds(&it.path, &body(1)).await;
    fs::write(&it.path, edited(1, "ada")).unwrap();
    let edit = it.edits.next().await.unwrap();
    assert_eq!((edit.key.as_str(), edit.base_version, &edit.path), (KEY, Some(1), &it.path));
    assert_eq!(edit.body, edited(1, "ada"));
    it.accept(KEY, edited(2, "ada").into()).await.unwrap();
    edit.accepted().await;
    assert_eq!(fs::read(&it.path).unwrap(), edited(2, "ada"));
    assert!(it.store.rejected().is_empty());
    it.store.close().await;
    assert_eq!(names(it.path.parent().unwrap()), ["restream_1.json"]);
}

#[tokio::test]
async fn refused_edits_are_kept_side_by_side_with_the_reason_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut it = start(dir.path()).await;
    it.bucket.create(KEY, plain(1)).await.unwrap();
    holds(&it.path, &body(1)).await;
    for (note, name) in [("ada", "restream_1.json.rejected"), ("bob", "restream_1.json.rejected.2")] {
        fs::write(&it.path, edited(1, note)).unwrap();
        it.edits.next().await.unwrap().reject(format!("{note} forgot the bow")).await;
        assert_eq!(fs::read(&it.path).unwrap(), body(1));
        let kept = it.path.with_file_name(name);
        assert_eq!(fs::read(&kept).unwrap(), edited(1, note));
        let why = fs::read_to_string(it.path.with_file_name(format!("{name}.txt"))).unwrap();
        assert!(why.contains(&format!("{note} forgot the bow")) && why.contains("version: 1"), "{why}");
    }
    it.store.close().await;
    let it = start(dir.path()).await;
    let rejected = it.store.rejected();
    assert_eq!(rejected.len(), 2);
    assert_eq!((rejected[0].base_version, rejected[0].current_version), (Some(1), Some(1)));
    fs::remove_file(&rejected[0].path).unwrap();
    assert_eq!(it.store.rejected().len(), 1, "removing the file settles it");
}

#[tokio::test]
async fn an_edit_based_on_an_older_version_is_refused_without_the_room() {
    let dir = tempfile::tempdir().unwrap();
    let it = start(dir.path()).await;
    let first = it.bucket.create(KEY, plain(1)).await.unwrap();
    it.bucket.put(KEY, first.revision, plain(2)).await.unwrap();
    holds(&it.path, &body(2)).await;
    fs::write(&it.path, edited(1, "late")).unwrap();
    until(|| !it.store.rejected().is_empty()).await;
    let rejected = &it.store.rejected()[0];
    assert_eq!((rejected.base_version, rejected.current_version), (Some(1), Some(2)));
    assert_eq!(fs::read(&rejected.path).unwrap(), edited(1, "late"));
    holds(&it.path, &body(2)).await;
}

#[tokio::test]
async fn a_half_written_file_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut it = settling(dir.path(), Duration::from_secs(1)).await;
    it.bucket.create(KEY, plain(1)).await.unwrap();
    holds(&it.path, &body(1)).await;
    until(|| it.store.health().pending_files == 0).await;
    let whole = edited(1, "slow");
    fs::write(&it.path, &whole[..9]).unwrap();
    until(|| it.store.health().pending_files == 1).await;
    fs::write(&it.path, &whole).unwrap();
    let edit = it.edits.next().await.unwrap();
    assert_eq!(edit.body, whole);
    edit.reject("no".into()).await;
}

#[tokio::test]
async fn bytes_of_an_older_version_are_no_edit() {
    let dir = tempfile::tempdir().unwrap();
    let mut it = start(dir.path()).await;
    let first = it.bucket.create(KEY, plain(1)).await.unwrap();
    it.bucket.put(KEY, first.revision, plain(2)).await.unwrap();
    holds(&it.path, &body(2)).await;
    fs::write(&it.path, body(1)).unwrap();
    holds(&it.path, &body(2)).await;
    it.store.close().await;
    assert!(it.edits.next().await.is_none());
    assert_eq!(names(it.path.parent().unwrap()), ["restream_1.json"], "nothing was put aside");
    // Nor at a start: a projection that a crash cut short.
    fs::write(&it.path, body(1)).unwrap();
    let mut it = start(dir.path()).await;
    holds(&it.path, &body(2)).await;
    it.store.close().await;
    assert!(it.edits.next().await.is_none());
    assert_eq!(names(it.path.parent().unwrap()), ["restream_1.json"], "nothing was put aside");
}

#[tokio::test]
async fn what_was_edited_or_added_or_removed_while_the_server_was_down_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let it = start(dir.path()).await;
    for key in [KEY, "session.2"] {
        it.bucket.create(key, plain(1)).await.unwrap();
    }
    it.store.close().await;
    let second = it.path.with_file_name("restream_2.json");
    fs::write(&it.path, edited(1, "night")).unwrap();
    fs::remove_file(&second).unwrap();
    let new = it.path.with_file_name("restream_3.json");
    fs::write(&new, edited(7, "new")).unwrap();
    fs::write(it.path.with_file_name(".restream_1.json.0badcafe.regie"), edited(1, "displaced")).unwrap();

    let mut it = start(dir.path()).await;
    let mut found = vec![it.edits.next().await.unwrap(), it.edits.next().await.unwrap()];
    found.sort_by(|a, b| a.key.cmp(&b.key));
    let added = found.pop().unwrap();
    assert_eq!((added.key.as_str(), added.base_version), ("session.3", Some(7)));
    added.reject("there is no restream 3".into()).await;
    assert!(!new.exists());
    assert_eq!(fs::read(new.with_file_name("restream_3.json.rejected")).unwrap(), edited(7, "new"));
    let edit = found.pop().unwrap();
    assert_eq!(edit.body, edited(1, "night"));
    it.accept(KEY, edited(2, "night").into()).await.unwrap();
    edit.accepted().await;
    assert_eq!(fs::read(&it.path).unwrap(), edited(2, "night"));
    holds(&second, &body(1)).await;
    let displaced = it.store.rejected().iter().any(|r| fs::read(&r.path).unwrap() == edited(1, "displaced"));
    assert!(displaced, "an edit that a crash caught in the middle of a swap is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_edits_racing_commits_none_is_lost_and_no_commit_either() {
    let dir = tempfile::tempdir().unwrap();
    let Instance { store, bucket, mut edits, path } = start(dir.path()).await;
    bucket.create(KEY, plain(1)).await.unwrap();
    holds(&path, &body(1)).await;

    // The room: accepts what it can.
    let room_bucket = bucket.clone();
    let room = tokio::spawn(async move {
        let mut accepted = Vec::new();
        while let Some(edit) = edits.next().await {
            let current = room_bucket.get(KEY).await.unwrap().unwrap();
            let based = edit.base_version == Some(current.version);
            let next = Write {
                body: edit.body.clone(),
                version: current.version + 1,
                entries: vec![entry(current.version + 1)],
                ..Write::default()
            };
            if based && room_bucket.put(KEY, current.revision, next).await.is_ok() {
                accepted.push(edit.body.clone());
                edit.accepted().await;
            } else {
                edit.reject("it was overtaken".into()).await;
            }
        }
        accepted
    });
    // The person: saves atomically, as editors do, again and again on top of what the file says.
    let (file, count) = (path.clone(), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    let person = tokio::task::spawn_blocking(move || {
        let (mut saved, mut overwritten) = (Vec::new(), Vec::new());
        for number in 0..25 {
            let based: u64 = fs::read(&file).ok().and_then(|b| Layout.version_of(&b)).unwrap_or(1);
            let text = edited(based, &format!("edit {number}"));
            let temp = file.with_file_name(format!("edit.{number}.tmp"));
            fs::write(&temp, &text).unwrap();
            // Not over an edit of our own that nobody has seen yet: that would be the person's doing, not the store's.
            while is_edit(&fs::read(&file).unwrap_or_default()) {
                std::thread::yield_now();
            }
            let here = rustix::fs::CWD;
            rustix::fs::renameat_with(here, &temp, here, &file, rustix::fs::RenameFlags::EXCHANGE).unwrap();
            overwritten.push(fs::read(&temp).unwrap());
            fs::remove_file(&temp).unwrap();
            saved.push(text);
            counted.fetch_add(1, Ordering::SeqCst);
        }
        (saved, overwritten)
    });
    let mut committed = Vec::new();
    while committed.len() < 50 || !person.is_finished() {
        tokio::task::yield_now().await;
        let current = bucket.get(KEY).await.unwrap().unwrap();
        // Some commits for each edit, so that edits meet both old and current versions; one on each edit taken over.
        if committed.len() > 4 * (1 + count.load(Ordering::SeqCst))
            && !is_edit(&current.body)
            && !person.is_finished()
        {
            continue;
        }
        if let Ok(done) = bucket.put(KEY, current.revision, plain(current.version + 1)).await {
            committed.push(done.version);
        }
    }
    let (saved, overwritten) = person.await.unwrap();
    let last = bucket.get(KEY).await.unwrap().unwrap();
    bucket.put(KEY, last.revision, plain(last.version + 1)).await.ok();
    until(|| store.health().pending_files == 0 && !is_edit(&fs::read(&path).unwrap_or_default())).await;
    store.close().await;
    drop((bucket, store));
    let accepted = room.await.unwrap();

    let store = Store::open(options(dir.path(), &clock())).await.unwrap();
    let bucket = store.bucket("sessions");
    for version in committed {
        assert_eq!(
            bucket.at_version(KEY, version).await.unwrap().unwrap(),
            body(version),
            "commit {version}"
        );
    }
    let kept: Vec<Vec<u8>> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|e| fs::read(e.unwrap().path()).unwrap()).collect();
    for edit in saved {
        let found =
            accepted.iter().any(|b| *b == edit) || kept.contains(&edit) || overwritten.contains(&edit);
        assert!(found, "lost: {}", String::from_utf8_lossy(&edit));
    }
}

fn is_edit(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("\"by\": \"edit")
}

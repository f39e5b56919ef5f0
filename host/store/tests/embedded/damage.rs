//! Broken files: a torn tail is cut, damage refuses, an index is rebuilt.

use std::{
    fs,
    path::{Path, PathBuf},
};

use regie_core::ErrorKind;
use regie_store::{Store, Write};

use crate::common::{body, clock, open, options, write};

fn newest(dir: &Path, folder: &str) -> PathBuf {
    let mut names: Vec<_> =
        fs::read_dir(dir.join("db").join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
    names.retain(|p| p.extension().is_some_and(|e| e != "torn"));
    names.sort();
    names.pop().unwrap()
}

async fn filled(dir: &Path, versions: u64) {
    let store = open(dir).await;
    fill(&store, versions).await;
    store.close().await;
}

async fn fill(store: &Store, versions: u64) {
    let bucket = store.bucket("b");
    let mut current = bucket.create("a", write(1)).await.unwrap();
    for version in 2..=versions {
        current =
            bucket.put("a", current.revision, Write { answers: vec![], ..write(version) }).await.unwrap();
    }
}

async fn check(store: &Store, newest: u64) {
    let bucket = store.bucket("b");
    assert_eq!(bucket.get("a").await.unwrap().unwrap().version, newest);
    let versions: Vec<_> =
        bucket.history("a", None, 1_000).await.unwrap().iter().map(|e| e.version).collect();
    assert_eq!(versions, (1..=newest).rev().collect::<Vec<_>>());
    for version in 1..=newest {
        assert_eq!(bucket.at_version("a", version).await.unwrap().unwrap(), body(version));
    }
}

#[tokio::test]
async fn a_tail_cut_anywhere_loses_only_the_write_it_belonged_to() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 3).await;
    let path = newest(dir.path(), "journal");
    let whole = fs::read(&path).unwrap();
    let starts: Vec<usize> = memchr_all(&whole, b"RGJF");
    // Three writes and the mark of the close.
    assert_eq!(starts.len(), 4);
    for cut in [starts[2] + 1, starts[2] + 10, starts[2] + 30, starts[3] - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        let store = open(dir.path()).await;
        assert_eq!(store.health().torn_bytes as usize, cut - starts[2]);
        check(&store, 2).await;
        // And it goes on from there.
        let current = store.bucket("b").get("a").await.unwrap().unwrap();
        store.bucket("b").put("a", current.revision, Write { answers: vec![], ..write(3) }).await.unwrap();
        check(&store, 3).await;
        store.close().await;
        assert_eq!(
            fs::read(path.with_extension("torn")).unwrap(),
            whole[starts[2]..cut],
            "what was cut is kept"
        );
    }
}

#[tokio::test]
async fn a_flipped_bit_refuses_to_start_and_says_where() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 5).await;
    let path = newest(dir.path(), "journal");
    let whole = fs::read(&path).unwrap();
    // Not the mark of the close itself: nothing is lost with it.
    let mark = *memchr_all(&whole, b"RGJF").last().unwrap();
    for at in [3, 20, 40, 60, mark / 2, mark - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&path, &bytes).unwrap();
        let error =
            Store::open(options(dir.path(), &clock())).await.err().expect("a damaged journal is not opened");
        assert_eq!((error.kind, &*error.code), (ErrorKind::Internal, "damaged"), "byte {at}");
        assert!(error.path.is_some() && error.hint.is_some());
        assert_eq!(fs::read(&path).unwrap(), bytes, "nothing was touched");
    }
    fs::write(&path, &whole).unwrap();
    let store = open(dir.path()).await;
    check(&store, 5).await;
}

#[tokio::test]
async fn the_index_is_rebuilt_when_it_is_missing_or_broken_or_strange() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 70).await;
    let sled = dir.path().join("db/sled");
    let garbage = |path: &Path| {
        let len = fs::metadata(path).unwrap().len() as usize;
        fs::write(path, (0..len).map(|i| (i * 31 % 251) as u8).collect::<Vec<_>>()).unwrap();
    };
    let other = tempfile::tempdir().unwrap();
    filled(other.path(), 3).await;
    let breakages: [(&str, &dyn Fn()); 5] = [
        ("missing", &|| fs::remove_dir_all(&sled).unwrap()),
        ("garbage", &|| garbage(&sled.join("db"))),
        ("garbage in its settings", &|| garbage(&sled.join("conf"))),
        ("a file", &|| {
            fs::remove_dir_all(&sled).unwrap();
            fs::write(&sled, "x").unwrap();
        }),
        ("of another store", &|| {
            fs::remove_dir_all(&sled).unwrap();
            fs::create_dir(&sled).unwrap();
            for file in ["conf", "db"] {
                fs::copy(other.path().join("db/sled").join(file), sled.join(file)).unwrap();
            }
        }),
    ];
    for (what, break_it) in breakages {
        break_it();
        let store = open(dir.path()).await;
        check(&store, 70).await;
        assert!(store.health().sled.starts_with("rebuilt: "), "{what}: {}", store.health().sled);
        store.close().await;
    }
    let store = open(dir.path()).await;
    check(&store, 70).await;
    assert_eq!(store.health().sled, "ok");
}

#[tokio::test]
async fn a_second_server_is_kept_out() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let error = Store::open(options(dir.path(), &clock())).await.err().expect("the folder is taken");
    assert_eq!(error.kind, ErrorKind::Unavailable);
    drop(store);
    open(dir.path()).await;
}

fn memchr_all(bytes: &[u8], word: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|at| bytes[*at..].starts_with(word)).collect()
}

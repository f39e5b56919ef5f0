//! Killed in the middle of writing, again and again: every write that was answered is there afterwards, at its place
//! and with its history. The program runs itself as the server that is killed.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod common;

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use common::{START_MS, body, clock, write};

use regie_store::{Options, Store, Write};

const ROUNDS: usize = 6;
const DOCUMENTS: usize = 8;
/// Answers seen before the server of a round is killed.
const ANSWERS: usize = 300;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(dir) = env::var_os("REGIE_TEST_STORE") {
        return runtime.block_on(serve(PathBuf::from(dir)));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    for round in 0..ROUNDS {
        kill_while_writing(dir.path(), &mut acknowledged);
        runtime.block_on(check(dir.path(), &acknowledged));
        println!("round {round}: {} acknowledged writes are there", acknowledged.values().sum::<u64>());
    }
    println!("test what_was_answered_survives_sigkill ... ok");
}

/// Small segments, so that rotation, snapshots and their leftovers are hit, too.
fn options(dir: &Path) -> Options {
    Options { segment_bytes: 40_000, ..Options::new(dir.join("db"), clock()) }
}

/// Writes all documents without end and prints each answer once it has it.
async fn serve(dir: PathBuf) {
    let store = Store::open(options(&dir)).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for i in 0..DOCUMENTS {
        let bucket = store.bucket("trackers");
        writers.spawn(async move {
            let key = format!("doc.{i}");
            let mut current = bucket.get(&key).await.unwrap();
            loop {
                let version = current.as_ref().map_or(0, |d| d.version) + 1;
                let next = Write { at_ms: START_MS, answers: vec![], ..write(version) };
                let done = match &current {
                    Some(document) => bucket.put(&key, document.revision, next).await.unwrap(),
                    None => bucket.create(&key, next).await.unwrap(),
                };
                let mut out = std::io::stdout().lock();
                writeln!(out, "{key} {}", done.version).unwrap();
                out.flush().unwrap();
                drop(out);
                current = Some(done);
            }
        });
    }
    // None of them ends by itself.
    writers.join_next().await.unwrap().unwrap();
}

fn kill_while_writing(dir: &Path, acknowledged: &mut BTreeMap<String, u64>) {
    let mut child = Command::new(env::current_exe().unwrap())
        .env("REGIE_TEST_STORE", dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut take = |line: String| {
        // The last line may be cut by the kill as well: only whole ones were acknowledged.
        if let Some((key, version)) = line.split_once(' ')
            && let Ok(version) = version.parse()
        {
            let known = acknowledged.entry(key.to_owned()).or_default();
            *known = (*known).max(version);
        }
    };
    for _ in 0..ANSWERS {
        take(lines.next().expect("the server answers until it is killed").unwrap());
    }
    // `Child::kill` is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    if let Some((_, whole)) = rest.split_last() {
        whole.iter().cloned().for_each(take);
    }
}

async fn check(dir: &Path, acknowledged: &BTreeMap<String, u64>) {
    let store = Store::open(options(dir)).await.unwrap();
    let bucket = store.bucket("trackers");
    for (key, version) in acknowledged {
        let document = bucket.get(key).await.unwrap().expect("an acknowledged document is there");
        assert!(document.version >= *version, "{key}: {} of {version}", document.version);
        assert_eq!(document.body, body(document.version));
        let entries = bucket.history(key, None, 100_000).await.unwrap();
        let versions: Vec<u64> = entries.iter().map(|e| e.version).collect();
        assert_eq!(versions, (1..=document.version).rev().collect::<Vec<_>>(), "{key}");
        for version in [1, document.version / 2, document.version - 1] {
            assert_eq!(
                bucket.at_version(key, version).await.unwrap(),
                Some(body(version).into()),
                "{key} {version}"
            );
        }
    }
    store.close().await;
}

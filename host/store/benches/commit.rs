//! Durable commits a second, each awaited by its caller, against a floor that only appends and flushes the same bytes.
//!
//! Bodies have 2.7 KB and change a little each time. The floor is one flush per round; with a hundred documents a round is
//! a hundred commits, which a group commit may share.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::{
    fs::File,
    os::unix::fs::FileExt,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use regie_core::SystemClock;
use regie_store::{Bucket, Document, Entry, EntryKind, Options, Store, Write};
use serde_json::value::RawValue;

fn body(version: u64) -> Vec<u8> {
    let cells: Vec<String> =
        (0..120u64).map(|i| format!("\"item-{i:04}\": {}", (version / (i + 1)) % 4)).collect();
    format!("{{\"version\": {version}, \"padding\": \"{}\", {}}}", "x".repeat(400), cells.join(", "))
        .into_bytes()
}

fn write(version: u64) -> Write {
    let raw = |json: String| RawValue::from_string(json).unwrap();
    let entry = Entry {
        version,
        at_ms: 1_770_212_280_000,
        kind: EntryKind::Action,
        actor: raw(r#"{"id":"0197f0c8-0000-7000-8000-000000000000","name":"Ada","role":"editor"}"#.into()),
        detail: raw(format!(
            r#"{{"action":{{"kind":"toggle","item":"item-{:04}"}},"now_ms":{version}}}"#,
            version % 120
        )),
    };
    Write { body: body(version).into(), version, at_ms: 0, entries: vec![entry], answers: vec![] }
}

async fn run(bucket: Arc<dyn Bucket>, mut document: Document, commits: u64) -> Document {
    for _ in 0..commits {
        document = bucket.put(&document.key, document.revision, write(document.version + 1)).await.unwrap();
    }
    document
}

fn store(c: &mut Criterion, documents: u64) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Beside the build, not in a memory file system.
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store =
        runtime.block_on(Store::open(Options::new(dir.path().join("db"), Arc::new(SystemClock)))).unwrap();
    let bucket = store.bucket("bench");
    let mut current: Vec<Document> = (0..documents)
        .map(|i| runtime.block_on(bucket.create(&format!("doc.{i}"), write(1))).unwrap())
        .collect();
    let mut group = c.benchmark_group("commit");
    group.throughput(Throughput::Elements(documents));
    group.bench_function(format!("{documents} documents"), |b| {
        b.iter_custom(|rounds| {
            let start = Instant::now();
            let tasks: Vec<_> = current
                .drain(..)
                .map(|document| runtime.spawn(run(bucket.clone(), document, rounds)))
                .collect();
            current.extend(tasks.into_iter().map(|task| runtime.block_on(task).unwrap()));
            start.elapsed()
        });
    });
    group.finish();
    runtime.block_on(store.close());
}

fn commits(c: &mut Criterion) {
    store(c, 1);
    store(c, 100);
}

fn floor(c: &mut Criterion) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for commits in [1u64, 100] {
        let file = File::create(dir.path().join(format!("floor-{commits}"))).unwrap();
        let bytes = vec![0x5a; 150 * commits as usize];
        let mut offset = 0;
        let mut group = c.benchmark_group("floor");
        group.throughput(Throughput::Elements(commits));
        group.bench_function(format!("append and flush for {commits}"), |b| {
            b.iter(|| {
                file.write_all_at(&bytes, offset).unwrap();
                file.sync_data().unwrap();
                offset += bytes.len() as u64;
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(4));
    targets = floor, commits
}
criterion_main!(benches);

//! What a bucket promises, whatever engine keeps it. A further engine adds a factory and one line at the end.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod common;

use std::{collections::BTreeMap, future::Future, sync::Arc};

use common::{START_MS, answer, body, clock, entry, options, write};
use proptest::prelude::*;
use regie_core::{ErrorKind, SimulatedClock};
use regie_store::{BODY_MAX, Bucket, Change, Store, Write};

/// Gives the bucket of one name again and again, also after everything was closed.
trait Engine: Sized {
    fn start() -> impl Future<Output = Self>;
    fn bucket(&self) -> Arc<dyn Bucket>;
    fn clock(&self) -> &SimulatedClock;
    fn reopen(self) -> impl Future<Output = Self>;
}

struct Embedded {
    dir: tempfile::TempDir,
    clock: Arc<SimulatedClock>,
    store: Arc<Store>,
}

impl Engine for Embedded {
    async fn start() -> Self {
        let (dir, clock) = (tempfile::tempdir().unwrap(), clock());
        let store = Store::open(options(dir.path(), &clock)).await.unwrap();
        Self { dir, clock, store }
    }

    fn bucket(&self) -> Arc<dyn Bucket> {
        self.store.bucket("trackers")
    }

    fn clock(&self) -> &SimulatedClock {
        &self.clock
    }

    async fn reopen(self) -> Self {
        self.store.close().await;
        assert_eq!(self.bucket().get("a").await.unwrap_err().kind, ErrorKind::Unavailable);
        assert_eq!(self.bucket().create("late", write(1)).await.unwrap_err().kind, ErrorKind::Unavailable);
        let store = Store::open(options(self.dir.path(), &self.clock)).await.unwrap();
        Self { store, ..self }
    }
}

async fn a_document_is_read_as_it_was_written<E: Engine>() {
    let mut engine = E::start().await;
    let odd = b"{ \"z\": 1,\n\t\"a\":  [1.0, 1e3, \"\\u00e9\"] }\n".to_vec();
    let written =
        engine.bucket().create("a.b", Write { body: odd.clone().into(), ..write(1) }).await.unwrap();
    assert_eq!((written.version, written.at_ms), (1, START_MS));
    for _ in 0..2 {
        let read = engine.bucket().get("a.b").await.unwrap().unwrap();
        assert_eq!(read, written);
        assert_eq!(read.body, odd);
        engine = engine.reopen().await;
    }
    assert!(engine.bucket().get("a").await.unwrap().is_none());
}

async fn only_the_expected_revision_is_replaced<E: Engine>() {
    let engine = E::start().await;
    let bucket = engine.bucket();
    let first = bucket.create("a", write(1)).await.unwrap();
    assert_eq!(bucket.create("a", write(1)).await.unwrap_err().kind, ErrorKind::Conflict);
    let second = bucket.put("a", first.revision, write(2)).await.unwrap();
    assert!(second.revision > first.revision);
    for stale in [first.revision, 0, second.revision + 1] {
        assert_eq!(bucket.put("a", stale, write(3)).await.unwrap_err().kind, ErrorKind::Conflict);
        assert_eq!(bucket.delete("a", stale, entry(3)).await.unwrap_err().kind, ErrorKind::Conflict);
    }
    assert_eq!(bucket.put("b", 1, write(1)).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(bucket.get("a").await.unwrap().unwrap(), second);
}

async fn of_many_racing_writers_each_round_has_one_winner<E: Engine>() {
    let engine = E::start().await;
    let bucket = engine.bucket();
    bucket.create("a", write(1)).await.unwrap();
    let racers = (0..8).map(|_| {
        let bucket = bucket.clone();
        tokio::spawn(async move {
            let mut won = 0;
            while won < 20 {
                let current = bucket.get("a").await.unwrap().unwrap();
                match bucket
                    .put("a", current.revision, Write { answers: vec![], ..write(current.version + 1) })
                    .await
                {
                    Ok(_) => won += 1,
                    Err(error) => assert_eq!(error.kind, ErrorKind::Conflict),
                }
            }
        })
    });
    for racer in racers.collect::<Vec<_>>() {
        racer.await.unwrap();
    }
    assert_eq!(bucket.get("a").await.unwrap().unwrap().version, 161);
    let versions: Vec<_> =
        bucket.history("a", None, 1_000).await.unwrap().iter().map(|e| e.version).collect();
    assert_eq!(versions, (1..=161).rev().collect::<Vec<_>>());
}

async fn a_document_created_again_goes_on_with_its_version<E: Engine>() {
    let mut engine = E::start().await;
    let first = engine.bucket().create("a", write(1)).await.unwrap();
    let second = engine.bucket().put("a", first.revision, write(2)).await.unwrap();
    engine.bucket().delete("a", second.revision, entry(2)).await.unwrap();
    assert!(engine.bucket().get("a").await.unwrap().is_none());
    engine = engine.reopen().await;
    let bucket = engine.bucket();
    assert_eq!(bucket.keys("").await.unwrap(), Vec::<String>::new());
    assert_eq!(bucket.at_version("a", 2).await.unwrap().unwrap(), body(2));
    let again = bucket.create("a", write(1)).await.unwrap();
    assert_eq!(again.version, 3);
    assert!(again.revision > second.revision);
    let newest = &bucket.history("a", None, 1).await.unwrap()[0];
    assert_eq!(newest.version, 3, "the entry follows the version its document was given");
    assert_eq!(bucket.at_version("a", 3).await.unwrap().unwrap(), body(1));
}

async fn refused_names_and_sizes_are_told<E: Engine>() {
    let engine = E::start().await;
    let bucket = engine.bucket();
    let long = "x".repeat(65);
    for bad in ["", ".", "a.", "A", "a b", "é", "a/b", "a..b", &long] {
        assert_eq!(bucket.create(bad, write(1)).await.unwrap_err().kind, ErrorKind::BadRequest, "{bad}");
    }
    let big = Write { body: vec![b'1'; BODY_MAX + 1].into(), ..write(1) };
    assert_eq!(bucket.create("a", big).await.unwrap_err().kind, ErrorKind::TooLarge);
    let most = Write { body: vec![b'1'; BODY_MAX].into(), ..write(1) };
    bucket.create("a", most).await.unwrap();
}

async fn prefixes_are_whole_tokens<E: Engine>() {
    let engine = E::start().await;
    let bucket = engine.bucket();
    for key in ["t.1.main", "t.1.b", "t.12.main", "t.1-x", "t.1", "u"] {
        bucket.create(key, write(1)).await.unwrap();
    }
    assert_eq!(bucket.keys("t.1").await.unwrap(), ["t.1", "t.1.b", "t.1.main"]);
    assert_eq!(bucket.keys("t").await.unwrap().len(), 5);
    assert_eq!(bucket.keys("").await.unwrap().len(), 6);
    assert_eq!(bucket.keys("v").await.unwrap().len(), 0);
}

async fn history_has_every_version_with_its_bytes<E: Engine>() {
    let mut engine = E::start().await;
    let mut current = engine.bucket().create("a", write(1)).await.unwrap();
    for version in 2..=200 {
        current = engine.bucket().put("a", current.revision, write(version)).await.unwrap();
    }
    for _ in 0..2 {
        let bucket = engine.bucket();
        for version in [1, 2, 63, 64, 65, 66, 128, 129, 199, 200] {
            assert_eq!(bucket.at_version("a", version).await.unwrap().unwrap(), body(version), "{version}");
        }
        for missing in [0, 201] {
            assert!(bucket.at_version("a", missing).await.unwrap().is_none());
        }
        let page = bucket.history("a", Some(150), 100).await.unwrap();
        let versions: Vec<_> = page.iter().map(|e| e.version).collect();
        assert_eq!(versions, (50..150).rev().collect::<Vec<_>>());
        assert_eq!(page[0].detail.get(), entry(149).detail.get());
        assert!(bucket.history("b", None, 10).await.unwrap().is_empty());
        engine = engine.reopen().await;
    }
}

async fn a_batch_is_one_write_with_an_entry_for_each_version<E: Engine>() {
    let engine = E::start().await;
    let bucket = engine.bucket();
    let first = bucket.create("a", write(1)).await.unwrap();
    let batch = Write { entries: (2..=6).map(entry).collect(), ..write(6) };
    bucket.put("a", first.revision, batch).await.unwrap();
    let versions = |entries: Vec<regie_store::Entry>| entries.iter().map(|e| e.version).collect::<Vec<_>>();
    assert_eq!(versions(bucket.history("a", None, 10).await.unwrap()), [6, 5, 4, 3, 2, 1]);
    assert_eq!(versions(bucket.history("a", Some(5), 2).await.unwrap()), [4, 3]);
    assert!(bucket.at_version("a", 4).await.unwrap().is_none(), "between two writes there are no bytes");
}

async fn answers_are_remembered_ten_minutes_and_over_a_restart<E: Engine>() {
    let mut engine = E::start().await;
    let first = engine.bucket().create("a", write(1)).await.unwrap();
    engine.bucket().answer("a", vec![answer("refused")]).await.unwrap();
    let other = regie_store::Answer { body: "{}".into(), ..answer("refused") };
    engine.bucket().answer("a", vec![other]).await.unwrap();
    assert_eq!(engine.bucket().answer("b", vec![answer("x")]).await.unwrap_err().kind, ErrorKind::NotFound);
    for _ in 0..2 {
        let bucket = engine.bucket();
        assert_eq!(bucket.get("a").await.unwrap().unwrap(), first, "an answer changes nothing");
        assert_eq!(
            bucket.answered("a", "refused").await.unwrap(),
            Some(answer("refused")),
            "the first one stays"
        );
        assert_eq!(bucket.answered("a", "key-1").await.unwrap(), Some(answer("key-1")));
        assert_eq!(bucket.answered("a", "other").await.unwrap(), None);
        assert_eq!(bucket.answers_kept("a").await.unwrap(), 2);
        engine = engine.reopen().await;
    }
    engine.clock().advance(600_000);
    assert_eq!(engine.bucket().answered("a", "key-1").await.unwrap(), None);
    assert_eq!(engine.bucket().answers_kept("a").await.unwrap(), 0);
}

async fn more_than_1024_answers_are_refused_and_change_nothing<E: Engine>() {
    let engine = E::start().await;
    let bucket = engine.bucket();
    let first = bucket.create("a", Write { answers: vec![], ..write(1) }).await.unwrap();
    let many = (0..1_024).map(|i| answer(&format!("k{i}"))).collect();
    bucket.answer("a", many).await.unwrap();
    assert_eq!(bucket.answers_kept("a").await.unwrap(), 1_024);
    let error = bucket.put("a", first.revision, write(2)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(bucket.get("a").await.unwrap().unwrap(), first);
    bucket.put("a", first.revision, Write { answers: vec![], ..write(2) }).await.unwrap();
}

async fn a_watch_tells_the_newest_value_of_each_key<E: Engine>() {
    let engine = E::start().await;
    let bucket = engine.bucket();
    let a = bucket.create("t.a", write(1)).await.unwrap();
    let b = bucket.create("t.b", write(1)).await.unwrap();
    bucket.create("u", write(1)).await.unwrap();
    let mut all = bucket.watch("t", 0).await.unwrap();
    assert_eq!(all.next().await, Some(Change::Put(a.clone())));
    assert_eq!(all.next().await, Some(Change::Put(b.clone())));

    // More steps than any buffer: what arrives rises, and ends with the newest.
    let mut current = a.clone();
    for version in 2..=500 {
        current =
            bucket.put("t.a", current.revision, Write { answers: vec![], ..write(version) }).await.unwrap();
    }
    let mut last = a.revision;
    loop {
        let Some(Change::Put(seen)) = all.next().await else { panic!("a put") };
        assert!(seen.revision > last);
        last = seen.revision;
        if seen == current {
            break;
        }
    }
    bucket.delete("t.b", b.revision, entry(1)).await.unwrap();
    let Some(Change::Deleted { key, revision }) = all.next().await else { panic!("a deletion") };
    assert_eq!(key, "t.b");
    assert!(revision > current.revision);

    // Who comes late is told what changed since, deletions too.
    let mut late = bucket.watch("t", b.revision).await.unwrap();
    assert_eq!(late.next().await, Some(Change::Put(current)));
    assert_eq!(late.next().await, Some(Change::Deleted { key: "t.b".into(), revision }));
    engine.reopen().await;
    assert_eq!(late.next().await, None, "the store was closed");
}

/// The engine against a map, over restarts.
async fn a_bucket_is_a_map_with_numbers<E: Engine>(steps: Vec<(u8, u8)>) {
    let mut engine = E::start().await;
    let mut model: BTreeMap<String, (u64, Option<Vec<u8>>)> = BTreeMap::new();
    for (key, step) in steps {
        let key = format!("k{}", key % 3);
        let current = engine.bucket().get(&key).await.unwrap();
        let known = model.entry(key.clone()).or_default();
        let next = Write { answers: vec![], ..write(known.0 + 1) };
        match (step % 6, &current) {
            (0, Some(document)) => {
                engine.bucket().delete(&key, document.revision, entry(known.0)).await.unwrap();
                known.1 = None;
            }
            (1, _) => engine = engine.reopen().await,
            (_, Some(document)) => {
                engine.bucket().put(&key, document.revision, next).await.unwrap();
                *known = (known.0 + 1, Some(body(known.0 + 1)));
            }
            (_, None) => {
                engine.bucket().create(&key, next).await.unwrap();
                *known = (known.0 + 1, Some(body(known.0 + 1)));
            }
        }
        let known = &model[&key];
        let document = engine.bucket().get(&key).await.unwrap();
        assert_eq!(document.as_ref().map(|d| d.body.to_vec()), known.1);
        assert_eq!(document.map(|d| d.version), known.1.as_ref().map(|_| known.0));
    }
    for (key, (version, _)) in &model {
        for version in 1..=*version {
            assert_eq!(engine.bucket().at_version(key, version).await.unwrap().unwrap(), body(version));
        }
    }
}

macro_rules! conformance {
    ($module:ident, $engine:ty: $($case:ident)*) => {
        mod $module {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::$case::<$engine>().await;
                }
            )*

            proptest! {
                #![proptest_config(ProptestConfig::with_cases(12))]
                #[test]
                fn a_bucket_is_a_map_with_numbers(steps in prop::collection::vec(any::<(u8, u8)>(), 1..40)) {
                    let runtime = tokio::runtime::Runtime::new().unwrap();
                    runtime.block_on(super::a_bucket_is_a_map_with_numbers::<$engine>(steps));
                }
            }
        }
    };
}

conformance!(embedded, Embedded:
    a_document_is_read_as_it_was_written
    only_the_expected_revision_is_replaced
    of_many_racing_writers_each_round_has_one_winner
    a_document_created_again_goes_on_with_its_version
    refused_names_and_sizes_are_told
    prefixes_are_whole_tokens
    history_has_every_version_with_its_bytes
    a_batch_is_one_write_with_an_entry_for_each_version
    answers_are_remembered_ten_minutes_and_over_a_restart
    more_than_1024_answers_are_refused_and_change_nothing
    a_watch_tells_the_newest_value_of_each_key
);

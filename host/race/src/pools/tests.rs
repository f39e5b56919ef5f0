//! Pools on real folders and a real store, with modes that only pretend.

mod generate;
mod look;
mod packs;
mod reserve;

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use regie_core::{Shutdown, SystemClock};
use regie_store::{Options, Store};
use serde_json::{Map, Value, json, value::RawValue};
use tempfile::TempDir;

use super::{Modes, Parts, Pools, modes::Refusal};

/// Takes what has a `seed`, and no cycles; makes seeds whose number rises.
#[derive(Default)]
struct Pretended {
    made: std::sync::atomic::AtomicU64,
}

#[async_trait]
impl Modes for Pretended {
    fn ids(&self) -> Vec<String> {
        vec!["maze".into()]
    }

    fn generation(&self) -> u64 {
        1
    }

    async fn takes(&self, mode: &str, document: &RawValue) -> Result<(), Refusal> {
        let document: Value = serde_json::from_str(document.get()).unwrap();
        match (mode, &document["seed"], &document["cycle"]) {
            ("maze", Value::Number(_), Value::Null) => Ok(()),
            ("maze", Value::Number(_), _) => Err(Refusal::Bad("it leads back to `a` (cycle)".into())),
            ("maze", ..) => Err(Refusal::Bad("it has no number".into())),
            _ => Err(Refusal::Later(format!("the mode `{mode}` is not on the air"))),
        }
    }

    async fn make(&self, _: &str, settings: &Map<String, Value>) -> Result<Option<Box<RawValue>>, String> {
        let number = 1_000 + self.made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let document = json!({"seed": number, "settings": settings});
        Ok(Some(serde_json::value::to_raw_value(&document).unwrap()))
    }
}

/// An instance's seeds, with one pool, `sprint`.
struct Bench {
    pools: Arc<Pools>,
    seeds: PathBuf,
    shutdown: Shutdown,
    folder: Arc<TempDir>,
}

impl Bench {
    async fn new() -> Self {
        Self::with("").await
    }

    async fn with(config: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let seeds = folder.path().join("seeds");
        fs::create_dir_all(seeds.join("sprint/available")).unwrap();
        fs::write(seeds.join("pools.toml"), "[sprint]\ndisplay_name = \"Sprint (~30 min)\"\n").unwrap();
        fs::write(seeds.join("sprint/config.toml"), config).unwrap();
        Self::open(folder, Duration::ZERO).await
    }

    async fn open(folder: Arc<TempDir>, quiet: Duration) -> Self {
        let clock = Arc::new(SystemClock);
        let store = Store::open(Options::new(folder.path().join("db"), clock.clone())).await.unwrap();
        let (dir, shutdown) = (folder.path().join("seeds"), Shutdown::new());
        let parts = Parts {
            dir: dir.clone(),
            seeds: store.bucket("seeds"),
            store,
            modes: Arc::new(Pretended::default()),
            clock,
            shutdown: shutdown.clone(),
            quiet,
        };
        let pools = Pools::on(parts).await.unwrap();
        pools.look_in_passing().await.unwrap();
        Self { pools, seeds: dir, shutdown, folder }
    }

    /// As after `kill -9`: nothing is told, all that is durable is there.
    async fn again(self) -> Self {
        let Self { pools, shutdown, folder, .. } = self;
        assert!(shutdown.drain(Duration::from_secs(10)).await);
        drop(pools);
        Self::open(folder, Duration::ZERO).await
    }

    fn available(&self) -> PathBuf {
        self.seeds.join("sprint/available")
    }

    fn put(&self, folder: &str, document: &str) {
        let path = self.available().join(folder);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("graph.json"), document).unwrap();
    }

    async fn filled(numbers: &[u64]) -> Self {
        let bench = Self::new().await;
        for number in numbers {
            bench.put(&format!("seed_{number}"), &json!({"seed": number}).to_string());
        }
        bench.pools.scan().await.unwrap();
        bench
    }

    /// Free, consumed, discarded.
    fn counts(&self) -> (usize, usize, usize) {
        let pool = self.pools.list().remove(0);
        (pool.available, pool.consumed, pool.discarded)
    }

    fn there(&self, path: &str) -> bool {
        self.seeds.join("sprint").join(path).exists()
    }
}

//! A race of the mode `race-probe`, its people, and what they see.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt;
use regie_core::{Actor, Clock, Result, Role, Shutdown, SimulatedClock, new_id};
use regie_live::Hub;
use regie_plugins::Plugins;
use regie_store::Store;
use serde_json::{Value, json, value::to_raw_value};

use crate::{
    Class, Event, Who,
    engine::{Accepted, Engine, Events, Frame, Ground},
    model::{Config, Entrance, Newcomer, Now, Race, RaceStatus, StartAsked},
};

/// 2026-02-04T13:38:00Z
pub const START: i64 = 1_770_212_280_000;
const SOON: Duration = Duration::from_secs(20);

pub struct Hall {
    pub dir: tempfile::TempDir,
    pub clock: Arc<SimulatedClock>,
    pub engine: Arc<Engine>,
    pub store: Arc<Store>,
    pub shutdown: Shutdown,
    pub plugins: Arc<Plugins>,
}

impl Hall {
    pub async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy(&package("race-probe"), &dir.path().join("plugins/race-probe"));
        Self::open_in(dir, Arc::new(SimulatedClock::at(START))).await
    }

    async fn open_in(dir: tempfile::TempDir, clock: Arc<SimulatedClock>) -> Self {
        let shutdown = Shutdown::new();
        let as_clock: Arc<dyn Clock> = clock.clone();
        let store =
            Store::open(regie_store::Options::new(dir.path().join("db"), as_clock.clone())).await.unwrap();
        let options = regie_plugins::Options {
            dir: dir.path().join("plugins"),
            overrides: dir.path().join("overrides"),
            cache: package("race-probe").parent().unwrap().join(".compiled"),
            limits: regie_plugins::Limits { settle: Duration::from_millis(50), ..Default::default() },
            settings: Arc::new(|_| serde_json::Map::new()),
            sessions: Arc::new(()),
        };
        let plugins = Plugins::start(options, &shutdown).await.unwrap();
        assert!(plugins.get("race-probe").is_some(), "{:?}", plugins.statuses());
        let ground = Ground {
            races: store.bucket("races"),
            store: store.clone(),
            plugins: plugins.clone(),
            hub: Hub::start(regie_live::Options::default(), &shutdown),
            clock: as_clock,
            lineage: store.lineage().to_owned(),
            shutdown: shutdown.clone(),
        };
        let engine = Engine::open(ground).await.unwrap();
        Self { dir, clock, engine, store, shutdown, plugins }
    }

    /// The server stops in order, and another one starts where it was, `after_ms` later.
    pub async fn restart(self, after_ms: i64) -> Self {
        assert!(self.shutdown.drain(SOON).await);
        self.stopped(after_ms).await
    }

    /// The process dies at once: nothing is flushed, nobody is told.
    pub async fn die(self, after_ms: i64) -> Self {
        // What the engine holds in memory goes with it; the store writes nothing more.
        self.store.close().await;
        self.shutdown.drain(Duration::from_millis(1)).await;
        self.stopped(after_ms).await
    }

    async fn stopped(self, after_ms: i64) -> Self {
        self.store.close().await;
        let Self { dir, clock, engine, store, .. } = self;
        drop((engine, store));
        clock.advance(after_ms);
        Self::open_in(dir, clock).await
    }

    /// An open race of so many players, called Ada, Ben, Cleo…
    pub async fn race(&self, players: u32, config: Config) -> String {
        let race = Race::draft("Cup".into(), "org", "race-probe", config, &self.now());
        let id = self.engine.create(race, &org(), None).await.unwrap().id.clone();
        self.change(&id, |race, now| race.open(now)).await.unwrap();
        for at in 0..players {
            let name = NAMES[usize::try_from(at).unwrap()];
            let who = Newcomer { id: new_id(), user_id: name.to_lowercase(), name: name.into() };
            self.change(&id, move |race, now| race.join(who, Entrance::Added, now)).await.unwrap();
        }
        id
    }

    /// The same, started and running.
    pub async fn running(&self, players: u32, config: Config) -> String {
        let id = self.race(players, config).await;
        self.start(&id).await.unwrap();
        self.clock.advance(60_000);
        self.until(&id, RaceStatus::Running).await;
        id
    }

    pub async fn start(&self, id: &str) -> Result<()> {
        for slot in self.engine.race(id)?.participants.iter().map(|p| p.slot) {
            self.change(id, move |race, now| race.ready(slot, now)).await?;
        }
        self.change(id, |race, now| race.start(StartAsked::default(), now)).await
    }

    pub async fn change(
        &self,
        id: &str,
        what: impl FnOnce(&mut Race, &Now) -> Result<crate::model::Change> + Send + 'static,
    ) -> Result<()> {
        self.engine.change(id, &org(), |race, now| Ok((what(race, now)?, ()))).await
    }

    /// Waits until it is so far; time passes by deadlines that are due already.
    pub async fn until(&self, id: &str, status: RaceStatus) {
        let waiting = async {
            while self.engine.race(id).unwrap().status != status {
                self.engine.look();
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, waiting).await.expect("it comes");
    }

    pub async fn send(&self, id: &str, slot: u32, message: Value) -> Result<Accepted> {
        let frame = Frame {
            kind: message["type"].as_str().unwrap().to_owned(),
            message_id: message["message_id"].as_str().map(str::to_owned),
            body: to_raw_value(&message).unwrap(),
        };
        self.engine.frame(id, slot, frame).await
    }

    pub async fn step(&self, id: &str, slot: u32, igt_ms: u64) -> Accepted {
        self.send(id, slot, json!({"type": "step", "igt_ms": igt_ms})).await.unwrap()
    }

    pub async fn follow(&self, id: &str, who: Who) -> Events {
        self.engine.follow(id, Class::now(who)).await.unwrap().events
    }

    /// Everything a class may see, as one text.
    pub async fn sees(&self, id: &str, class: Class) -> String {
        let shown = self.engine.shown(id, class).await.unwrap();
        let revealed = shown.revealed.as_ref().map(|(_, part)| part.get()).unwrap_or_default();
        format!(
            "{} {} {} {revealed}",
            serde_json::to_string(&*shown.race).unwrap(),
            serde_json::to_string(&*shown.standings).unwrap(),
            shown.view.get(),
        )
    }

    /// Steps by slot in what a class sees.
    pub async fn steps(&self, id: &str, class: Class) -> Value {
        let shown = self.engine.shown(id, class).await.unwrap();
        serde_json::from_str::<Value>(shown.view.get()).unwrap()["steps"].clone()
    }

    pub fn now(&self) -> Now {
        Now::at(self.clock.now_ms())
    }

    /// The mode's own state, as it is stored.
    pub async fn stored(&self, id: &str) -> Value {
        let document = self.store.bucket("races").get(id).await.unwrap().unwrap();
        serde_json::from_slice(&document.body).unwrap()
    }
}

const NAMES: [&str; 6] = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn"];

pub fn org() -> Actor {
    Actor { id: "org".into(), name: "Org".into(), role: Role::Viewer }
}

/// The first event that `wanted` picks something of.
pub async fn next<T>(events: &mut Events, wanted: impl Fn(&Event) -> Option<T>) -> T {
    let waiting = async {
        loop {
            let event = events.next().await.expect("the stream goes on");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    };
    tokio::time::timeout(SOON, waiting).await.expect("it comes")
}

fn package(id: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fixtures").join(id);
    assert!(path.join("plugin.wasm").exists(), "{id} is not built: run `make fixtures`");
    path
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

//! A host with its lobby, on a store of its own.

use std::{sync::Arc, time::Duration};

use regie_core::{Actor, Role, Shutdown, SystemClock};
use regie_live::Hub;
use regie_lobby::{BrokerChoice, LinkState, Lobby, Options, Parts, Remote};
use regie_store::{Bucket, Store};
use tempfile::TempDir;
use tokio::{runtime::Runtime, time::timeout};

const LONG: Duration = Duration::from_secs(40);

pub struct Host {
    pub lobby: Arc<Lobby>,
    store: Arc<Store>,
    shutdown: Shutdown,
    /// So that everything of it can be cut off at once.
    runtime: Runtime,
    dir: TempDir,
}

impl Host {
    pub async fn on(url: &str) -> Self {
        Self::with(external(url)).await
    }

    pub async fn with(settings: Options) -> Self {
        Self::storing(settings, |bucket| bucket).await
    }

    /// `wrap`: what is between the lobby and its bucket.
    pub async fn storing(settings: Options, wrap: impl FnOnce(Arc<dyn Bucket>) -> Arc<dyn Bucket>) -> Self {
        Self::open(settings, tempfile::tempdir().unwrap(), wrap).await
    }

    async fn open(
        settings: Options,
        dir: TempDir,
        wrap: impl FnOnce(Arc<dyn Bucket>) -> Arc<dyn Bucket>,
    ) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let shutdown = Shutdown::new();
        let store =
            Store::open(regie_store::Options::new(dir.path().to_owned(), Arc::new(SystemClock))).await;
        let store = store.unwrap();
        let (sessions, lineage) = (wrap(store.bucket("lobby")), store.lineage().to_owned());
        let stop = shutdown.clone();
        let lobby = runtime.spawn(async move {
            let hub = Hub::start(regie_live::Options::default(), &stop);
            let parts =
                Parts { sessions, clock: Arc::new(SystemClock), hub, settings, shutdown: stop, lineage };
            Lobby::open(parts).await.unwrap()
        });
        Self { lobby: lobby.await.unwrap(), store, shutdown, runtime, dir }
    }

    /// Waits until `is` says so.
    pub async fn until(&self, what: &str, mut is: impl FnMut(&Lobby) -> bool) {
        let mut changes = self.lobby.changes();
        let reached = timeout(LONG, async {
            while !is(&self.lobby) {
                changes.changed().await.unwrap();
            }
        });
        if reached.await.is_err() {
            panic!("{what}: not so after a long time: {:?} {:?}", self.lobby.status(), self.lobby.sessions());
        }
    }

    pub async fn connected(&self) {
        self.until("connected", |lobby| lobby.status().broker.state == LinkState::Connected).await;
    }

    pub async fn members(&self, session: &str, expected: &[&str]) {
        let is = |lobby: &Lobby| {
            let view = lobby.session(session).ok();
            view.is_some_and(|view| {
                let mut members: Vec<_> = view.members.iter().map(|m| m.client_id.as_str()).collect();
                members.sort_unstable();
                members == expected
            })
        };
        self.until(&format!("{expected:?} in {session}"), is).await;
    }

    /// The server is killed: nothing of it runs on. Started again on what it had stored.
    pub async fn killed_and_started(self, settings: Options) -> Self {
        self.cut_off().await.start(settings).await
    }

    pub async fn cut_off(self) -> Remains {
        let Self { lobby, store, runtime, dir, .. } = self;
        drop(lobby);
        runtime.shutdown_background();
        store.close().await;
        Remains(dir)
    }

    pub async fn kill(self) {
        self.cut_off().await;
    }

    pub async fn stop(self) {
        assert!(self.shutdown.drain(Duration::from_secs(5)).await);
        self.store.close().await;
        self.runtime.shutdown_background();
    }
}

/// What is left of a killed server: its store.
pub struct Remains(TempDir);

impl Remains {
    pub async fn start(self, settings: Options) -> Host {
        Host::open(settings, self.0, |bucket| bucket).await
    }
}

pub fn external(url: &str) -> Options {
    Options { broker: BrokerChoice::External(Remote::read(url).unwrap()), ..Options::default() }
}

pub fn person(name: &str) -> Actor {
    Actor { id: format!("u-{name}"), name: name.into(), role: Role::Viewer }
}

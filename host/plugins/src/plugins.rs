//! The plugins of an instance: what is on the air, and how the drop folder gets there.

mod folder;
mod install;
mod remove;
mod table;
mod watch;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Weak},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use regie_core::{Clock, Error, Result, Shutdown, SystemClock};
use serde_json::{Map, Value};
use tokio::sync::watch as channel;

use crate::{
    Limits, LogLine, Plugin, Sessions, SettingsOf, State, Status,
    load::Loader,
    manifest, operator,
    package::{self, Package},
    runtime::Runtime,
};
use folder::{Entry, Known, Seen};
use table::{Table, Wanted};

pub struct Options {
    /// The drop folder; made where it is missing.
    pub dir: PathBuf,
    /// The operator's assets, a folder for each id; made where it is missing.
    pub overrides: PathBuf,
    /// For compiled code; made with mode 0700. Nothing else may write there.
    pub cache: PathBuf,
    pub limits: Limits,
    pub settings: SettingsOf,
    pub sessions: Arc<dyn Sessions>,
}

type OnAir = BTreeMap<String, Arc<Plugin>>;

pub struct Plugins {
    dir: PathBuf,
    overrides: PathBuf,
    loader: Arc<Loader>,
    /// Replaced as a whole, so that a reader sees one state of things.
    on_air: ArcSwap<OnAir>,
    /// What was on the air before, for pages that still show it and load its pictures.
    before: Mutex<OnAir>,
    table: Mutex<Table>,
    /// One look at the folder at a time; loading goes on beside it.
    looking: tokio::sync::Mutex<()>,
    generation: channel::Sender<u64>,
    me: Weak<Self>,
}

impl Plugins {
    /// Loads what lies in the folder, all at once and the bad without delaying the good, then watches it until
    /// `shutdown`. Fails only where the server itself cannot run plugins; a bad package is a [`Status`].
    pub async fn start(options: Options, shutdown: &Shutdown) -> Result<Arc<Self>> {
        let Options { dir, overrides, cache, limits, settings, sessions } = options;
        std::fs::create_dir_all(&dir)?;
        std::fs::create_dir_all(&overrides)?;
        let runtime = Runtime::start(&limits, &cache)?;
        stop_late(&runtime, shutdown);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let plugins = Arc::new_cyclic(|me| Self {
            dir,
            overrides,
            loader: Arc::new(Loader { runtime, settings, sessions, clock }),
            on_air: ArcSwap::default(),
            before: Mutex::default(),
            table: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            generation: channel::Sender::new(0),
            me: me.clone(),
        });
        // Before the first look, so that nothing falls between the two.
        let events = watch::Events::start(&plugins.dir, &plugins.overrides);
        plugins.look(None, false).await;
        shutdown.spawn(watch::run(Arc::downgrade(&plugins), events, shutdown.clone(), limits));
        Ok(plugins)
    }

    /// What is on the air under this id: the last good version.
    pub fn get(&self, id: &str) -> Option<Arc<Plugin>> {
        self.on_air.load().get(id).cloned()
    }

    /// The version with this hash: the one on the air, or the one that was before it, whose assets are still asked for by
    /// pages that have not got the new block yet.
    pub fn version(&self, id: &str, hash: &str) -> Option<Arc<Plugin>> {
        let candidates = [self.get(id), self.before.lock().get(id).cloned()];
        candidates.into_iter().flatten().find(|plugin| plugin.hash() == hash)
    }

    /// Sorted by id.
    pub fn all(&self) -> Vec<Arc<Plugin>> {
        self.on_air.load().values().cloned().collect()
    }

    /// Sorted by id, then by path: a second package of an id stands there too, as failed.
    pub fn statuses(&self) -> Vec<Status> {
        self.table.lock().statuses(&self.on_air.load(), &self.loader.settings)
    }

    pub fn status(&self, id: &str) -> Option<Status> {
        // The package that counts stands before the one that is refused for having its id.
        self.statuses().into_iter().find(|status| status.id == id)
    }

    /// The last 200 lines of the plugin's log, also where no version of it is on the air.
    pub fn logs(&self, id: &str) -> Vec<LogLine> {
        self.table.lock().logs(id).read()
    }

    /// Rises with every swap, unload and refusal.
    pub fn generation(&self) -> u64 {
        *self.generation.borrow()
    }

    pub fn changes(&self) -> channel::Receiver<u64> {
        self.generation.subscribe()
    }

    /// Looks at the whole folder now, whatever was refused before included, and answers when everything found is loaded
    /// or refused.
    pub async fn rescan(&self) {
        self.look(None, true).await;
    }

    /// The operator's word about plugins is another one: pages are drawn again, and what is switched on or off follows.
    /// Answers when that is done.
    pub async fn settings_changed(&self) {
        self.look(None, false).await;
        self.changed();
    }

    /// Refuses values that the plugin's form does not take: `bad_request` with the path `values.<key>`.
    pub fn check_settings(&self, id: &str, values: &Map<String, Value>) -> Result<()> {
        self.known(id)?;
        let fields = self.table.lock().fields(id).ok_or_else(|| {
            Error::conflict(format!("the manifest of `{id}` cannot be read, so its settings are not known"))
        })?;
        manifest::check_values(&fields, values)
    }

    /// Looks at this plugin's package and overrides now, also where they look unchanged, and tries again what was refused.
    pub async fn reload(&self, id: &str) -> Result<Status> {
        self.known(id)?;
        let paths = self.table.lock().paths_of(id).map(str::to_owned).collect();
        self.look(Some(paths), true).await;
        self.known(id)
    }

    /// The status, or `not_found`.
    pub fn known(&self, id: &str) -> Result<Status> {
        self.status(id).ok_or_else(|| Error::not_found(format!("there is no plugin `{id}`")))
    }

    fn look_from(&self) -> Known {
        let table = self.table.lock();
        Known {
            dir: self.dir.clone(),
            overrides: self.overrides.clone(),
            marks: table.marks(),
            layers: table.layers(),
        }
    }

    /// Looks at the named paths (`None`: at all of them), and waits for what must be loaded.
    async fn look(&self, only: Option<BTreeSet<String>>, again: bool) {
        let loads = self.look_and_load(only, again).await;
        for load in loads {
            // A load that panicked has said so in its own record.
            let _ = load.await;
        }
    }

    /// `again`: reads what looks unchanged too, and retries what was refused.
    async fn look_and_load(
        &self,
        only: Option<BTreeSet<String>>,
        again: bool,
    ) -> Vec<tokio::task::JoinHandle<()>> {
        let _one_at_a_time = self.looking.lock().await;
        let (known, limits) = (self.look_from(), self.loader.limits().clone());
        let seen = tokio::task::spawn_blocking(move || known.look(only.as_ref(), again, &limits)).await;
        let Ok(seen) = seen else {
            tracing::error!("looking at the plugin folder failed");
            return Vec::new();
        };
        let Seen { entries, gone, mut packages } = seen;
        let (wanted, unloaded) = {
            let mut table = self.table.lock();
            let told = table.take(entries, &gone, self.loader.clock.now_ms());
            let enabled = |id: &str| operator::is_enabled(&(self.loader.settings)(id));
            let plan = table.plan(&self.on_air.load(), enabled, again);
            self.unload(&plan.unload);
            (plan.load, told || plan.changed || !plan.unload.is_empty())
        };
        if unloaded {
            self.changed();
        }
        wanted.into_iter().map(|wanted| self.load(packages.remove(&wanted.path), wanted)).collect()
    }

    /// Loads in a task of its own: a slow compilation holds up nobody else.
    fn load(&self, package: Option<Package>, wanted: Wanted) -> tokio::task::JoinHandle<()> {
        let (me, loader, path) = (self.me.clone(), self.loader.clone(), self.dir.join(&wanted.path));
        let on_air = self.get(&wanted.id);
        let (logs, layer) = {
            let mut table = self.table.lock();
            (table.logs(&wanted.id), table.layer_at(&wanted.path))
        };
        tokio::spawn(async move {
            let package = match package {
                Some(package) => Ok(package),
                // It was read at an earlier look, when another package had its id.
                None => {
                    let limits = loader.limits().clone();
                    let read = tokio::task::spawn_blocking(move || package::read(&path, &limits)).await;
                    read.map_err(|_| "the host failed while it read the package".to_owned())
                        .and_then(|read| read.map_err(String::from))
                        .map(|package| folder::laid_over(package, layer.as_deref()))
                }
            };
            let loaded = match package {
                Ok(package) => loader.load(package, logs, on_air.as_deref()).await,
                Err(reason) => Err(reason),
            };
            if let Some(plugins) = me.upgrade() {
                plugins.settle(&wanted, loaded);
            }
        })
    }

    /// Puts a loaded version on the air, or keeps the reason why not; neither when the folder has moved on meanwhile.
    fn settle(&self, wanted: &Wanted, loaded: std::result::Result<Plugin, String>) {
        let mut table = self.table.lock();
        if !table.is_current(wanted) {
            return;
        }
        let id = wanted.id.as_str();
        match loaded {
            Ok(plugin) => {
                let plugin = Arc::new(plugin);
                plugin.set_generation(self.generation() + 1);
                tracing::info!(plugin = id, version = %plugin.manifest().version, hash = plugin.hash(), "plugin on the air");
                let mut next = OnAir::clone(&self.on_air.load());
                if let Some(before) = next.insert(id.to_owned(), plugin) {
                    self.before.lock().insert(id.to_owned(), before);
                }
                self.on_air.store(Arc::new(next));
                table.loaded(wanted);
            }
            Err(reason) => {
                let last_good = self.on_air.load().contains_key(id);
                tracing::error!(plugin = id, path = wanted.path, last_good, "plugin refused: {reason}");
                table.logs(id).note(
                    tracing::Level::ERROR,
                    format!("refused: {reason}"),
                    self.loader.clock.now_ms(),
                );
                table.refused(wanted, reason);
            }
        }
        self.changed();
    }

    /// Called with the table locked.
    fn unload(&self, ids: &[String]) {
        if ids.is_empty() {
            return;
        }
        let mut next = OnAir::clone(&self.on_air.load());
        for id in ids {
            tracing::info!(plugin = id, "plugin unloaded");
            if let Some(before) = next.remove(id) {
                self.before.lock().insert(id.clone(), before);
            }
        }
        self.on_air.store(Arc::new(next));
    }

    fn changed(&self) {
        self.generation.send_modify(|generation| *generation += 1);
    }
}

impl std::fmt::Debug for Plugins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugins")
            .field("dir", &self.dir)
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

/// Rooms that drain may still need their plugins, so calls go on after the request to stop; but not for ever.
fn stop_late(runtime: &Arc<Runtime>, shutdown: &Shutdown) {
    let (last_calls, runtime, token) =
        (runtime.limits().last_calls, Arc::downgrade(runtime), shutdown.token());
    tokio::spawn(async move {
        token.cancelled().await;
        tokio::time::sleep(last_calls).await;
        if let Some(runtime) = runtime.upgrade() {
            runtime.stop();
        }
    });
}

//! Watches the drop folder as a whole. A path is looked at once it was quiet for a moment, so that a copy file by file is
//! one change; a poll of modification times is the net below, for file systems that tell nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    path::{Component, Path, PathBuf},
    sync::Weak,
    time::Duration,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};
use regie_core::Shutdown;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{Plugins, folder};
use crate::Limits;

const POLL: Duration = Duration::from_secs(10);

/// Names in the drop folder under which something happened.
pub(super) struct Events {
    names: mpsc::UnboundedReceiver<String>,
    /// Alive as long as the events are wanted.
    _watcher: Option<RecommendedWatcher>,
}

impl Events {
    pub(super) fn start(dir: &Path) -> Self {
        let (sender, names) = mpsc::unbounded_channel();
        let root = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        let watched = root.clone();
        let told = move |event: notify::Result<Event>| match event {
            Ok(event) => {
                for name in touched(&root, &event) {
                    let _ = sender.send(name);
                }
            }
            Err(error) => tracing::warn!(%error, "watching the plugin folder"),
        };
        let watcher = notify::recommended_watcher(told).and_then(|mut watcher| {
            watcher.watch(&watched, RecursiveMode::Recursive)?;
            Ok(watcher)
        });
        let watcher = watcher.inspect_err(|error| {
            tracing::warn!(%error, "the plugin folder cannot be watched; it is polled every {} s", POLL.as_secs());
        });
        Self { names, _watcher: watcher.ok() }
    }
}

/// Until shutdown, or until nobody holds the plugins any more.
pub(super) async fn run(plugins: Weak<Plugins>, mut events: Events, shutdown: Shutdown, limits: Limits) {
    let mut settling = Settling { quiet: limits.settle, most: limits.settle_most, paths: BTreeMap::new() };
    let mut poll = interval(POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    poll.tick().await;
    loop {
        let due = settling.next();
        let wait = async {
            match due {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shutdown.requested() => return,
            Some(name) = events.names.recv() => settling.touch(name, Instant::now()),
            _ = poll.tick() => {
                let Some(plugins) = plugins.upgrade() else { return };
                for name in plugins.moved().await {
                    settling.touch(name, Instant::now());
                }
            }
            () = wait => {
                let Some(plugins) = plugins.upgrade() else { return };
                let paths = settling.take(Instant::now());
                // Loads go on by themselves: a slow one keeps no other package waiting.
                drop(plugins.look_and_load(Some(paths), false).await);
            }
        }
    }
}

impl Plugins {
    /// Names whose fingerprint is not the one of the last look.
    async fn moved(&self) -> Vec<String> {
        let (dir, known) = (self.dir.clone(), self.table.lock().fingerprints());
        let now = tokio::task::spawn_blocking(move || folder::fingerprints(&dir)).await.unwrap_or_default();
        let names: BTreeSet<_> = known.keys().chain(now.keys()).collect();
        names.into_iter().filter(|name| known.get(*name) != now.get(*name)).cloned().collect()
    }
}

/// Paths that are not quiet yet.
struct Settling {
    quiet: Duration,
    most: Duration,
    /// First and last event.
    paths: BTreeMap<String, (Instant, Instant)>,
}

impl Settling {
    fn touch(&mut self, name: String, now: Instant) {
        self.paths.entry(name).or_insert((now, now)).1 = now;
    }

    fn due(&self, (first, last): (Instant, Instant)) -> Instant {
        (last + self.quiet).min(first + self.most)
    }

    fn next(&self) -> Option<Instant> {
        self.paths.values().map(|times| self.due(*times)).min()
    }

    fn take(&mut self, now: Instant) -> BTreeSet<String> {
        let due: BTreeSet<_> =
            self.paths.iter().filter(|(_, times)| self.due(**times) <= now).map(|(n, _)| n.clone()).collect();
        self.paths.retain(|name, _| !due.contains(name));
        due
    }
}

/// Reading is no change (ours would come back to us for ever); the end of a writing is.
fn touched(root: &Path, event: &Event) -> Vec<String> {
    let change = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    };
    if event.need_rescan() {
        return folder::fingerprints(root).into_keys().collect();
    }
    let name = |path: &PathBuf| {
        let first = path.strip_prefix(root).ok()?.components().next()?;
        let Component::Normal(name) = first else { return None };
        OsStr::to_str(name).filter(|name| folder::is_package_name(name)).map(str::to_owned)
    };
    event.paths.iter().filter(|_| change).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, ModifyKind};

    use super::*;

    #[test]
    fn a_path_is_due_when_it_was_quiet_and_at_the_latest_after_the_longest_wait() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut settling = Settling { quiet: ms(300), most: ms(2_000), paths: BTreeMap::new() };
        settling.touch("x".into(), start);
        assert_eq!(settling.next(), Some(start + ms(300)));
        for n in 1..20 {
            settling.touch("x".into(), start + ms(n * 100));
            assert!(settling.take(start + ms(n * 100)).is_empty());
        }
        assert_eq!(settling.next(), Some(start + ms(2_000)));
        settling.touch("y".into(), start + ms(1_900));
        assert_eq!(settling.take(start + ms(2_000)), BTreeSet::from(["x".to_owned()]));
        assert_eq!(settling.next(), Some(start + ms(2_200)));
    }

    #[test]
    fn events_are_told_by_the_packages_name_and_reading_is_none() {
        let root = Path::new("/drop");
        let told = |kind, path: &str| touched(root, &Event::new(kind).add_path(path.into()));
        let write = EventKind::Modify(ModifyKind::Any);
        assert_eq!(told(write, "/drop/x/assets/a.png"), ["x"]);
        assert_eq!(told(EventKind::Create(CreateKind::File), "/drop/y.zip"), ["y.zip"]);
        assert_eq!(
            told(EventKind::Access(AccessKind::Close(AccessMode::Write)), "/drop/x/plugin.wasm"),
            ["x"]
        );
        for path in ["/drop", "/drop/.upload-1", "/drop/y.zip.part", "/elsewhere/x"] {
            assert!(told(write, path).is_empty(), "{path}");
        }
        assert!(told(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/drop/x/plugin.wasm").is_empty());
    }
}

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

/// Under which something happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Touched {
    /// A name in the drop folder.
    Package(String),
    /// A name in the folder of overrides: an id.
    Overrides(String),
}

/// What happens in both folders.
pub(super) struct Events {
    touched: mpsc::UnboundedReceiver<Touched>,
    /// Alive as long as the events are wanted.
    _watchers: [Option<RecommendedWatcher>; 2],
}

impl Events {
    pub(super) fn start(dir: &Path, overrides: &Path) -> Self {
        let (sender, touched) = mpsc::unbounded_channel();
        let packages = watch(dir, sender.clone(), Touched::Package);
        Self { touched, _watchers: [packages, watch(overrides, sender, Touched::Overrides)] }
    }
}

fn watch(
    dir: &Path,
    sender: mpsc::UnboundedSender<Touched>,
    kind: fn(String) -> Touched,
) -> Option<RecommendedWatcher> {
    let root = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let watched = root.clone();
    let told = move |event: notify::Result<Event>| match event {
        Ok(event) => {
            for name in touched(&root, &event) {
                let _ = sender.send(kind(name));
            }
        }
        Err(error) => tracing::warn!(%error, "watching the plugin folder"),
    };
    let watcher = notify::recommended_watcher(told).and_then(|mut watcher| {
        watcher.watch(&watched, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    let watcher = watcher.inspect_err(|error| {
        let dir = watched.display();
        tracing::warn!(%error, "{dir} cannot be watched; it is polled every {} s", POLL.as_secs());
    });
    watcher.ok()
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
            Some(what) = events.touched.recv() => settling.touch(what, Instant::now()),
            _ = poll.tick() => {
                let Some(plugins) = plugins.upgrade() else { return };
                for name in plugins.moved().await {
                    settling.touch(Touched::Package(name), Instant::now());
                }
            }
            () = wait => {
                let Some(plugins) = plugins.upgrade() else { return };
                let paths = plugins.concerned(settling.take(Instant::now()));
                // Loads go on by themselves: a slow one keeps no other package waiting.
                drop(plugins.look_and_load(Some(paths), false).await);
            }
        }
    }
}

impl Plugins {
    /// Names whose fingerprint is not the one of the last look.
    async fn moved(&self) -> BTreeSet<String> {
        let known = self.look_from();
        tokio::task::spawn_blocking(move || known.moved()).await.unwrap_or_default()
    }

    /// Names in the drop folder: overrides concern whatever package has their id.
    fn concerned(&self, touched: BTreeSet<Touched>) -> BTreeSet<String> {
        let table = self.table.lock();
        let mut paths = BTreeSet::new();
        for what in touched {
            match what {
                Touched::Package(name) => drop(paths.insert(name)),
                Touched::Overrides(id) => paths.extend(table.paths_of(&id).map(str::to_owned)),
            }
        }
        paths
    }
}

/// Paths that are not quiet yet.
struct Settling {
    quiet: Duration,
    most: Duration,
    /// First and last event.
    paths: BTreeMap<Touched, (Instant, Instant)>,
}

impl Settling {
    fn touch(&mut self, what: Touched, now: Instant) {
        self.paths.entry(what).or_insert((now, now)).1 = now;
    }

    fn due(&self, (first, last): (Instant, Instant)) -> Instant {
        (last + self.quiet).min(first + self.most)
    }

    fn next(&self) -> Option<Instant> {
        self.paths.values().map(|times| self.due(*times)).min()
    }

    fn take(&mut self, now: Instant) -> BTreeSet<Touched> {
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
        return folder::names(root).into_iter().collect();
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
        settling.touch(Touched::Package("x".into()), start);
        assert_eq!(settling.next(), Some(start + ms(300)));
        for n in 1..20 {
            settling.touch(Touched::Package("x".into()), start + ms(n * 100));
            assert!(settling.take(start + ms(n * 100)).is_empty());
        }
        assert_eq!(settling.next(), Some(start + ms(2_000)));
        settling.touch(Touched::Overrides("y".into()), start + ms(1_900));
        assert_eq!(settling.take(start + ms(2_000)), BTreeSet::from([Touched::Package("x".to_owned())]));
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

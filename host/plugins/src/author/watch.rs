//! Tells that a plugin's sources were saved, once they are quiet.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind};
use regie_core::{Error, Result};
use tokio::sync::mpsc;

/// Editors write a file in several steps, and people save several files at once.
const QUIET: Duration = Duration::from_millis(120);

/// What is built or fetched is no source.
const SKIPPED: &[&str] = &["target", "node_modules", "dist", "build"];

/// The sources of one plugin.
pub struct Watch {
    saved: mpsc::UnboundedReceiver<PathBuf>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// # Errors
    /// Where the folder cannot be watched.
    pub fn start(dir: &Path) -> Result<Self> {
        let root = dir.canonicalize()?;
        let (sender, saved) = mpsc::unbounded_channel();
        let below = root.clone();
        let told = move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            for path in event.paths.iter().filter(|path| is_source(&below, path, event.kind)) {
                let _ = sender.send(path.clone());
            }
        };
        let failed =
            |error: notify::Error| Error::internal(format!("{} cannot be watched: {error}", root.display()));
        let mut watcher = notify::recommended_watcher(told).map_err(failed)?;
        watcher.watch(&root, RecursiveMode::NonRecursive).map_err(failed)?;
        // `node_modules` alone has thousands of folders: each of ours is watched by itself.
        for entry in std::fs::read_dir(&root)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                watcher.watch(&entry.path(), RecursiveMode::Recursive).map_err(failed)?;
            }
        }
        Ok(Self { saved, _watcher: watcher })
    }

    /// Waits until something was saved and is quiet since; answers what. `None` where watching ended.
    pub async fn saved(&mut self) -> Option<PathBuf> {
        let first = self.saved.recv().await?;
        while let Ok(Some(_)) = tokio::time::timeout(QUIET, self.saved.recv()).await {}
        Some(first)
    }
}

/// Whether what happened to this path changed a source.
fn is_source(root: &Path, path: &Path, kind: EventKind) -> bool {
    let change = match kind {
        EventKind::Access(AccessKind::Close(_))
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_) => true,
        EventKind::Access(_) | EventKind::Any | EventKind::Other => false,
    };
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let plain = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        !part.starts_with('.') && !part.ends_with('~') && part != "4913" && !part.ends_with(".swp")
    };
    let first = inside.iter().next().map(|part| part.to_string_lossy().into_owned());
    let skipped = first.is_none_or(|first| SKIPPED.contains(&first.as_str()) || first == "Cargo.lock");
    change && !skipped && inside.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessMode, CreateKind, ModifyKind};

    use super::*;

    #[test]
    fn what_is_built_hidden_or_only_read_is_no_save() {
        let write = EventKind::Modify(ModifyKind::Any);
        let read = EventKind::Access(AccessKind::Open(AccessMode::Read));
        let cases = [
            ("/p/src/lib.rs", write, true),
            ("/p/plugin.toml", EventKind::Create(CreateKind::File), true),
            ("/p/src/lib.rs", read, false),
            ("/p/target/x.wasm", write, false),
            ("/p/node_modules/.regie/build.mjs", write, false),
            ("/p/src/.lib.rs.swp", write, false),
            ("/p/src/lib.rs~", write, false),
            ("/p/Cargo.lock", write, false),
            ("/p", write, false),
            ("/elsewhere/x", write, false),
        ];
        for (path, kind, expected) in cases {
            assert_eq!(is_source(Path::new("/p"), Path::new(path), kind), expected, "{path} {kind:?}");
        }
    }

    #[tokio::test]
    async fn a_save_is_told_once() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(dir.path().join("src")).expect("made");
        let mut watch = Watch::start(dir.path()).expect("watched");
        for text in ["one", "two"] {
            std::fs::write(dir.path().join("src/plugin.js"), text).expect("written");
        }
        let saved = watch.saved().await.expect("told");
        assert!(saved.ends_with("src/plugin.js"), "{saved:?}");
    }
}

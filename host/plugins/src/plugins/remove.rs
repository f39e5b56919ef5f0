//! Taking a plugin out of the drop folder, without losing it.

use std::{fs, path::Path};

use regie_core::{Error, Result, rfc3339};

use super::Plugins;

/// In the drop folder; hidden, so that nothing in it is loaded.
const REMOVED: &str = ".removed";

impl Plugins {
    /// Moves every package with this id to `.removed/` of the drop folder and unloads the plugin; answers the new names,
    /// relative to the drop folder. Sessions keep their documents and their last block.
    pub async fn remove(&self, id: &str) -> Result<Vec<String>> {
        self.known(id)?;
        let paths: Vec<String> = self.table.lock().paths_of(id).map(str::to_owned).collect();
        let (dir, names, at) = (self.dir.clone(), paths.clone(), rfc3339(self.loader.clock.now_ms()));
        let moved = tokio::task::spawn_blocking(move || {
            names.iter().map(|name| set_aside(&dir, name, &at)).collect::<Result<Vec<_>>>()
        });
        let moved = moved.await.map_err(Error::internal)?;
        // Also where only some could be moved.
        self.look(Some(paths.into_iter().collect()), true).await;
        moved
    }
}

/// One step: the package is in one of the two places at any time.
fn set_aside(dir: &Path, name: &str, at: &str) -> Result<String> {
    keep(dir, &dir.join(name), name, at)
}

/// Moves `from` into [`REMOVED`], under the name it had and the time; answers that, relative to the drop folder.
pub(super) fn keep(dir: &Path, from: &Path, name: &str, at: &str) -> Result<String> {
    let (stem, extension) = match name.strip_suffix(".zip") {
        Some(stem) => (stem, ".zip"),
        None => (name, ""),
    };
    // No colons: such names do not survive every copy.
    let at = at.replace(':', "");
    fs::create_dir_all(dir.join(REMOVED))?;
    let mut aside = format!("{REMOVED}/{stem}-{at}{extension}");
    for n in 2.. {
        if dir.join(&aside).symlink_metadata().is_err() {
            break;
        }
        aside = format!("{REMOVED}/{stem}-{at}-{n}{extension}");
    }
    fs::rename(from, dir.join(&aside)).map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            Error::conflict(format!("`{name}` cannot be moved out of the plugin folder"))
                .hint("let the server write to the folder, or remove it by hand")
        }
        _ => error.into(),
    })?;
    fs::File::open(dir)?.sync_all()?;
    Ok(aside)
}

//! A package that is uploaded: checked as a whole before the drop folder sees it, then put there at once.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use regie_core::{Error, Result, rfc3339};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{Plugins, Status, remove};
use crate::package;

/// What of the drop folder becomes the package.
enum Place {
    Zip(String),
    /// A folder stays one: what it was before is kept aside.
    Folder(String),
}

impl Plugins {
    /// Loads and probes the zip, then writes it into the drop folder in one step and puts it on the air. A package that is
    /// refused (`bad_package`, in the author's terms) leaves the folder, and so the next start, as it was.
    pub async fn install(&self, zip: Bytes) -> Result<Status> {
        let (limits, bytes) = (self.loader.limits().clone(), zip.clone());
        let package = tokio::task::spawn_blocking(move || package::read_zip(bytes, &limits)).await;
        let package = package.map_err(Error::internal)?.map_err(|refusal| bad_package(&refusal.message))?;
        let id = package.manifest.id.clone();
        let place = self.place_of(&id)?;
        let logs = self.table.lock().logs(&id);
        let on_air = self.get(&id);
        self.loader.load(package, logs, on_air.as_deref()).await.map_err(|reason| bad_package(&reason))?;

        let (dir, limits) = (self.dir.clone(), self.loader.limits().clone());
        let at = rfc3339(self.loader.clock.now_ms());
        let written = tokio::task::spawn_blocking(move || match place {
            Place::Zip(name) => write(&dir, &name, &zip).map(|()| name),
            Place::Folder(name) => {
                let files = package::unpack(zip, &limits).map_err(|refusal| bad_package(&refusal.message))?;
                exchange(&dir, &name, &files, &at).map(|()| name)
            }
        });
        let name = written.await.map_err(Error::internal)??;
        self.look(Some([name].into()), true).await;
        self.status(&id)
            .ok_or_else(|| Error::conflict("the package was removed from the plugin folder meanwhile"))
    }

    fn place_of(&self, id: &str) -> Result<Place> {
        let table = self.table.lock();
        match table.path_of(id) {
            Some(path) if self.dir.join(path).is_dir() => return Ok(Place::Folder(path.to_owned())),
            Some(path) => return Ok(Place::Zip(path.to_owned())),
            None => {}
        }
        let name = format!("{id}.zip");
        match table.id_at(&name) {
            Some(other) if other != id => {
                Err(Error::conflict(format!("`{name}` in the plugin folder is the plugin `{other}`"))
                    .hint("remove that one first, or give its file another name"))
            }
            _ => Ok(Place::Zip(name)),
        }
    }
}

fn bad_package(reason: &str) -> Error {
    Error::bad_request(reason).code("bad_package")
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let mut file = tempfile::Builder::new().prefix(".upload-").tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(dir.join(name)).map_err(|error| Error::from(error.error))?;
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

/// Puts a folder of these files in the place of the folder `name`, in one step.
fn exchange(dir: &Path, name: &str, files: &BTreeMap<String, Bytes>, at: &str) -> Result<()> {
    let (new, old) = (tempfile::Builder::new().prefix(".upload-").tempdir_in(dir)?, dir.join(name));
    for (path, bytes) in files {
        let file = new.path().join(path);
        fs::create_dir_all(file.parent().unwrap_or(new.path()))?;
        let mut file = fs::File::create(file)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    fs::set_permissions(new.path(), fs::metadata(&old)?.permissions())?;
    renameat_with(CWD, new.path(), CWD, &old, RenameFlags::EXCHANGE).map_err(|error| {
        Error::conflict(format!("the folder `{name}` cannot be exchanged: {error}"))
            .hint("remove the plugin first; its folder is kept aside")
    })?;
    // What is there now is what was on the air before: not to be deleted.
    let before: PathBuf = new.keep();
    remove::keep(dir, &before, name, at).map(drop)
}

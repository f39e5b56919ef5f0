//! A package that is uploaded: checked as a whole before the drop folder sees it, then put there at once.

use std::{io::Write, path::Path};

use bytes::Bytes;
use regie_core::{Error, Result};

use super::{Plugins, Status};
use crate::package;

impl Plugins {
    /// Loads and probes the zip, then writes it into the drop folder in one step and puts it on the air. A package that is
    /// refused (`bad_package`, in the author's terms) leaves the folder, and so the next start, as it was.
    pub async fn install(&self, zip: Bytes) -> Result<Status> {
        let (limits, bytes) = (self.loader.limits().clone(), zip.clone());
        let package = tokio::task::spawn_blocking(move || package::read_zip(bytes, &limits)).await;
        let package = package.map_err(Error::internal)?.map_err(|refusal| bad_package(&refusal.message))?;
        let id = package.manifest.id.clone();
        let name = self.place_of(&id)?;
        let logs = self.table.lock().logs(&id);
        let on_air = self.get(&id);
        self.loader.load(package, logs, on_air.as_deref()).await.map_err(|reason| bad_package(&reason))?;

        let (dir, file) = (self.dir.clone(), name.clone());
        tokio::task::spawn_blocking(move || write(&dir, &file, &zip)).await.map_err(Error::internal)??;
        self.look(Some([name].into()), true).await;
        self.status(&id)
            .ok_or_else(|| Error::conflict("the package was removed from the plugin folder meanwhile"))
    }

    /// The file of the drop folder that becomes this package.
    fn place_of(&self, id: &str) -> Result<String> {
        let table = self.table.lock();
        let hint = "remove it from the plugin folder first, or change it there";
        match table.path_of(id) {
            Some(path) if self.dir.join(path).is_dir() => {
                return Err(
                    Error::conflict(format!("the folder `{path}` provides the plugin `{id}`")).hint(hint)
                );
            }
            Some(path) => return Ok(path.to_owned()),
            None => {}
        }
        let name = format!("{id}.zip");
        match table.id_at(&name) {
            Some(other) if other != id => {
                Err(Error::conflict(format!("`{name}` in the plugin folder is the plugin `{other}`"))
                    .hint(hint))
            }
            _ => Ok(name),
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
    std::fs::File::open(dir)?.sync_all()?;
    Ok(())
}

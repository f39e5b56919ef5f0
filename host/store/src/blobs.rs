//! Large immutable things, named by their SHA-256: `blobs/<64 hex digits>`.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use regie_core::{Error, Result, random_hex};
use sha2::{Digest, Sha256};

use crate::journal::segment::sync_dir;

pub fn dir(db: &Path) -> PathBuf {
    db.join("blobs")
}

fn path(db: &Path, sha256: &str) -> Result<PathBuf> {
    if sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Ok(dir(db).join(sha256));
    }
    Err(Error::bad_request("this does not name a blob")
        .path("sha256")
        .hint("64 lower-case hexadecimal digits"))
}

/// Durable when it returns; the same bytes are kept once.
pub fn put(db: &Path, bytes: &[u8]) -> Result<String> {
    let name: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    let path = path(db, &name)?;
    // Also when it is there: a sweep looks at the age.
    let part = dir(db).join(format!("{name}.{}.part", random_hex(4)));
    let written = (|| {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        sync_dir(&dir(db))
    })();
    written.inspect_err(|_| drop(fs::remove_file(&part)))?;
    Ok(name)
}

pub fn get(db: &Path, sha256: &str) -> Result<Option<Bytes>> {
    match fs::read(path(db, sha256)?) {
        Ok(bytes)
            if Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect::<String>() == sha256 =>
        {
            Ok(Some(bytes.into()))
        }
        Ok(_) => Err(Error::internal(format!("the blob {sha256} is damaged")).code("damaged").path(sha256)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Removes what is neither in `named` nor younger than `grace` (its document may still be on its way).
pub fn sweep(db: &Path, named: &HashSet<String>, grace: Duration) -> Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(dir(db))? {
        let entry = entry?;
        let name = entry.file_name();
        let old = |at: SystemTime| at.elapsed().is_ok_and(|age| age > grace);
        let keep = name.to_str().is_some_and(|n| named.contains(n));
        if !keep && entry.metadata()?.modified().is_ok_and(old) {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

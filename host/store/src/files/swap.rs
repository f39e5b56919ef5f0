//! Changing files so that whatever stood there is still in our hands afterwards.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use regie_core::random_hex;
use rustix::fs::{CWD, RenameFlags, renameat_with};

/// Tells one state of a file from another without reading it. (Not the change time: renaming changes that.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    inode: u64,
    len: u64,
    modified: (i64, i64),
}

impl Print {
    /// `None` where there is no file.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        match fs::symlink_metadata(path) {
            Ok(m) => Ok(Some(Self { inode: m.ino(), len: m.len(), modified: (m.mtime(), m.mtime_nsec()) })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A file of ours beside `path` that nobody else opens; [`is_own`] knows it by its name.
pub fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.regie", random_hex(4)))
}

/// The name of the file that [`beside`] made this one for.
pub fn is_own(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(".regie")?.rsplit_once('.').map(|(name, _)| name)
}

/// Writes `body` beside `path`, on the disk when this returns: a crash after a rename must not leave an empty file.
pub fn prepare(path: &Path, body: &[u8]) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temp = beside(path);
    let written =
        File::create_new(&temp).and_then(|mut file| file.write_all(body).and_then(|()| file.sync_data()));
    match written {
        Ok(()) => Ok(temp),
        Err(error) => {
            let _ = fs::remove_file(&temp);
            Err(error)
        }
    }
}

/// Swaps two files in one step.
pub fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

/// Renames without ever replacing.
pub fn place(from: &Path, to: &Path) -> io::Result<()> {
    Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
}

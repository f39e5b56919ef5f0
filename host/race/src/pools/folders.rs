//! What lies in the folders of a pool. Nothing here follows a symbolic link.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::model::{Place, number_of};

/// An entry of `available/`, `consumed/` or `discarded/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder named `seed_<number>`.
    Seed(u64),
    OtherFolder,
    File,
    Link,
}

/// Where a seed's folder is.
pub fn path(pool: &Path, place: Place, folder: &str) -> PathBuf {
    pool.join(place.as_str()).join(folder)
}

/// Sorted by name, without what begins with a dot. A folder that is not there has no entries.
pub fn entries(pool: &Path, place: Place) -> io::Result<Vec<Entry>> {
    let listed = match fs::read_dir(pool.join(place.as_str())) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in listed {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type()?;
        let kind = match number_of(&name) {
            _ if kind.is_symlink() => EntryKind::Link,
            _ if !kind.is_dir() => EntryKind::File,
            Some(number) => EntryKind::Seed(number),
            None => EntryKind::OtherFolder,
        };
        found.push(Entry { name, kind });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// What a file looks like from outside: another one when it was written or replaced. Empty where there is none.
pub fn mark(file: &Path) -> String {
    let seen = fs::symlink_metadata(file).ok();
    seen.map(|seen| format!("{}.{}.{}", seen.len(), changed_ns(&seen), seen.ino())).unwrap_or_default()
}

/// Whether what last changed at `newest` has not changed for `quiet`: what is still being copied changes all the time.
pub fn is_quiet(newest: Duration, quiet: Duration) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // A file server's clock may be ahead: its times then say nothing, and waiting for them would never end.
    newest > now + Duration::from_secs(60) || newest + quiet <= now
}

/// When anything in `folder` last changed, since 1970. By the time of change, which a copy that keeps the times of its
/// files cannot set.
pub fn newest_change(folder: &Path) -> io::Result<Duration> {
    let mut newest = Duration::ZERO;
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let seen = fs::symlink_metadata(&path)?;
        newest = newest.max(Duration::from_nanos(u64::try_from(changed_ns(&seen)).unwrap_or(0)));
        if seen.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        }
    }
    Ok(newest)
}

fn changed_ns(seen: &Metadata) -> i64 {
    seen.ctime().saturating_mul(1_000_000_000).saturating_add(seen.ctime_nsec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_say_what_they_are_and_links_are_not_followed() {
        let pool = tempfile::tempdir().unwrap();
        assert!(entries(pool.path(), Place::Available).unwrap().is_empty());
        let available = pool.path().join("available");
        for folder in ["seed_7", "other", ".part"] {
            fs::create_dir_all(available.join(folder)).unwrap();
        }
        fs::write(available.join("notes.txt"), "").unwrap();
        std::os::unix::fs::symlink("/etc", available.join("seed_8")).unwrap();
        let found = entries(pool.path(), Place::Available).unwrap();
        let shown: Vec<_> = found.iter().map(|entry| (&*entry.name, entry.kind)).collect();
        let expected = [
            ("notes.txt", EntryKind::File),
            ("other", EntryKind::OtherFolder),
            ("seed_7", EntryKind::Seed(7)),
            ("seed_8", EntryKind::Link),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_folder_is_quiet_by_the_time_of_change_whatever_times_its_files_claim() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "a").unwrap();
        let old = SystemTime::now() - Duration::from_secs(86_400);
        fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
        let newest = newest_change(folder.path()).unwrap();
        assert!(!is_quiet(newest, Duration::from_secs(3_600)));
        assert!(is_quiet(newest, Duration::ZERO));
        assert!(is_quiet(newest + Duration::from_secs(86_400), Duration::ZERO), "a clock that is ahead");
    }

    #[test]
    fn a_files_mark_changes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        assert_eq!(mark(&file), "");
        fs::write(&file, "a").unwrap();
        let first = mark(&file);
        assert_eq!(mark(&file), first);
        fs::write(&file, "ab").unwrap();
        assert_ne!(mark(&file), first);
    }
}

//! The files of a seed, each opened from the seed's folder downwards, so that no link leads out of it.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};

use super::glob;

/// More than these and something is wrong with the seed.
const FILES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 64;

/// A regular file below the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub path: PathBuf,
    pub size: u64,
    /// Its permissions.
    pub mode: u32,
    /// Seconds since 1970.
    pub modified: i64,
}

impl Member {
    /// With `/` between its parts.
    pub fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }
}

/// An open folder.
pub struct Folder(OwnedFd);

impl Folder {
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(openat(CWD, path, DIRECTORY, Mode::empty())?))
    }

    /// Regular files that no pattern excludes, sorted by path. Links and whatever else there is are left out.
    pub fn members(&self, excluded: &[String]) -> io::Result<Vec<Member>> {
        let mut found = Vec::new();
        let mut open = vec![PathBuf::new()];
        while let Some(below) = open.pop() {
            if below.components().count() > DEPTH_MAX {
                return Err(io::Error::other("its folders are nested too deeply"));
            }
            let folder = self.folder(&below)?;
            for entry in Dir::read_from(&folder)? {
                let entry = entry?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                let path = below.join(name);
                if name == "."
                    || name == ".."
                    || excluded.iter().any(|p| glob::excludes(p, &path.to_string_lossy()))
                {
                    continue;
                }
                let seen = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
                match FileType::from_raw_mode(seen.st_mode) {
                    FileType::Directory => open.push(path),
                    FileType::RegularFile => found.push(Member {
                        path,
                        size: u64::try_from(seen.st_size).unwrap_or_default(),
                        mode: seen.st_mode & 0o777,
                        modified: seen.st_mtime,
                    }),
                    _ => {}
                }
                if found.len() > FILES_MAX {
                    return Err(io::Error::other(format!("it has more than {FILES_MAX} files")));
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    pub fn file(&self, path: &Path) -> io::Result<File> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let folder = self.folder(path.parent().unwrap_or(Path::new("")))?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(openat(&folder, name, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is not a file any more"));
        }
        Ok(file)
    }

    fn folder(&self, path: &Path) -> io::Result<OwnedFd> {
        let mut at = openat(&self.0, ".", DIRECTORY, Mode::empty())?;
        for part in path.components() {
            at = openat(&at, part.as_os_str(), DIRECTORY, Mode::empty())?;
        }
        Ok(at)
    }
}

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn links_lead_nowhere_and_what_is_excluded_is_left_out() {
        let place = tempfile::tempdir().unwrap();
        let seed = place.path().join("seed");
        fs::create_dir_all(seed.join("mod/inner")).unwrap();
        fs::create_dir_all(place.path().join("outside")).unwrap();
        fs::write(place.path().join("outside/secret"), "s").unwrap();
        for file in ["a.txt", "mod/inner/b.dll", "spoiler.txt", "mod/Spoiler_2.log"] {
            fs::write(seed.join(file), file).unwrap();
        }
        symlink("../outside", seed.join("way")).unwrap();
        symlink("../outside/secret", seed.join("secret")).unwrap();
        let folder = Folder::open(&seed).unwrap();
        let members = folder.members(&["spoiler*".into()]).unwrap();
        let names: Vec<_> = members.iter().map(Member::name).collect();
        assert_eq!(names, ["a.txt", "mod/inner/b.dll"]);
        assert!(folder.file(Path::new("mod/inner/b.dll")).is_ok());
        for path in ["way/secret", "secret", "mod", "../outside/secret/"] {
            // `..` is no part of a listed path; a link on the way ends it.
            let opened = folder.file(Path::new(path));
            assert!(opened.is_err() || path.starts_with(".."), "{path}");
        }
        symlink(&seed, place.path().join("link")).unwrap();
        assert!(Folder::open(&place.path().join("link")).is_err());
    }
}

//! A package as a folder.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Read,
    path::{Path, PathBuf},
};

use super::{Files, Refusal, is_plain, is_used};
use crate::Limits;

/// Deeper trees are refused; no package needs them, and a loop of links would have no end.
pub(super) const DEPTH: usize = 16;

pub(super) fn read(root: &Path, limits: &Limits) -> Result<Files, Refusal> {
    let real = fs::canonicalize(root).map_err(|error| unreadable(root, &error))?;
    let mut files = Files::new(limits);
    for name in ["plugin.toml", "plugin.wasm"] {
        if real.join(name).symlink_metadata().is_ok() {
            take(&real, &real.join(name), name.into(), &mut files)?;
        }
    }
    if real.join("assets").is_dir() {
        walk(&real, &real.join("assets"), "assets", 0, &mut files)?;
    }
    Ok(files)
}

fn walk(root: &Path, dir: &Path, prefix: &str, depth: usize, files: &mut Files) -> Result<(), Refusal> {
    if depth > DEPTH {
        return Err(Refusal::new(format!("`{prefix}` lies more than {DEPTH} folders deep")));
    }
    inside(root, dir, prefix)?;
    let entries = fs::read_dir(dir).map_err(|error| unreadable(dir, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(dir, &error))?;
        let name = entry.file_name().into_string().map_err(|name| {
            Refusal::new(format!("a file name in `{prefix}` is not UTF-8: {}", name.to_string_lossy()))
        })?;
        let (path, name) = (entry.path(), format!("{prefix}/{name}"));
        if !is_used(&name) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, &name, depth + 1, files)?;
        } else {
            take(root, &path, name, files)?;
        }
    }
    Ok(())
}

fn take(root: &Path, path: &Path, name: String, files: &mut Files) -> Result<(), Refusal> {
    let real = inside(root, path, &name)?;
    let metadata = fs::metadata(&real).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(Refusal::new(format!("`{name}` is neither a file nor a folder")));
    }
    let bytes = bytes_of(&real, files).map_err(|error| unreadable(path, &error))?;
    files.add(name, bytes)
}

/// Not more than one byte beyond what the package may still take.
pub(super) fn bytes_of(path: &Path, files: &Files) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(files.room() + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The real path, which must lie in the package: a link out of it could publish any file of the machine.
fn inside(root: &Path, path: &Path, name: &str) -> Result<PathBuf, Refusal> {
    let real = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    if real.starts_with(root) {
        return Ok(real);
    }
    Err(Refusal::new(format!("`{name}` is a link that leaves the package; copy the file into it")))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Refusal {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Refusal::new(format!("`{name}` cannot be read: {error}"))
}

pub(super) fn fingerprint(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    stamp(path, &mut hasher);
    if path.is_dir() {
        for name in ["plugin.toml", "plugin.wasm"] {
            stamp(&path.join(name), &mut hasher);
        }
        stamps(&path.join("assets"), 0, &mut hasher);
    }
    hasher.finish()
}

pub(super) fn fingerprint_tree(dir: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    stamp(dir, &mut hasher);
    stamps(dir, 0, &mut hasher);
    hasher.finish()
}

fn stamps(dir: &Path, depth: usize, hasher: &mut DefaultHasher) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|p| p.file_name().and_then(|n| n.to_str()).is_some_and(is_plain)) {
        stamp(&path, hasher);
        if depth < DEPTH && path.is_dir() {
            stamps(&path, depth + 1, hasher);
        }
    }
}

fn stamp(path: &Path, hasher: &mut DefaultHasher) {
    path.hash(hasher);
    match fs::metadata(path) {
        Ok(metadata) => {
            use std::os::unix::fs::MetadataExt;
            (metadata.len(), metadata.ino(), metadata.mtime(), metadata.mtime_nsec()).hash(hasher);
            (metadata.ctime(), metadata.ctime_nsec()).hash(hasher);
        }
        Err(error) => error.kind().hash(hasher),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn package() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("assets/icons")).unwrap();
        for (name, text) in
            [("plugin.toml", "t"), ("plugin.wasm", "w"), ("assets/icons/bow.svg", "b"), ("README", "r")]
        {
            fs::write(dir.path().join(name), text).unwrap();
        }
        dir
    }

    #[test]
    fn a_folder_is_read_without_what_lies_beside_the_package() {
        let dir = package();
        fs::write(dir.path().join("assets/.hidden"), "h").unwrap();
        let files = read(dir.path(), &Limits::default()).unwrap();
        let names: Vec<_> = files.files.keys().map(String::as_str).collect();
        assert_eq!(names, ["assets/icons/bow.svg", "plugin.toml", "plugin.wasm"]);
    }

    #[test]
    fn a_link_that_leaves_the_package_is_refused_and_one_that_stays_is_followed() {
        let dir = package();
        symlink("bow.svg", dir.path().join("assets/icons/arrow.svg")).unwrap();
        assert_eq!(read(dir.path(), &Limits::default()).unwrap().files["assets/icons/arrow.svg"], "b");
        for (link, target) in [("assets/passwd.txt", "/etc/passwd"), ("assets/up", "../..")] {
            let dir = package();
            symlink(target, dir.path().join(link)).unwrap();
            let refusal = read(dir.path(), &Limits::default()).err().unwrap();
            assert!(refusal.message.contains("leaves the package"), "{refusal}");
        }
    }

    #[test]
    fn a_loop_of_links_and_too_much_of_anything_are_refused() {
        let dir = package();
        symlink(".", dir.path().join("assets/again")).unwrap();
        let refusal = read(dir.path(), &Limits::default()).err().unwrap();
        assert!(refusal.message.contains("folders deep"), "{refusal}");

        let dir = package();
        let small = Limits { package: 2, ..Limits::default() };
        assert!(read(dir.path(), &small).err().unwrap().message.contains("MiB"));
        let few = Limits { files: 2, ..Limits::default() };
        assert!(read(dir.path(), &few).err().unwrap().message.contains("more than 2 files"));
    }

    #[test]
    fn the_fingerprint_changes_with_any_file_that_is_used() {
        let dir = package();
        let first = fingerprint(dir.path());
        fs::write(dir.path().join("README"), "changed").unwrap();
        assert_eq!(fingerprint(dir.path()), first);
        fs::write(dir.path().join("assets/icons/bow.svg"), "longer").unwrap();
        assert_ne!(fingerprint(dir.path()), first);
    }
}

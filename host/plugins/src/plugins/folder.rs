//! One look at the drop folder: what is there, what of it changed, and that read once.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{
    Limits,
    package::{self, Package, Refusal},
};

/// Reads of a package under which files keep moving, before it is taken as it is. (The watch comes back to it.)
const TRIES: usize = 3;

/// A package as it was found.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub fingerprint: u64,
    pub read: Result<Brief, Refusal>,
}

#[derive(Debug, Clone)]
pub(super) struct Brief {
    pub id: String,
    pub name: String,
    pub kind: crate::Kind,
    pub version: semver::Version,
    pub hash: String,
    pub warnings: Vec<String>,
}

/// By name in the folder.
#[derive(Default)]
pub(super) struct Seen {
    /// New and changed ones.
    pub entries: BTreeMap<String, Entry>,
    pub gone: Vec<String>,
    /// Those of `entries` that could be read.
    pub packages: BTreeMap<String, Package>,
}

/// `known` are the fingerprints of the last look. Blocks.
pub(super) fn look(
    dir: &Path,
    only: Option<&BTreeSet<String>>,
    known: &BTreeMap<String, u64>,
    again: bool,
    limits: &Limits,
) -> Seen {
    let asked = |name: &String| only.is_none_or(|only| only.contains(name));
    let names = names(dir);
    let gone = known.keys().filter(|name| asked(name) && !names.contains(*name)).cloned().collect();
    let mut seen = Seen { gone, ..Seen::default() };
    for name in names.into_iter().filter(asked) {
        let path = dir.join(&name);
        let mut fingerprint = package::fingerprint(&path);
        if !again && known.get(&name) == Some(&fingerprint) {
            continue;
        }
        let mut read = package::read(&path, limits);
        for _ in 1..TRIES {
            let after = package::fingerprint(&path);
            if after == fingerprint {
                break;
            }
            fingerprint = after;
            read = package::read(&path, limits);
        }
        let read = read.map(|package| {
            let brief = Brief {
                id: package.manifest.id.clone(),
                name: package.manifest.name.clone(),
                kind: package.manifest.kind,
                version: package.manifest.version.clone(),
                hash: package.hash.clone(),
                warnings: package.warnings.clone(),
            };
            seen.packages.insert(name.clone(), package);
            brief
        });
        seen.entries.insert(name, Entry { fingerprint, read });
    }
    seen
}

/// Folders and zips. A folder that cannot be read has nothing in it: plugins are unloaded then and come back with it.
fn names(dir: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return BTreeSet::new() };
    entries
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.file_name().into_string().ok()?)))
        .filter(|(path, name)| is_package_name(name) && (path.is_dir() || has_extension(name, "zip")))
        .map(|(_, name)| name)
        .collect()
}

/// Hidden and half-written things (`.upload-…`, `x.zip.part`, `x~`) are not packages.
pub(super) fn is_package_name(name: &str) -> bool {
    !name.starts_with('.')
        && !name.ends_with('~')
        && !["part", "tmp", "swp", "crdownload"].iter().any(|x| has_extension(name, x))
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|x| x.eq_ignore_ascii_case(extension))
}

pub(super) fn fingerprints(dir: &Path) -> BTreeMap<String, u64> {
    names(dir).into_iter().map(|name| (name.clone(), package::fingerprint(&dir.join(name)))).collect()
}

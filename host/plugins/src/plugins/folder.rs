//! One look at the drop folder: what is there, what of it changed, and that read once.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    Limits, SettingField,
    package::{
        self, Package, Refusal,
        overrides::{self, Layer},
    },
};

/// Reads of a package under which files keep moving, before it is taken as it is. (The watch comes back to it.)
const TRIES: usize = 3;

/// A package as it was found.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Of the manifest; where that cannot be read, of the look before, or the name in the folder.
    pub id: String,
    pub marks: Marks,
    pub read: Result<Brief, Refusal>,
    /// Why the operator's overrides do not apply as they lie there.
    pub override_fault: Option<String>,
}

/// Fingerprints of a package and of what overrides it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub package: u64,
    pub overrides: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Brief {
    pub name: String,
    pub kind: crate::Kind,
    pub version: semver::Version,
    /// Of the package with the overrides that apply.
    pub hash: String,
    pub warnings: Vec<String>,
    pub fields: Vec<SettingField>,
    pub wants_scripts: bool,
    /// The overrides that apply: the newest good ones.
    pub layer: Option<Arc<Layer>>,
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

/// What a look at the folders begins with.
#[derive(Clone)]
pub(super) struct Known {
    pub dir: PathBuf,
    pub overrides: PathBuf,
    /// Id and marks at the last look, by name.
    pub marks: BTreeMap<String, (String, Marks)>,
    /// The last overrides of each id that could be applied.
    pub layers: BTreeMap<String, Arc<Layer>>,
}

impl Known {
    /// Blocks.
    pub(super) fn look(&self, only: Option<&BTreeSet<String>>, again: bool, limits: &Limits) -> Seen {
        let asked = |name: &String| only.is_none_or(|only| only.contains(name));
        let names = names(&self.dir);
        let gone = self.marks.keys().filter(|name| asked(name) && !names.contains(*name)).cloned().collect();
        let mut seen = Seen { gone, ..Seen::default() };
        for name in names.into_iter().filter(asked) {
            if !again && self.marks.get(&name).is_some_and(|(id, marks)| *marks == self.marks_of(&name, id)) {
                continue;
            }
            let (package, read) = settled(
                || package::fingerprint(&self.dir.join(&name)),
                || package::read(&self.dir.join(&name), limits),
            );
            let id = self.id_of(&name, &read);
            let folder = self.overrides.join(&id);
            let (overrides, layer) =
                settled(|| overrides::fingerprint(&folder), || overrides::read(&folder, &id, limits));
            let (layer, override_fault) = match layer {
                Ok(layer) => (layer.map(Arc::new), None),
                Err(fault) => (self.layers.get(&id).cloned(), Some(fault)),
            };
            let read = read.map(|package| {
                let package = laid_over(package, layer.as_deref());
                let brief = Brief {
                    name: package.manifest.name.clone(),
                    kind: package.manifest.kind,
                    version: package.manifest.version.clone(),
                    hash: package.hash.clone(),
                    warnings: package.warnings.clone(),
                    fields: package.manifest.settings.clone(),
                    wants_scripts: !package.manifest.frontend.scripts.is_empty(),
                    layer,
                };
                seen.packages.insert(name.clone(), package);
                brief
            });
            seen.entries
                .insert(name, Entry { id, marks: Marks { package, overrides }, read, override_fault });
        }
        seen
    }

    /// Names whose marks are not those of the last look.
    pub(super) fn moved(&self) -> BTreeSet<String> {
        let names = names(&self.dir);
        let gone = self.marks.keys().filter(|name| !names.contains(*name)).cloned();
        let moved = names.iter().filter(|name| {
            let known = self.marks.get(*name);
            known.is_none_or(|(id, marks)| *marks != self.marks_of(name, id))
        });
        moved.cloned().chain(gone).collect()
    }

    fn marks_of(&self, name: &str, id: &str) -> Marks {
        Marks {
            package: package::fingerprint(&self.dir.join(name)),
            overrides: overrides::fingerprint(&self.overrides.join(id)),
        }
    }

    fn id_of(&self, name: &str, read: &Result<Package, Refusal>) -> String {
        let stated = match read {
            Ok(package) => Some(package.manifest.id.clone()),
            Err(refusal) => refusal.id.clone(),
        };
        // One that is no id could lead out of the folder of overrides.
        let stated = stated.filter(|id| !id.is_empty() && !id.starts_with('.') && !id.contains('/'));
        let known = || self.marks.get(name).map(|(id, _)| id.clone());
        stated.or_else(known).unwrap_or_else(|| name.trim_end_matches(".zip").to_owned())
    }
}

pub(super) fn laid_over(package: Package, layer: Option<&Layer>) -> Package {
    match layer {
        Some(layer) => layer.over(package),
        None => package,
    }
}

/// Reads until nothing moved under it.
fn settled<T>(fingerprint: impl Fn() -> u64, read: impl Fn() -> T) -> (u64, T) {
    let mut before = fingerprint();
    let mut value = read();
    for _ in 1..TRIES {
        let after = fingerprint();
        if after == before {
            break;
        }
        before = after;
        value = read();
    }
    (before, value)
}

/// Folders and zips. A folder that cannot be read has nothing in it: plugins are unloaded then and come back with it.
pub(super) fn names(dir: &Path) -> BTreeSet<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_whose_manifest_is_torn_keeps_the_id_it_had_and_an_id_is_never_a_path() {
        let dir = tempfile::tempdir().unwrap();
        let known = |id: Option<&str>| Known {
            dir: dir.path().into(),
            overrides: dir.path().join("overrides"),
            marks: id
                .map(|id| ("folder".to_owned(), (id.to_owned(), Marks::default())))
                .into_iter()
                .collect(),
            layers: BTreeMap::new(),
        };
        std::fs::create_dir(dir.path().join("folder")).unwrap();
        for (manifest, before, id) in [
            ("id = ", Some("tracker-x"), "tracker-x"),
            ("id = ", None, "folder"),
            ("id = \"tracker-y\"", Some("tracker-x"), "tracker-y"),
            ("id = \"../../etc\"", None, "folder"),
            ("id = \"..\"", Some("tracker-x"), "tracker-x"),
        ] {
            std::fs::write(dir.path().join("folder/plugin.toml"), manifest).unwrap();
            let seen = known(before).look(None, false, &Limits::default());
            assert_eq!(seen.entries["folder"].id, id, "{manifest}");
        }
    }
}

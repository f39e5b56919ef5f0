//! A package in memory: read once from a folder or a `.zip`, checked, hashed. Nothing looks at the disk again.

mod archive;
mod folder;
pub(crate) mod overrides;

use std::{collections::BTreeMap, path::Path};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{Limits, manifest::Manifest};

/// Everything of a package that the host uses.
#[derive(Debug, Clone)]
pub struct Package {
    pub manifest: Manifest,
    pub wasm: Bytes,
    /// Keyed by the path under `assets/`.
    pub assets: BTreeMap<String, Bytes>,
    /// 32 hex digits over names and bytes; a folder and a zip of it have the same.
    pub hash: String,
    /// What the author should know, though it refuses nothing.
    pub warnings: Vec<String>,
    /// Paths under `assets/` that are the operator's instead of the package's.
    pub overrides: Vec<String>,
}

/// Why a package was not read, in its author's terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub message: String,
    /// The id, where the manifest could be read so far.
    pub id: Option<String>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), id: None }
    }
}

/// Reads a drop folder's entry.
pub fn read(path: &Path, limits: &Limits) -> Result<Package, Refusal> {
    let files = if path.is_dir() { folder::read(path, limits)? } else { archive::read_file(path, limits)? };
    assemble(files)
}

/// Reads an uploaded `.zip`.
pub fn read_zip(bytes: Bytes, limits: &Limits) -> Result<Package, Refusal> {
    assemble(archive::read(std::io::Cursor::new(bytes), limits)?)
}

/// The files of a `.zip` that the host uses, by their path in the package: plain relative ones.
pub fn unpack(bytes: Bytes, limits: &Limits) -> Result<BTreeMap<String, Bytes>, Refusal> {
    Ok(archive::read(std::io::Cursor::new(bytes), limits)?.files)
}

/// Times and sizes of what [`read`] would look at; equal before and after a read means that nothing moved under it.
pub fn fingerprint(path: &Path) -> u64 {
    folder::fingerprint(path)
}

/// What counts towards a package's bounds while its files are taken in.
struct Files {
    files: BTreeMap<String, Bytes>,
    bytes: u64,
    most_bytes: u64,
    most_files: usize,
}

impl Files {
    fn new(limits: &Limits) -> Self {
        Self { files: BTreeMap::new(), bytes: 0, most_bytes: limits.package, most_files: limits.files }
    }

    /// Bytes that may still come.
    fn room(&self) -> u64 {
        self.most_bytes - self.bytes
    }

    fn too_large(&self) -> Refusal {
        Refusal::new(format!(
            "the package has more than {} MiB unpacked; that is the limit",
            self.most_bytes >> 20
        ))
    }

    fn too_many(&self) -> Refusal {
        Refusal::new(format!("the package has more than {} files; that is the limit", self.most_files))
    }

    fn add(&mut self, name: String, bytes: Vec<u8>) -> Result<(), Refusal> {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > self.most_bytes {
            return Err(self.too_large());
        }
        if self.files.len() >= self.most_files {
            return Err(self.too_many());
        }
        if self.files.insert(name.clone(), bytes.into()).is_some() {
            return Err(Refusal::new(format!("the package has two files `{name}`")));
        }
        Ok(())
    }
}

/// Whether a file of a package is used at all; `README`, sources and the like may lie beside.
fn is_used(name: &str) -> bool {
    name == "plugin.toml" || name == "plugin.wasm" || name.strip_prefix("assets/").is_some_and(is_plain)
}

/// Hidden files (`.DS_Store`) are nobody's assets.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
}

fn assemble(mut files: Files) -> Result<Package, Refusal> {
    let hash = hash(&files.files);
    let manifest = files.files.remove("plugin.toml").ok_or_else(|| {
        Refusal::new("there is no plugin.toml; a package has one at its top, beside plugin.wasm")
    })?;
    let manifest =
        std::str::from_utf8(&manifest).map_err(|_| Refusal::new("plugin.toml is not UTF-8 text"))?;
    let manifest = Manifest::parse(manifest)
        .map_err(|fault| Refusal { message: fault.to_string(), id: stated_id(manifest) })?;
    let refuse = |message: String| Refusal { message, id: Some(manifest.id.clone()) };
    let wasm = files
        .files
        .remove("plugin.wasm")
        .ok_or_else(|| refuse("there is no plugin.wasm; `regie plugin build` makes it".into()))?;
    let assets: BTreeMap<_, _> = files
        .files
        .into_iter()
        .filter_map(|(name, bytes)| Some((name.strip_prefix("assets/")?.to_owned(), bytes)))
        .collect();
    for (key, paths) in [("css", &manifest.frontend.css), ("scripts", &manifest.frontend.scripts)] {
        if let Some(path) = paths.iter().find(|path| !assets.contains_key(*path)) {
            return Err(refuse(format!(
                "frontend.{key} names `{path}`, and there is no assets/{path} in the package"
            )));
        }
    }
    let mut warnings = Vec::new();
    let unserved = assets.keys().filter(|p| !p.ends_with(".js") && crate::assets::content_type(p).is_none());
    warnings.extend(
        unserved.map(|path| format!("assets/{path} is not served: its extension is none of the listed ones")),
    );
    Ok(Package { manifest, wasm, assets, hash, warnings, overrides: Vec::new() })
}

/// The id of a manifest that is wrong elsewhere, so that its status stands under its own name.
fn stated_id(manifest: &str) -> Option<String> {
    let table: toml::Table = manifest.parse().ok()?;
    Some(table.get("id")?.as_str()?.to_owned())
}

fn hash(files: &BTreeMap<String, Bytes>) -> String {
    let mut hasher = Sha256::new();
    for (name, bytes) in files {
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hex::encode(&hasher.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str =
        "id = \"tracker-x\"\nname = \"X\"\nkind = \"tracker\"\nversion = \"1.0.0\"\napi = \"1.0\"\n";

    fn files(list: &[(&str, &str)]) -> Files {
        let mut files = Files::new(&Limits::default());
        for (name, text) in list {
            files.add((*name).into(), text.as_bytes().to_vec()).unwrap();
        }
        files
    }

    #[test]
    fn what_is_missing_is_named() {
        let with_css = format!("{MANIFEST}[frontend]\ncss = [\"a.css\"]\n");
        let with_script = format!("{MANIFEST}[frontend]\nscripts = [\"a.js\"]\n");
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[], "no plugin.toml"),
            (&[("plugin.toml", MANIFEST)], "no plugin.wasm"),
            (&[("plugin.toml", &with_css), ("plugin.wasm", "w")], "no assets/a.css"),
            (&[("plugin.toml", &with_script), ("plugin.wasm", "w")], "no assets/a.js"),
            (&[("plugin.toml", "id = 3\n"), ("plugin.wasm", "w")], "plugin.toml, line 1"),
        ];
        for (list, says) in cases {
            let refusal = assemble(files(list)).unwrap_err();
            assert!(refusal.message.contains(says), "{refusal}");
        }
    }

    #[test]
    fn the_hash_follows_names_and_bytes_and_nothing_else() {
        let hash = |wasm: &str, asset: &str| {
            let list = [("plugin.toml", MANIFEST), ("plugin.wasm", wasm), (asset, "x")];
            assemble(files(&list)).unwrap().hash
        };
        assert_eq!(hash("w", "assets/a.png"), hash("w", "assets/a.png"));
        assert_ne!(hash("w", "assets/a.png"), hash("v", "assets/a.png"));
        assert_ne!(hash("w", "assets/a.png"), hash("w", "assets/b.png"));
    }

    #[test]
    fn a_manifest_that_is_wrong_elsewhere_still_says_whose_it_is() {
        let wrong = MANIFEST.replace("kind = \"tracker\"", "kind = \"game\"");
        let refusal = assemble(files(&[("plugin.toml", &wrong)])).unwrap_err();
        assert_eq!(refusal.id.as_deref(), Some("tracker-x"));
    }
}

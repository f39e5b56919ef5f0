//! What an operator lays over a package: `instance/overrides/<id>/` shadows its assets, path by path, and may add `extra.css`.

use std::{collections::BTreeMap, fs, path::Path};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{Files, Package, folder, is_plain};
use crate::{Limits, assets, css};

/// A style sheet of the operator's own, after all of the package's.
pub(crate) const EXTRA: &str = "extra.css";

/// A checked folder of overrides.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    /// Keyed by the path under `assets/`; style sheets as they were written.
    files: BTreeMap<String, Bytes>,
}

/// Reads and checks the folder; `None` where there is none, or nothing in it. The error is in the operator's terms.
pub(crate) fn read(dir: &Path, id: &str, limits: &Limits) -> Result<Option<Layer>, String> {
    let root = format!("overrides/{id}");
    match fs::symlink_metadata(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("`{root}` cannot be read: {error}")),
        Ok(metadata) if !metadata.is_dir() => {
            return Err(format!("`{root}` is a link or a file; it must be a folder"));
        }
        Ok(_) => {}
    }
    let mut files = Files::new(limits);
    walk(dir, &root, "", 0, &mut files)?;
    // What a style sheet may name does not depend on the hash in its address, which is not known yet.
    let base = crate::plugin::assets_url(id, &"0".repeat(32));
    for (path, bytes) in &files.files {
        if assets::content_type(path).is_none() {
            return Err(format!("`{root}/{path}`: files of this extension are not served"));
        }
        if path.ends_with(".css") {
            let text =
                std::str::from_utf8(bytes).map_err(|_| format!("`{root}/{path}` is not UTF-8 text"))?;
            css::confine(text, id, &base).map_err(|faults| {
                let faults = faults.iter().take(5);
                let faults = faults.map(|f| format!("line {}, column {}: {}", f.line, f.column, f.message));
                format!("`{root}/{path}`, {}", faults.collect::<Vec<_>>().join("; "))
            })?;
        }
    }
    Ok((!files.files.is_empty()).then_some(Layer { files: files.files }))
}

/// Links are refused, wherever they lead: what they point to changes without the folder.
fn walk(dir: &Path, root: &str, prefix: &str, depth: usize, files: &mut Files) -> Result<(), String> {
    let told = |path: &str, error: std::io::Error| format!("`{root}/{path}` cannot be read: {error}");
    if depth > folder::DEPTH {
        return Err(format!("`{root}/{prefix}` lies more than {} folders deep", folder::DEPTH));
    }
    for entry in fs::read_dir(dir).map_err(|error| told(prefix, error))? {
        let entry = entry.map_err(|error| told(prefix, error))?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(format!("a file name in `{root}/{prefix}` is not UTF-8"));
        };
        let path = format!("{prefix}{name}");
        if !is_plain(&path) {
            continue;
        }
        let kind = entry.file_type().map_err(|error| told(&path, error))?;
        if kind.is_symlink() {
            return Err(format!("`{root}/{path}` is a link; copy the file instead"));
        }
        if kind.is_dir() {
            walk(&entry.path(), root, &format!("{path}/"), depth + 1, files)?;
        } else if kind.is_file() {
            let bytes = folder::bytes_of(&entry.path(), files).map_err(|error| told(&path, error))?;
            files
                .add(path, bytes)
                .map_err(|refusal| format!("`{root}`: {refusal}").replace("the package", "it"))?;
        } else {
            return Err(format!("`{root}/{path}` is neither a file nor a folder"));
        }
    }
    Ok(())
}

/// As [`super::fingerprint`], of a folder of overrides.
pub(crate) fn fingerprint(dir: &Path) -> u64 {
    folder::fingerprint_tree(dir)
}

impl Layer {
    /// Lays it over a package, whose hash is then one of both.
    pub(crate) fn over(&self, mut package: Package) -> Package {
        package.hash = self.hash_over(&package.hash);
        package.warnings.extend(self.strays(&package));
        package.overrides = self.files.keys().cloned().collect();
        package.assets.extend(self.files.clone());
        package
    }

    fn hash_over(&self, package: &str) -> String {
        let mut hasher = Sha256::new_with_prefix(package);
        for (path, bytes) in &self.files {
            for part in [path.as_bytes(), bytes] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        hex::encode(&hasher.finalize()[..16])
    }

    /// Files that shadow nothing and that no style sheet of the operator's names: a slip in their path, most likely.
    fn strays(&self, package: &Package) -> Vec<String> {
        let sheets = || self.files.iter().filter(|(path, _)| path.ends_with(".css"));
        let named = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path).as_bytes();
            sheets().any(|(_, bytes)| bytes.windows(name.len()).any(|part| part == name))
        };
        let stray = |path: &&String| *path != EXTRA && !package.assets.contains_key(*path) && !named(path);
        let paths = self.files.keys().filter(stray);
        paths
            .map(|path| {
                format!(
                    "overrides/{}/{path} overrides nothing: the package has no assets/{path}",
                    package.manifest.id
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn layer(write: impl FnOnce(&Path)) -> Result<Option<Layer>, String> {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("tracker-x");
        fs::create_dir(&folder).unwrap();
        write(&folder);
        read(&folder, "tracker-x", &Limits::default())
    }

    #[test]
    fn nothing_is_no_layer_and_hidden_files_are_nobodys() {
        assert_eq!(read(Path::new("/nonexistent/x"), "x", &Limits::default()), Ok(None));
        assert_eq!(layer(|dir| fs::write(dir.join(".DS_Store"), "x").unwrap()), Ok(None));
    }

    #[test]
    fn what_could_not_be_served_safely_is_refused_and_named() {
        type Write = fn(&Path);
        let cases: [(Write, &str); 7] = [
            (|dir| fs::write(dir.join("a.html"), "<p>").unwrap(), "a.html`: files of this extension"),
            (|dir| fs::write(dir.join("a.js"), "1").unwrap(), "a.js`: files of this extension"),
            (|dir| fs::write(dir.join("extra.css"), "p { position: fixed }").unwrap(), "extra.css`, line 1"),
            (|dir| fs::write(dir.join("extra.css"), [0xff]).unwrap(), "not UTF-8"),
            (
                |dir| fs::write(dir.join("a.css"), "p { background: url(https://a.example/x) }").unwrap(),
                "a.css`, line 1",
            ),
            (|dir| symlink("/etc/passwd", dir.join("a.txt")).unwrap(), "a.txt` is a link"),
            (|dir| symlink("..", dir.join("up")).unwrap(), "up` is a link"),
        ];
        for (write, says) in cases {
            let error = layer(write).unwrap_err();
            assert!(error.contains(says) && error.contains("overrides/tracker-x"), "{error}");
        }
        let dir = tempfile::tempdir().unwrap();
        symlink(dir.path(), dir.path().join("x")).unwrap();
        assert!(
            read(&dir.path().join("x"), "x", &Limits::default()).unwrap_err().contains("must be a folder")
        );
        let few = Limits { files: 1, ..Limits::default() };
        fs::create_dir_all(dir.path().join("y/deep")).unwrap();
        fs::write(dir.path().join("y/a.svg"), "a").unwrap();
        fs::write(dir.path().join("y/deep/b.svg"), "b").unwrap();
        assert!(read(&dir.path().join("y"), "y", &few).unwrap_err().contains("more than 1 files"));
        assert!(read(&dir.path().join("y"), "y", &Limits::default()).unwrap().is_some());
    }
}

//! Writing a package: the folder and the zip, the same bytes for the same content.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use regie_core::{Error, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::build::{Built, Sizes};
use crate::{Limits, Manifest};

/// Files of a package by their name in it, in order.
type Files = Vec<(String, Vec<u8>)>;

pub(super) fn write(dir: &Path, out: &Path, manifest: &Manifest, component: &[u8]) -> Result<Built> {
    let mut files: Files = vec![
        ("plugin.toml".into(), fs::read(dir.join("plugin.toml"))?),
        ("plugin.wasm".into(), component.to_vec()),
    ];
    let mut assets = assets(&dir.join("assets"))?;
    let asset_bytes = assets.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    files.append(&mut assets);
    files.sort();

    let (id, version) = (manifest.id.clone(), manifest.version.to_string());
    let zipped = zip(&id, &files)?;
    // The loader has the last word, before anything is replaced.
    crate::package::read_zip(zipped.clone().into(), &Limits::default())
        .map_err(|refusal| Error::bad_request(format!("the package would be refused: {refusal}")))?;

    fs::create_dir_all(out)?;
    let package = out.join(&id);
    replace_folder(out, &package, &files)?;
    let zip = out.join(format!("{id}-{version}.zip"));
    replace_file(out, &zip, &zipped)?;
    let bytes = Sizes { wasm: component.len() as u64, assets: asset_bytes, zip: zipped.len() as u64 };
    Ok(Built { id, version, package, zip, bytes })
}

/// All files below `assets/`, hidden ones excepted.
fn assets(root: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![(root.to_path_buf(), String::from("assets"))];
    while let Some((folder, name)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if folder == root && error.kind() == std::io::ErrorKind::NotFound => break,
            Err(error) => return Err(unreadable(&folder, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            let Ok(file) = entry.file_name().into_string() else {
                return Err(Error::bad_request(format!(
                    "a file's name in {} is not UTF-8",
                    folder.display()
                )));
            };
            if file.starts_with('.') {
                continue;
            }
            let (path, name) = (entry.path(), format!("{name}/{file}"));
            if path.is_dir() {
                folders.push((path, name));
            } else {
                files.push((name, fs::read(&path).map_err(|error| unreadable(&path, error))?));
            }
        }
    }
    Ok(files)
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::bad_request(format!("{} cannot be read: {error}", path.display()))
}

/// One folder inside, fixed times and modes: equal content, equal bytes.
fn zip(id: &str, files: &Files) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(format!("{id}/{name}"), options).map_err(Error::internal)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish().map_err(Error::internal)?.into_inner())
}

/// A host that watches the folder sees the old package or the new one.
fn replace_folder(out: &Path, package: &Path, files: &Files) -> Result<()> {
    let fresh = tempfile::Builder::new().prefix(".build-").tempdir_in(out)?;
    for (name, bytes) in files {
        let path = fresh.path().join("package").join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)?;
    }
    let old = fresh.path().join("old");
    match fs::rename(package, &old) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::rename(fresh.path().join("package"), package)?;
    Ok(())
}

fn replace_file(out: &Path, path: &PathBuf, bytes: &[u8]) -> Result<()> {
    let mut fresh = tempfile::Builder::new().prefix(".build-").permissions(mode()).tempfile_in(out)?;
    fresh.write_all(bytes)?;
    fresh.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Temporary files are the owner's alone; what is built is for the server's user too.
fn mode() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    fs::Permissions::from_mode(0o644)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugin() -> (tempfile::TempDir, Manifest) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let toml =
            "id = \"tracker-x\"\nname = \"X\"\nkind = \"tracker\"\nversion = \"1.2.0\"\napi = \"1.0\"\n";
        fs::write(dir.path().join("plugin.toml"), toml).expect("written");
        fs::create_dir_all(dir.path().join("assets/icons")).expect("made");
        for (name, text) in [
            ("b.css", ".b{color:red}"),
            ("a.css", ".a{color:red}"),
            ("icons/x.svg", "<svg/>"),
            (".hidden", "x"),
        ] {
            fs::write(dir.path().join("assets").join(name), text).expect("written");
        }
        (dir, Manifest::parse(toml).expect("a manifest"))
    }

    #[test]
    fn folder_and_zip_hold_the_same_and_a_second_build_gives_the_same_bytes() {
        let ((dir, manifest), wasm) = (plugin(), b"\0asm\x0d\0\x01\0");
        let out = dir.path().join("dist");
        let built = write(dir.path(), &out, &manifest, wasm).expect("written");
        assert_eq!(
            (built.package.clone(), built.zip.clone()),
            (out.join("tracker-x"), out.join("tracker-x-1.2.0.zip"))
        );
        assert_eq!(built.bytes.assets, 13 + 13 + 6);
        let first = fs::read(&built.zip).expect("the zip");
        fs::write(built.package.join("assets/old.css"), "").expect("written");
        let again = write(dir.path(), &out, &manifest, wasm).expect("written");
        assert_eq!((again, fs::read(&built.zip).expect("the zip")), (built.clone(), first));
        assert!(!built.package.join("assets/old.css").exists());
        let names = |path: &Path| fs::read_dir(path).expect("a folder").flatten().count();
        assert_eq!((names(&out), names(&built.package.join("assets"))), (2, 3));
        let limits = Limits::default();
        let read = |path: &Path| crate::package::read(path, &limits).expect("a package").hash;
        assert_eq!(read(&built.package), read(&built.zip));
    }

    #[test]
    fn a_package_the_loader_would_refuse_replaces_nothing() {
        let (dir, manifest) = plugin();
        let out = dir.path().join("dist");
        fs::write(dir.path().join("plugin.toml"), "id = \"tracker-x\"").expect("written");
        let error = write(dir.path(), &out, &manifest, b"\0asm\x0d\0\x01\0").unwrap_err();
        assert!(error.message.contains("would be refused"), "{error:?}");
        assert!(!out.exists());
    }
}

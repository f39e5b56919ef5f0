//! Writing a package: the folder and the zip, the same bytes for the same content.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use regie_core::{Error, Result};
use regie_sdk::css;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::build::{Built, Sizes};
use crate::{Limits, Manifest};

/// Files of a package by their name in it, in order.
type Files = Vec<(String, Vec<u8>)>;

/// The package folder `<out>/<id>/` and the zip beside it.
pub(super) fn write(dir: &Path, out: &Path, manifest: &Manifest, component: &[u8]) -> Result<Built> {
    let files = files(dir, manifest, component)?;
    let zipped = zip(&manifest.id, &files)?;
    // The loader has the last word, before anything is replaced.
    let read = crate::package::read_zip(zipped.clone().into(), &Limits::default())
        .map_err(|refusal| Error::bad_request(format!("the package would be refused: {refusal}")))?;

    let mut built = place(out, manifest, &files)?;
    replace_file(out, &built.zip, &zipped)?;
    built.bytes.zip = zipped.len() as u64;
    built.hash = read.hash;
    Ok(built)
}

/// Only the folder `<out>/<id>/`, which a server that watches `out` loads: it checks the package itself.
pub(super) fn write_folder(dir: &Path, out: &Path, manifest: &Manifest, component: &[u8]) -> Result<Built> {
    place(out, manifest, &files(dir, manifest, component)?)
}

/// The zip of a package, a folder or a zip already: the same bytes for the same content.
pub(super) fn write_zip(package: &Path, out: &Path) -> Result<(PathBuf, Vec<u8>)> {
    let manifest = super::build::manifest(package)?;
    let component = fs::read(package.join("plugin.wasm")).map_err(|error| unreadable(package, error))?;
    let zipped = zip(&manifest.id, &files(package, &manifest, &component)?)?;
    fs::create_dir_all(out)?;
    let path = out.join(format!("{}-{}.zip", manifest.id, manifest.version));
    replace_file(out, &path, &zipped)?;
    Ok((path, zipped))
}

fn files(dir: &Path, manifest: &Manifest, component: &[u8]) -> Result<Files> {
    let mut files: Files = vec![
        ("plugin.toml".into(), fs::read(dir.join("plugin.toml"))?),
        ("plugin.wasm".into(), component.to_vec()),
    ];
    files.append(&mut assets(&dir.join("assets"))?);
    for sheet in manifest.frontend.css.iter().filter(|sheet| sheet.starts_with("sdk/")) {
        let name = format!("assets/{sheet}");
        // A package holds it already, and so does a plugin that has a version of its own.
        if !files.iter().any(|(there, _)| *there == name) {
            files.push((name, library_sheet(sheet)?.as_bytes().to_vec()));
        }
    }
    files.sort();
    Ok(files)
}

/// A style sheet of the SDK's, by the path that plugin.toml names it with.
fn library_sheet(path: &str) -> Result<&'static str> {
    css::find(path).ok_or_else(|| {
        let known = css::SHEETS.map(|(name, _)| format!("`{name}`")).join(" and ");
        Error::bad_request(format!("plugin.toml names `{path}`, and the SDK has no such style sheet"))
            .path("frontend.css")
            .hint(format!("it has {known}; your own lie elsewhere below assets/"))
    })
}

fn place(out: &Path, manifest: &Manifest, files: &Files) -> Result<Built> {
    fs::create_dir_all(out)?;
    let (id, version) = (manifest.id.clone(), manifest.version.to_string());
    let package = out.join(&id);
    replace_folder(out, &package, files)?;
    let size = |wanted: fn(&str) -> bool| {
        files.iter().filter(|(name, _)| wanted(name)).map(|(_, bytes)| bytes.len() as u64).sum()
    };
    let bytes = Sizes {
        wasm: size(|name| name == "plugin.wasm"),
        assets: size(|name| name.starts_with("assets/")),
        zip: 0,
    };
    let zip = out.join(format!("{id}-{version}.zip"));
    Ok(Built { id, version, package, zip, bytes, hash: String::new() })
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

    #[test]
    fn a_style_sheet_of_the_sdk_is_written_into_the_package_unless_the_plugin_has_its_own() {
        let (dir, manifest) = plugin();
        let with = |css: &[&str]| {
            let mut manifest = manifest.clone();
            manifest.frontend.css = css.iter().map(|&sheet| sheet.to_owned()).collect();
            files(dir.path(), &manifest, b"")
        };
        let held = |files: Files, name: &str| {
            let found = files.into_iter().find(|(there, _)| there == name);
            found.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned())
        };
        let sheet = held(with(&["a.css", "sdk/sheet.css"]).expect("files"), "assets/sdk/sheet.css");
        assert_eq!(sheet.as_deref(), css::find("sdk/sheet.css"));
        assert_eq!(held(with(&["a.css"]).expect("files"), "assets/sdk/sheet.css"), None);
        let error = with(&["sdk/sheat.css"]).unwrap_err();
        assert!(error.message.contains("sdk/sheat.css") && error.hint.is_some(), "{error:?}");

        fs::create_dir(dir.path().join("assets/sdk")).expect("made");
        fs::write(dir.path().join("assets/sdk/sheet.css"), ".own{}").expect("written");
        let own = held(with(&["sdk/sheet.css"]).expect("files"), "assets/sdk/sheet.css");
        assert_eq!(own.as_deref(), Some(".own{}"));
    }
}

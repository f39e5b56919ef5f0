//! `regie plugin new`: a complete crate that builds, passes its tests and shows something.

use std::{fs, path::Path};

use regie_core::{Error, Result};

/// The files of `plugin-sdk/template`, by their place in the new crate.
const TEMPLATE: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../../../../plugin-sdk/template/Cargo.toml")),
    ("plugin.toml", include_str!("../../../../plugin-sdk/template/plugin.toml")),
    ("src/lib.rs", include_str!("../../../../plugin-sdk/template/src/lib.rs")),
    ("assets/tracker.css", include_str!("../../../../plugin-sdk/template/assets/tracker.css")),
];

/// Writes the crate `name` into the folder `dir`, which must not exist. `sdk` is the folder of `regie-sdk`.
///
/// # Errors
/// A name that is no plugin id, and a folder that is there already.
pub fn new(name: &str, dir: &Path, sdk: &Path) -> Result<()> {
    let id = (2..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if !id || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(Error::bad_request(format!("`{name}` is no name for a plugin"))
            .path("name")
            .hint("2 to 40 of a-z, 0-9, - and _, a letter first"));
    }
    if dir.exists() {
        return Err(
            Error::conflict(format!("{} is there already", dir.display())).hint("choose another name")
        );
    }
    let sdk = fs::canonicalize(sdk).map_err(|error| {
        Error::bad_request(format!("regie-sdk is not in {}: {error}", sdk.display()))
            .hint("--sdk says where plugin-sdk/ of a checkout of Régie is")
    })?;
    let title = name.replace(['-', '_'], " ");
    for (path, text) in TEMPLATE {
        let path = dir.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = text
            .replace("{{name}}", name)
            .replace("{{title}}", &title)
            .replace("{{sdk}}", &format!("path = {:?}", sdk.display().to_string()));
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_crate_has_no_placeholder_left_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("my-tracker");
        new("my-tracker", &dir, folder.path()).unwrap();
        for (path, _) in TEMPLATE {
            let text = fs::read_to_string(dir.join(path)).unwrap();
            assert!(!text.contains("{{"), "{path}: {text}");
        }
        assert!(new("my-tracker", &dir, folder.path()).is_err());
        assert!(new("../x", &folder.path().join("y"), folder.path()).is_err());
    }
}

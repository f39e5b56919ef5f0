//! `regie plugin new`: a complete plugin that builds, passes its tests and shows something.

use std::{fs, path::Path};

use regie_core::{Error, Result};

use crate::Kind;

/// What a plugin is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Rust,
    JavaScript,
}

/// A file of the new plugin, by its place in it.
type File = (&'static str, &'static str);

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../../../plugin-sdk/templates/", $path))
    };
}

macro_rules! library {
    ($($path:literal)*) => {
        /// The library of plugins in JavaScript: it comes from no registry.
        const LIBRARY: &[File] = &[
            $((concat!("regie-sdk/", $path), include_str!(concat!("../../../../plugin-sdk/js/", $path))),)*
        ];
    };
}

library! {
    "package.json" "src/index.js" "src/index.d.ts" "src/protocol.d.ts" "src/testing.js" "src/testing.d.ts" "src/fault.js"
    "src/guest.js" "src/hooks.js" "src/hostile.js" "src/html.js" "src/log.js" "src/page.js" "src/race.js" "src/still.js"
}

fn common(kind: Kind) -> [File; 2] {
    match kind {
        Kind::Tracker => [
            ("plugin.toml", template!("tracker/plugin.toml")),
            ("assets/style.css", template!("tracker/style.css")),
        ],
        Kind::Indices => [
            ("plugin.toml", template!("indices/plugin.toml")),
            ("assets/style.css", template!("indices/style.css")),
        ],
        Kind::Race => [
            ("plugin.toml", template!("race/plugin.toml")),
            ("assets/style.css", template!("race/style.css")),
        ],
    }
}

fn rust(kind: Kind) -> Vec<File> {
    let source = match kind {
        Kind::Tracker => template!("rust/tracker.rs"),
        Kind::Indices => template!("rust/indices.rs"),
        Kind::Race => template!("rust/race.rs"),
    };
    vec![
        ("Cargo.toml", template!("rust/Cargo.toml")),
        ("src/lib.rs", source),
        (".gitignore", "/target\n/dist\n"),
    ]
}

fn javascript(kind: Kind) -> Vec<File> {
    let (source, test) = match kind {
        Kind::Tracker => (template!("js/tracker.js"), template!("js/tracker.test.js")),
        Kind::Indices => (template!("js/indices.js"), template!("js/indices.test.js")),
        Kind::Race => (template!("js/race.js"), template!("js/race.test.js")),
    };
    let mut files = vec![
        ("package.json", template!("js/package.json")),
        ("package-lock.json", template!("js/package-lock.json")),
        ("tsconfig.json", template!("js/tsconfig.json")),
        ("src/plugin.js", source),
        ("test/plugin.test.js", test),
        (".gitignore", "/node_modules\n/dist\n"),
    ];
    files.extend_from_slice(LIBRARY);
    files
}

/// Writes the plugin `name` into the folder `dir`, which must not exist. `sdk` is the folder of `regie-sdk`, for Rust.
///
/// # Errors
/// A name that is no plugin id, and a folder that is there already.
pub fn new(name: &str, dir: &Path, kind: Kind, language: Language, sdk: &Path) -> Result<()> {
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
    let mut sdk_path = String::new();
    let files = match language {
        Language::JavaScript => javascript(kind),
        Language::Rust => {
            let sdk = fs::canonicalize(sdk).map_err(|error| {
                Error::bad_request(format!("regie-sdk is not in {}: {error}", sdk.display()))
                    .hint("--sdk says where plugin-sdk/ of a checkout of Régie is")
            })?;
            sdk_path = format!("path = {:?}", sdk.display().to_string());
            rust(kind)
        }
    };
    let title = name.replace(['-', '_'], " ");
    // The order of categories is kept by a map that keeps it.
    let indexmap =
        if kind == Kind::Indices { "indexmap = { version = \"2\", features = [\"serde\"] }\n" } else { "" };
    for (path, text) in files.into_iter().chain(common(kind)) {
        let path = dir.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = text
            .replace("{{name}}", name)
            .replace("{{title}}", &title)
            .replace("{{indexmap}}", indexmap)
            .replace("{{sdk}}", &sdk_path);
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_plugin_has_no_placeholder_left_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for kind in [Kind::Tracker, Kind::Indices, Kind::Race] {
            for language in [Language::Rust, Language::JavaScript] {
                let dir = folder.path().join(format!("my-{kind:?}-{language:?}"));
                new("my-plugin", &dir, kind, language, folder.path()).unwrap();
                let files = if language == Language::Rust { rust(kind) } else { javascript(kind) };
                for (path, _) in files.into_iter().chain(common(kind)) {
                    let text = fs::read_to_string(dir.join(path)).unwrap();
                    assert!(
                        !text.contains("{{name") && !text.contains("{{sdk") && !text.contains("{{t"),
                        "{path}"
                    );
                }
                assert!(new("my-plugin", &dir, kind, language, folder.path()).is_err());
            }
        }
        let elsewhere = folder.path().join("y");
        assert!(new("../x", &elsewhere, Kind::Tracker, Language::Rust, folder.path()).is_err());
    }

    #[test]
    fn every_module_of_the_library_is_carried_along() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugin-sdk/js/src");
        for entry in fs::read_dir(sources).unwrap() {
            let name = format!("regie-sdk/src/{}", entry.unwrap().file_name().to_string_lossy());
            assert!(LIBRARY.iter().any(|(path, _)| *path == name), "{name} is not");
        }
    }
}

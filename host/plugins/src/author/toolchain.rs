//! `cargo` and `rustc` as an author has them: what the crate is, whether the wasm target is there, and the build itself.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use regie_core::{Error, Result};
use serde::Deserialize;

use super::build::Options;

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// What `cargo metadata` says of the crate in a folder.
#[derive(Debug)]
pub(super) struct Crate {
    pub manifest: PathBuf,
    /// Apart from the one the host is built in: neither waits for the other's lock, nor spoils its cache.
    pub target_dir: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl Target {
    fn is_cdylib(&self) -> bool {
        self.kind.iter().any(|kind| kind == "cdylib")
    }
}

/// One line of `cargo build --message-format json`.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// How the target's standard library comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Std {
    Installed,
    /// From the library's sources.
    Built,
}

fn cargo(dir: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(dir);
    // Flags for the host's processor mean nothing to the target.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

fn start_failed(program: &OsStr, error: std::io::Error) -> Error {
    Error::bad_request(format!("`{}` could not be started: {error}", program.to_string_lossy()))
        .hint("install Rust (rustup) and see that `cargo` is on the PATH")
}

/// What a command prints, or what it said when it failed.
fn output(mut command: Command) -> Result<String, Error> {
    let output = command.output().map_err(|error| start_failed(command.get_program(), error))?;
    if !output.status.success() {
        return Err(Error::bad_request(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

pub(super) fn find(dir: &Path) -> Result<Crate> {
    let manifest = dir.join("Cargo.toml");
    if !manifest.is_file() {
        return Err(Error::bad_request(format!("there is no Cargo.toml in {}", dir.display()))
            .hint("name the folder of a plugin: it has a Cargo.toml (Rust) or a package.json (JavaScript)"));
    }
    let manifest = manifest.canonicalize()?;
    let mut command = cargo(dir);
    command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
    let metadata: Metadata = serde_json::from_str(&output(command)?).map_err(Error::internal)?;
    let package =
        metadata.packages.iter().find(|package| package.manifest_path == manifest).ok_or_else(|| {
            Error::bad_request(format!("{} is a workspace, not a crate", manifest.display()))
                .hint("name the folder of the plugin's crate")
        })?;
    if !package.targets.iter().any(Target::is_cdylib) {
        return Err(Error::bad_request(format!(
            "the crate `{}` is no `cdylib`, so it makes no plugin.wasm",
            package.name
        ))
        .path(manifest.display().to_string())
        .hint("add to its Cargo.toml: [lib] crate-type = [\"cdylib\", \"rlib\"]"));
    }
    Ok(Crate { target_dir: metadata.target_directory.join("plugins"), manifest })
}

/// Compiles the crate and answers the path of its wasm module. Cargo's progress goes to standard error as it comes.
pub(super) fn compile(dir: &Path, found: &Crate, options: &Options) -> Result<PathBuf> {
    let std = standard_library(dir)?;
    // Apart: neither profile makes the other one build its dependencies again.
    let (profile, target_dir) = if options.quick {
        (&QUICK[..], found.target_dir.with_file_name("plugins-dev"))
    } else {
        (&PROFILE[..], found.target_dir.clone())
    };
    let mut command = cargo(dir);
    command
        .args([
            "build",
            "--release",
            "--lib",
            "--target",
            TARGET,
            "--message-format",
            "json-render-diagnostics",
        ])
        .arg("--manifest-path")
        .arg(&found.manifest)
        .arg("--target-dir")
        .arg(target_dir)
        .envs(profile.iter().copied())
        .stderr(Stdio::inherit());
    if options.offline {
        command.arg("--offline");
    }
    if std == Std::Built {
        // Unstable on the stable compiler, and the only way without rustup's server.
        command.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
    }
    let output = command.output().map_err(|error| start_failed(command.get_program(), error))?;
    if !output.status.success() {
        return Err(Error::bad_request("the plugin does not compile; the compiler's messages say why")
            .path(dir.display().to_string()));
    }
    module(&String::from_utf8_lossy(&output.stdout), &found.manifest).ok_or_else(|| {
        Error::bad_request("cargo built the crate and named no .wasm file").path(dir.display().to_string())
    })
}

/// Overrides what the workspace's release profile says: a plugin is small, has no debug information and cannot unwind.
const PROFILE: [(&str, &str); 6] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// For an author who waits: larger and slower plugins, built in a fraction of the time.
const QUICK: [(&str, &str); 7] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_INCREMENTAL", "true"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// The wasm file among cargo's messages.
fn module(messages: &str, manifest: &Path) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.reason == "compiler-artifact" && message.manifest_path == manifest)
        .filter(|message| message.target.as_ref().is_some_and(Target::is_cdylib))
        .flat_map(|message| message.filenames)
        .find(|path| path.extension().is_some_and(|extension| extension == "wasm"))
}

/// `rustc` is asked in the crate's folder, where its `rust-toolchain.toml` counts.
fn standard_library(dir: &Path) -> Result<Std> {
    let rustc = |arguments: &[&str]| {
        let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        command.current_dir(dir).args(arguments);
        output(command).map(|text| PathBuf::from(text.trim()))
    };
    let installed = rustc(&["--print", "target-libdir", "--target", TARGET])?;
    let has_core = |folder: &Path| {
        std::fs::read_dir(folder).is_ok_and(|files| {
            files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore"))
        })
    };
    if has_core(&installed) {
        return Ok(Std::Installed);
    }
    let sources = rustc(&["--print", "sysroot"])?.join("lib/rustlib/src/rust/library/std/Cargo.toml");
    if sources.is_file() {
        return Ok(Std::Built);
    }
    Err(Error::bad_request(format!("this Rust has no standard library for {TARGET}, which plugins are compiled to"))
        .hint(format!("run `rustup target add {TARGET}` (or, where that server is out of reach, install the component `rust-src`)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_found_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","manifest_path":"/a/Cargo.toml","target":{"kind":["lib"]},"filenames":["/t/liba.rlib"]}
not json
{"reason":"compiler-artifact","manifest_path":"/b/Cargo.toml","target":{"kind":["cdylib"]},"filenames":["/t/b.wasm"]}
{"reason":"compiler-artifact","manifest_path":"/p/Cargo.toml","target":{"kind":["cdylib","rlib"]},"filenames":["/t/libp.rlib","/t/p.wasm"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(module(messages, Path::new("/p/Cargo.toml")), Some("/t/p.wasm".into()));
        assert_eq!(module(messages, Path::new("/c/Cargo.toml")), None);
    }

    #[test]
    fn a_folder_that_is_no_plugin_crate_is_told_apart() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(find(dir.path()).unwrap_err().message.contains("no Cargo.toml"));
        std::fs::write(
            dir.path().join("Cargo.toml"),
            "[package]\nname = \"x\"\nversion = \"0.1.0\"\n[workspace]\n",
        )
        .expect("written");
        std::fs::create_dir(dir.path().join("src")).expect("made");
        std::fs::write(dir.path().join("src/lib.rs"), "").expect("written");
        assert!(find(dir.path()).unwrap_err().message.contains("no `cdylib`"));
    }
}

//! Plugins in JavaScript: Node, what npm installs for a plugin, and the worker that makes components.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Manifest;
use crate::manifest::Kind;

const WIT: &str = include_str!("../../../../plugin-sdk/wit/regie.wit");
const WORKER: &str = include_str!("js/build.mjs");

/// Whether the folder is a plugin in JavaScript.
pub(super) fn is_one(dir: &Path) -> bool {
    dir.join("package.json").is_file() && !dir.join("Cargo.toml").exists()
}

/// A Node process that builds; later builds are much faster than its first.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    dir: &'a Path,
    kind: Kind,
    state_version: u32,
    wit: &'a str,
    out: &'a Path,
}

#[derive(Deserialize)]
struct Answer {
    wrong: Option<String>,
}

impl Worker {
    /// Installs what the plugin's lock file names, unless it is there, and starts the worker.
    pub(super) fn start(dir: &Path, offline: bool) -> Result<Self> {
        install(dir, offline)?;
        // Beside the modules it imports: Node looks for them from where the script lies.
        let script = dir.join("node_modules").join(".regie").join("build.mjs");
        if std::fs::read_to_string(&script).ok().as_deref() != Some(WORKER) {
            std::fs::create_dir_all(script.parent().unwrap_or(dir))?;
            std::fs::write(&script, WORKER)?;
        }
        let mut command = Command::new("node");
        let spawned = command.arg(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| missing("node", &error))?;
        let (requests, answers) = (child.stdin.take(), child.stdout.take());
        let answers = answers.ok_or_else(|| Error::internal("Node's output is not piped"))?;
        Ok(Self { child, requests, answers: BufReader::new(answers) })
    }

    /// The component of the plugin in `dir`.
    pub(super) fn build(&mut self, dir: &Path, manifest: &Manifest) -> Result<Vec<u8>> {
        let work = tempfile::tempdir()?;
        let (dir, out) = (dir.canonicalize()?, work.path().join("plugin.wasm"));
        let Manifest { kind, state_version, .. } = *manifest;
        let request = Request { dir: &dir, kind, state_version, wit: WIT, out: &out };
        let mut line = serde_json::to_string(&request).map_err(Error::internal)?;
        line.push('\n');
        let ended = |error: &dyn std::fmt::Display| {
            Error::bad_request(format!("the build ended early ({error}); what Node said stands above"))
                .path(dir.display().to_string())
        };
        let requests = self.requests.as_mut().ok_or_else(|| ended(&"its input is closed"))?;
        requests.write_all(line.as_bytes()).map_err(|error| ended(&error))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(|error| ended(&error))?;
        let answer: Answer = serde_json::from_str(&answer).map_err(|_| ended(&"it answered nothing"))?;
        if let Some(wrong) = answer.wrong {
            return Err(Error::bad_request(wrong).path(dir.display().to_string()));
        }
        Ok(std::fs::read(out)?)
    }

    /// Whether it can be asked again.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}

fn missing(program: &str, error: &std::io::Error) -> Error {
    Error::bad_request(format!("`{program}` could not be started: {error}"))
        .hint("plugins in JavaScript are built with Node 20 or newer and its npm: install them and see that both are on the PATH")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(default)]
    version: String,
    #[serde(default)]
    dependencies: Map<String, Value>,
    #[serde(default)]
    dev_dependencies: Map<String, Value>,
}

fn package(path: &Path) -> Result<Package> {
    let wrong = |error: &dyn std::fmt::Display| {
        Error::bad_request(format!("{} cannot be read: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    serde_json::from_str(&text).map_err(|error| wrong(&error))
}

/// `npm ci`, unless everything that package.json names is there in the version it names.
fn install(dir: &Path, offline: bool) -> Result<()> {
    let wanted = package(&dir.join("package.json"))?;
    for needed in ["@bytecodealliance/componentize-js", "esbuild", "@regie/sdk"] {
        if !wanted.dev_dependencies.contains_key(needed) && !wanted.dependencies.contains_key(needed) {
            return Err(Error::bad_request(format!("package.json does not name `{needed}`"))
                .path(dir.join("package.json").display().to_string())
                .hint(
                    "`regie plugin new NAME --lang js` writes a package.json that has all that is needed",
                ));
        }
    }
    let absent = wanted.dependencies.iter().chain(&wanted.dev_dependencies).find(|(name, version)| {
        let found = package(&module(dir, name).join("package.json"));
        // A range or a folder is satisfied by what is there; an exact version is compared.
        found.map_or(true, |found| {
            let version = version.as_str().unwrap_or_default();
            version.starts_with(|c: char| c.is_ascii_digit()) && version != found.version
        })
    });
    let Some((name, _)) = absent else { return Ok(()) };
    if !dir.join("package-lock.json").is_file() {
        return Err(Error::bad_request(format!(
            "`{name}` is not installed, and there is no package-lock.json"
        ))
        .path(dir.display().to_string())
        .hint("run `npm install` there once"));
    }
    eprintln!("npm ci in {} ({name} is not installed)", dir.display());
    let mut command = Command::new("npm");
    command.current_dir(dir).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    if offline {
        command.arg("--offline");
    }
    // Its progress is no answer of ours.
    let status = command.stdout(Stdio::null()).status().map_err(|error| missing("npm", &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::bad_request("`npm ci` failed; what it said stands above").path(dir.display().to_string()))
}

fn module(dir: &Path, name: &str) -> PathBuf {
    name.split('/').fold(dir.join("node_modules"), |path, part| path.join(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(package: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(dir.path().join("package.json"), package).expect("written");
        dir
    }

    #[test]
    fn a_folder_is_javascript_by_its_package_json() {
        let dir = folder("{}");
        assert!(is_one(dir.path()));
        std::fs::write(dir.path().join("Cargo.toml"), "").expect("written");
        assert!(!is_one(dir.path()));
    }

    #[test]
    fn what_package_json_lacks_is_named_before_anything_is_installed() {
        let all = r#"{"dependencies":{"@regie/sdk":"file:regie-sdk"},"devDependencies":{"esbuild":"1.0.0","@bytecodealliance/componentize-js":"1.0.0"}}"#;
        let cases = [
            ("{", "cannot be read"),
            ("{}", "does not name `@bytecodealliance/componentize-js`"),
            (all, "no package-lock.json"),
        ];
        for (package, says) in cases {
            let dir = folder(package);
            let error = install(dir.path(), true).unwrap_err();
            assert!(error.message.contains(says), "{package}: {error:?}");
        }
    }
}

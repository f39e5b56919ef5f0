//! `regie plugin build`: a crate, or a folder of JavaScript, becomes a component, a package folder and a zip.

use std::fmt;
use std::path::{Path, PathBuf};

use regie_core::{Error, Result};
use wit_component::{ComponentEncoder, DecodedWasm};

use super::{js, package, toolchain};
use crate::Manifest;

/// How to build.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Cargo and npm fetch nothing.
    pub offline: bool,
    /// Rust is optimised little: for building on every save.
    pub quick: bool,
}

/// What was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub id: String,
    pub version: String,
    /// The package folder, `<out>/<id>/`.
    pub package: PathBuf,
    /// The same as one file, `<out>/<id>-<version>.zip`.
    pub zip: PathBuf,
    pub bytes: Sizes,
    /// 32 hex digits over its content; empty where only the folder was written.
    pub hash: String,
}

/// Sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    pub wasm: u64,
    pub assets: u64,
    pub zip: u64,
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kib = |bytes: u64| bytes.div_ceil(1024);
        writeln!(f, "{} {}", self.id, self.version)?;
        writeln!(
            f,
            "  {}  (wasm {} KiB, assets {} KiB)",
            self.package.display(),
            kib(self.bytes.wasm),
            kib(self.bytes.assets)
        )?;
        write!(f, "  {}  ({} KiB)", self.zip.display(), kib(self.bytes.zip))
    }
}

/// Builds the plugin in `dir` into `out` (`dir/dist` where there is none). An older package there is replaced as a whole, and
/// only by one that was built.
///
/// # Errors
/// What is missing or wrong in the plugin, its manifest or the tool chain, with what would be right.
pub fn build(dir: &Path, out: Option<&Path>, options: &Options) -> Result<Built> {
    Builder::new(dir, options.clone()).build(out)
}

/// Builds one plugin again and again.
#[derive(Debug)]
pub struct Builder {
    dir: PathBuf,
    options: Options,
    /// Kept warm between builds.
    worker: Option<js::Worker>,
}

impl Builder {
    pub fn new(dir: &Path, options: Options) -> Self {
        Self { dir: dir.to_owned(), options, worker: None }
    }

    /// # Errors
    /// As [`build`]; the next one begins anew.
    pub fn build(&mut self, out: Option<&Path>) -> Result<Built> {
        let manifest = manifest(&self.dir)?;
        let component = self.component(&manifest)?;
        let out = out.map_or_else(|| self.dir.join("dist"), Path::to_path_buf);
        package::write(&self.dir, &out, &manifest, &component)
    }

    /// Only the package folder, `<out>/<id>/`, replaced in one step: what a server that watches `out` loads.
    ///
    /// # Errors
    /// As [`build`].
    pub fn build_folder(&mut self, out: &Path) -> Result<Built> {
        let manifest = manifest(&self.dir)?;
        let component = self.component(&manifest)?;
        package::write_folder(&self.dir, out, &manifest, &component)
    }

    fn component(&mut self, manifest: &Manifest) -> Result<Vec<u8>> {
        if js::is_one(&self.dir) {
            let mut worker = match self.worker.take() {
                Some(worker) => worker,
                None => js::Worker::start(&self.dir, self.options.offline)?,
            };
            let built = worker.build(&self.dir, manifest);
            if worker.runs() {
                self.worker = Some(worker);
            }
            return checked(built?);
        }
        let found = toolchain::find(&self.dir)?;
        let module = toolchain::compile(&self.dir, &found, &self.options)?;
        component(&std::fs::read(&module)?)
    }
}

pub(super) fn manifest(dir: &Path) -> Result<Manifest> {
    let path = dir.join("plugin.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Error::bad_request(format!("{} cannot be read: {error}", path.display()))
            .hint("a plugin has a plugin.toml beside its Cargo.toml or package.json")
    })?;
    Manifest::parse(&text)
        .map_err(|fault| Error::bad_request(fault.to_string()).path(path.display().to_string()))
}

fn unusable(error: &dyn fmt::Display) -> Error {
    Error::bad_request(format!("the compiled module cannot be made a component: {error}"))
        .hint("a plugin's crate calls `regie_sdk::export!` once, and none of its dependencies may need an operating system")
}

/// The component of a module, which must reach for nothing but the log.
pub(super) fn component(module: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = ComponentEncoder::default();
    let component = encoder.validate(true).module(module).and_then(ComponentEncoder::encode);
    checked(component.map_err(|error| unusable(&format!("{error:#}")))?)
}

/// A component that imports nothing but the log, and exports the hooks.
fn checked(component: Vec<u8>) -> Result<Vec<u8>> {
    let interface = interface(&component).map_err(|error| unusable(&error))?;
    if !interface.foreign.is_empty() {
        return Err(Error::bad_request(format!("the plugin imports {}", interface.foreign.join(", ")))
            .hint("a plugin may import nothing but `regie:plugin/log`; look for a dependency that asks for time, files or random numbers"));
    }
    if !interface.has_hooks {
        return Err(unusable(&"it exports no `regie:plugin/hooks`"));
    }
    Ok(component)
}

struct Interface {
    /// Imports besides the log (and the types its neighbours share, which are no code).
    foreign: Vec<String>,
    has_hooks: bool,
}

fn interface(component: &[u8]) -> std::result::Result<Interface, String> {
    let decoded = wit_component::decode(component).map_err(|error| format!("{error:#}"))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err("it is a package of interfaces, not a component".into());
    };
    let world = &resolve.worlds[world];
    let own = |name: &String| {
        ["regie:plugin/log@1.", "regie:plugin/types@1."].iter().any(|start| name.starts_with(start))
    };
    let imports = world.imports.keys().map(|key| resolve.name_world_key(key));
    let mut exports = world.exports.keys().map(|key| resolve.name_world_key(key));
    Ok(Interface {
        foreign: imports.filter(|name| !own(name)).collect(),
        has_hooks: exports.any(|name| name.starts_with("regie:plugin/hooks@1.")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plugin_module_is_refused_with_a_hint() {
        for module in [&b"\0asm\x01\0\0\0"[..], b"not wasm"] {
            let error = component(module).unwrap_err();
            assert!(error.message.contains("component") && error.hint.is_some(), "{error:?}");
        }
    }

    #[test]
    fn a_folder_without_a_manifest_is_refused_before_anything_is_compiled() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let error = build(dir.path(), None, &Options::default()).unwrap_err();
        assert!(error.message.contains("plugin.toml"), "{error:?}");
        std::fs::write(dir.path().join("plugin.toml"), "id = \"X\"").expect("written");
        let error = build(dir.path(), None, &Options::default()).unwrap_err();
        assert!(error.message.contains("line"), "{error:?}");
    }
}

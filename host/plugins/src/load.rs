//! From a package to a version that may go on the air.

use std::{path::Path, sync::Arc};

use regie_core::{Clock, SystemClock};
use serde_json::Map;

use crate::{
    Limits, Manifest, Plugin, Sessions,
    logs::Logs,
    manifest::API,
    package::{self, Package, Refusal},
    plugin::{Parts, SettingsOf},
    probe::probe,
    runtime::Runtime,
};

/// Takes one package through everything that the drop folder would: the core of `regie plugin check`. The error
/// (`bad_package`) is in the author's terms.
pub async fn load_package(path: &Path, cache: &Path, limits: &Limits) -> regie_core::Result<Plugin> {
    let bad = |reason: String| regie_core::Error::bad_request(reason).code("bad_package");
    let (path, read_limits) = (path.to_owned(), limits.clone());
    let package = tokio::task::spawn_blocking(move || package::read(&path, &read_limits)).await;
    let package = package.map_err(regie_core::Error::internal)?.map_err(|refusal| bad(refusal.message))?;
    let loader = Loader {
        runtime: Runtime::start(limits, cache)?,
        settings: Arc::new(|_| Map::new()),
        sessions: Arc::new(()),
        clock: Arc::new(SystemClock),
    };
    let logs = Arc::<Logs>::default();
    let loaded = loader.load(package, logs.clone(), None).await;
    loaded.map_err(|reason| match logs.read().iter().rev().find(|line| line.level == "error") {
        // What it said last before it failed, for an author who has no server's log to read.
        Some(line) if !reason.contains(&line.message) => {
            bad(format!("{reason}; its log says: {}", line.message))
        }
        _ => bad(reason),
    })
}

pub(crate) struct Loader {
    pub runtime: Arc<Runtime>,
    pub settings: SettingsOf,
    pub sessions: Arc<dyn Sessions>,
    pub clock: Arc<dyn Clock>,
}

impl Loader {
    pub(crate) fn limits(&self) -> &Limits {
        self.runtime.limits()
    }

    /// Checks, compiles, links and probes against the version `on_air`. The error is in the author's terms.
    pub(crate) async fn load(
        &self,
        package: Package,
        logs: Arc<Logs>,
        on_air: Option<&Plugin>,
    ) -> Result<Plugin, String> {
        check_api(&package.manifest)?;
        let open = self.sessions.open_of(&package.manifest.id).await;
        let (runtime, settings, clock) = (self.runtime.clone(), self.settings.clone(), self.clock.clone());
        // Compiling takes seconds for a large component: neither an async nor a hook thread has that time.
        let built = tokio::task::spawn_blocking(move || build(package, runtime, settings, logs, clock)).await;
        let plugin = built
            .map_err(|_| "the host failed while it compiled the package; its log says why".to_owned())??;
        probe(&plugin, on_air, &open).await?;
        Ok(plugin.go_on_air())
    }
}

fn build(
    package: Package,
    runtime: Arc<Runtime>,
    settings: SettingsOf,
    logs: Arc<Logs>,
    clock: Arc<dyn Clock>,
) -> Result<Plugin, String> {
    let Package { manifest, wasm, mut assets, hash, overrides, .. } = package;
    let base = crate::plugin::assets_url(&manifest.id, &hash);
    for (path, bytes) in assets.iter_mut().filter(|(path, _)| path.ends_with(".css")) {
        *bytes = confined(&manifest.id, &base, path, bytes)?.into();
    }
    let program = Arc::new(runtime.compile(&wasm, manifest.kind)?);
    Ok(Plugin::new(Parts { manifest, hash, program, assets, overrides, runtime, settings, logs, clock }))
}

fn confined(id: &str, base: &str, path: &str, bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| format!("assets/{path} is not UTF-8 text"))?;
    crate::css::confine(text, id, base).map_err(|faults| {
        let faults = faults.iter().take(5);
        let faults: Vec<_> = faults
            .map(|f| format!("assets/{path}, line {}, column {}: {}", f.line, f.column, f.message))
            .collect();
        faults.join("; ")
    })
}

fn check_api(manifest: &Manifest) -> Result<(), String> {
    let built = manifest.api;
    if API.links(built) {
        return Ok(());
    }
    Err(format!("built for api {built}, this host links {API}"))
}

/// A package that could not even be read has the same kind of reason.
impl From<Refusal> for String {
    fn from(refusal: Refusal) -> Self {
        refusal.message
    }
}

//! A plugin on the air: its manifest and files, and its hooks as typed calls.

mod json;
mod race;
mod update;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use parking_lot::Mutex;
use regie_core::Clock;
use regie_sdk::protocol::{
    CatalogRequest, MigrateAnswer, MigrateRequest, PresetAnswer, PresetRequest, RenderRequest,
};
use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    Asset, CallError, LogLine, Manifest, Timing, assets,
    breaker::{Breaker, Resting},
    html::Sanitiser,
    logs::Logs,
    operator,
    package::overrides::EXTRA,
    runtime::{Called, Failure, Full, Hook, Program, Runtime},
    timings::Timings,
};

/// The operator's values for a plugin id, as `[plugins."<id>"]` has them.
pub type SettingsOf = Arc<dyn Fn(&str) -> Map<String, Value> + Send + Sync>;

/// How long a caller waits before it tries a plugin again for which too much waits.
const BUSY_MS: i64 = 1_000;

/// Bytes of `derived` (it goes along with every call).
const DERIVED: usize = 16 << 10;

/// Bytes of a document in the store.
const DOCUMENT: usize = 768 << 10;

/// A rendered fragment, sanitised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub html: String,
    /// Tags, attributes and URLs that were taken out; the plugin's log names them.
    pub dropped: usize,
}

/// What a version of a plugin is made of; see [`Plugin`].
pub(crate) struct Parts {
    pub manifest: Manifest,
    pub hash: String,
    pub program: Arc<Program>,
    /// Style sheets already confined.
    pub assets: BTreeMap<String, Bytes>,
    /// Paths of `assets` that are the operator's.
    pub overrides: Vec<String>,
    pub runtime: Arc<Runtime>,
    pub settings: SettingsOf,
    pub logs: Arc<Logs>,
    pub clock: Arc<dyn Clock>,
}

/// One version of a plugin. Calls in flight finish on the version they began with, also after a swap.
pub struct Plugin {
    parts: Parts,
    sanitiser: Arc<Sanitiser>,
    generation: AtomicU64,
    /// Calls of a version that is only probed wait apart from those of the one on the air.
    lane: String,
    on_air: bool,
    breaker: Breaker,
    timings: Timings,
    /// What was dropped from its HTML and is in the log already.
    reported: Mutex<HashSet<String>>,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin").field("id", &self.id()).field("hash", &self.hash()).finish_non_exhaustive()
    }
}

impl Plugin {
    /// A version to be probed; [`Plugin::go_on_air`] makes of it the one that is published.
    pub(crate) fn new(parts: Parts) -> Self {
        let base = assets_url(&parts.manifest.id, &parts.hash);
        Self {
            lane: format!("{} (probe)", parts.manifest.id),
            sanitiser: Arc::new(Sanitiser::new(&base)),
            parts,
            generation: AtomicU64::new(0),
            on_air: false,
            breaker: Breaker::default(),
            timings: Timings::default(),
            reported: Mutex::default(),
        }
    }

    pub(crate) fn go_on_air(mut self) -> Self {
        self.lane.clone_from(&self.parts.manifest.id);
        self.on_air = true;
        self.timings = Timings::default();
        self
    }

    pub(crate) fn set_generation(&self, generation: u64) {
        self.generation.store(generation, Ordering::Release);
    }

    pub fn manifest(&self) -> &Manifest {
        &self.parts.manifest
    }

    pub fn id(&self) -> &str {
        &self.parts.manifest.id
    }

    /// 32 hex digits over the package's content.
    pub fn hash(&self) -> &str {
        &self.parts.hash
    }

    /// [`crate::Plugins::generation`] as of its publication.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// `/plugins/<id>/<hash>/`
    pub fn assets_url(&self) -> String {
        assets_url(self.id(), self.hash())
    }

    /// URLs of the confined style sheets, in the manifest's order, and the operator's `extra.css` last.
    pub fn stylesheets(&self) -> Vec<String> {
        let (base, css) = (self.assets_url(), &self.manifest().frontend.css);
        let extra = self.parts.overrides.iter().filter(|path| *path == EXTRA && !css.contains(path));
        css.iter().chain(extra).map(|path| format!("{base}{path}")).collect()
    }

    /// URLs of the module scripts, in the manifest's order; none without the operator's grant. They are for `live` and
    /// `overlay:…` pages only; see [`Plugin::scripts_on`].
    pub fn scripts(&self) -> Vec<String> {
        if !self.allows_scripts() {
            return Vec::new();
        }
        let base = self.assets_url();
        self.manifest().frontend.scripts.iter().map(|path| format!("{base}{path}")).collect()
    }

    /// The scripts of a page that shows this surface: an `editor` or a `panel` never has any.
    pub fn scripts_on(&self, surface: &str) -> Vec<String> {
        let may = surface == "live" || surface.starts_with("overlay:");
        if may { self.scripts() } else { Vec::new() }
    }

    /// Whether it has scripts and the operator lets them run.
    pub fn allows_scripts(&self) -> bool {
        !self.manifest().frontend.scripts.is_empty()
            && operator::allows_scripts(&(self.parts.settings)(self.id()))
    }

    /// What is served at [`Plugin::assets_url`] + `path`: listed extensions, style sheets confined, `.js` with the grant.
    pub fn asset(&self, path: &str) -> Option<Asset> {
        let script = path.ends_with(".js") && self.allows_scripts();
        let content_type = if script { assets::SCRIPT } else { assets::content_type(path)? };
        Some(Asset { bytes: self.parts.assets.get(path)?.clone(), content_type })
    }

    /// Paths of its assets that the operator overrides.
    pub fn overrides(&self) -> &[String] {
        &self.parts.overrides
    }

    /// The manifest's defaults with the operator's values over them.
    pub fn settings(&self) -> Map<String, Value> {
        self.manifest().effective_settings(&(self.parts.settings)(self.id())).0
    }

    /// The viewer's language where the plugin has it, else the plugin's first.
    pub fn locale(&self, wanted: Option<&str>) -> String {
        let locales = &self.manifest().locales;
        let wanted = wanted.unwrap_or("en");
        if locales.is_empty() || locales.iter().any(|l| l == wanted) {
            return wanted.to_owned();
        }
        locales[0].clone()
    }

    pub fn has_migrate(&self) -> bool {
        self.parts.program.has(Hook::Migrate)
    }

    /// The last 200 lines of its log, those of earlier and of refused versions included.
    pub fn logs(&self) -> Vec<LogLine> {
        self.parts.logs.read()
    }

    /// By hook's name.
    pub fn timings(&self) -> BTreeMap<&'static str, Timing> {
        self.timings.read()
    }

    /// Calls that are refused for a while, longest first.
    pub(crate) fn resting(&self) -> Vec<Resting> {
        self.breaker.resting(self.now_ms())
    }

    /// Makes an instance and drops it, on this thread: what each call pays before it begins, for benches and tools.
    pub fn instantiate(&self) -> Result<(), CallError> {
        let made = self.parts.runtime.instantiate(&self.parts.program);
        made.map_err(|reason| CallError::Trapped { hook: Hook::Catalog, reason })
    }

    /// What exists, in the plugin's own JSON.
    pub async fn catalog(&self, locale: &str) -> Result<Box<RawValue>, CallError> {
        let request = CatalogRequest { locale: locale.into(), settings: self.settings() };
        self.call(Hook::Catalog, "", text(&request), json::read).await
    }

    /// What a session starts as. The request's `settings` go over the operator's, which are filled in here.
    pub async fn preset(
        &self,
        document: &str,
        mut request: PresetRequest<Box<RawValue>>,
    ) -> Result<PresetAnswer<Box<RawValue>, Box<RawValue>, Box<RawValue>>, CallError> {
        let mut settings = self.settings();
        settings.extend(std::mem::take(&mut request.settings));
        request.settings = settings;
        self.call(Hook::Preset, document, text(&request), |answer| {
            let answer: PresetAnswer<Box<RawValue>, Box<RawValue>, Box<RawValue>> = json::read(answer)?;
            json::check("state", &answer.state, DOCUMENT)?;
            json::check_some("derived", answer.derived.as_deref(), DERIVED)?;
            json::check_some("seed", answer.seed.as_deref(), DOCUMENT)?;
            Ok(answer)
        })
        .await
    }

    /// What people see. `settings`, `assets` and (where the manifest says that it is not read) `derived` are set here.
    pub async fn render(
        &self,
        document: &str,
        mut request: RenderRequest<&RawValue, &RawValue>,
    ) -> Result<Rendered, CallError> {
        request.settings = self.settings();
        request.assets = self.assets_url();
        request.derived = request.derived.filter(|_| self.manifest().reads_derived);
        let (sanitiser, surface) = (self.sanitiser.clone(), request.surface.clone());
        let clean =
            self.call(Hook::Render, document, text(&request), move |html| Ok(sanitiser.clean(&html))).await?;
        for dropped in &clean.dropped {
            self.report(&surface, dropped);
        }
        Ok(Rendered { html: clean.html, dropped: clean.dropped.len() })
    }

    /// A document of an older `state_version`, brought up to this package's.
    pub async fn migrate(
        &self,
        document: &str,
        from: u32,
        state: &RawValue,
        derived: Option<&RawValue>,
    ) -> Result<MigrateAnswer<Box<RawValue>, Box<RawValue>>, CallError> {
        let request = MigrateRequest { from, state, derived, settings: self.settings() };
        self.call(Hook::Migrate, document, text(&request), |answer| {
            let answer: MigrateAnswer<Box<RawValue>, Box<RawValue>> = json::read(answer)?;
            json::check("state", &answer.state, DOCUMENT)?;
            json::check_some("derived", answer.derived.as_deref(), DERIVED)?;
            Ok(answer)
        })
        .await
    }

    /// A call with the breaker around it.
    async fn call<T: Send + 'static>(
        &self,
        hook: Hook,
        document: &str,
        request: String,
        read: impl FnOnce(String) -> Result<T, String> + Send + 'static,
    ) -> Result<T, CallError> {
        self.check_breaker(hook, document)?;
        let called = self.attempt(hook, request, read).await;
        self.settle(hook, document, &called);
        called
    }

    fn check_breaker(&self, hook: Hook, document: &str) -> Result<(), CallError> {
        self.breaker
            .check(hook, document, self.now_ms())
            .map_err(|until_ms| CallError::Unavailable { until_ms })
    }

    /// Tells the breaker how a call went. What the caller asked wrongly, or the host refused, says nothing of the plugin.
    fn settle<T>(&self, hook: Hook, document: &str, called: &Result<T, CallError>) {
        let now_ms = self.now_ms();
        match called {
            Ok(_) | Err(CallError::Fault(_)) => self.breaker.succeeded(hook, document, now_ms),
            Err(CallError::Trapped { .. } | CallError::BadAnswer(_)) => {
                let opened = self.breaker.trapped(hook, document, now_ms);
                if opened && self.on_air {
                    tracing::warn!(
                        plugin = self.id(),
                        hook = hook.as_str(),
                        document,
                        "plugin rests: it failed repeatedly"
                    );
                }
            }
            Err(CallError::Unavailable { .. } | CallError::Gone) => {}
        }
    }

    /// A call as such: runs it, keeps its log lines and its time.
    async fn attempt<T: Send + 'static>(
        &self,
        hook: Hook,
        request: String,
        read: impl FnOnce(String) -> Result<T, String> + Send + 'static,
    ) -> Result<T, CallError> {
        let most = self.parts.runtime.limits().request;
        if request.len() > most {
            let message = format!(
                "the request has {} KiB; a call takes at most {} KiB",
                request.len() >> 10,
                most >> 10
            );
            return Err(CallError::Fault(regie_sdk::protocol::Fault::new("too_large", message)));
        }
        let then = move |called: Called| {
            let Called { answer, lines, cpu } = called;
            (answer.and_then(|text| read(text).map_err(Failure::BadAnswer)), lines, cpu)
        };
        let ran = self.parts.runtime.call(&self.lane, &self.parts.program, hook, request, then).await;
        let (answer, lines, cpu) = ran.map_err(|full| match full {
            Full::Queue => CallError::Unavailable { until_ms: self.now_ms() + BUSY_MS },
            Full::Closed => CallError::Gone,
            Full::Panicked => CallError::BadAnswer("the host failed on it".into()),
        })?;
        self.parts.logs.add(self.id(), hook, lines, self.now_ms());
        let failed = matches!(answer, Err(Failure::Trap(_) | Failure::BadAnswer(_)));
        self.timings.add(hook, cpu, failed);
        answer.map_err(|failure| {
            let error = match failure {
                Failure::Fault(fault) => return CallError::Fault(fault),
                Failure::Stopped => return CallError::Gone,
                Failure::Trap(reason) => CallError::Trapped { hook, reason },
                Failure::BadAnswer(reason) => CallError::BadAnswer(reason),
            };
            self.parts.logs.push(tracing::Level::ERROR, hook.as_str(), error.to_string(), self.now_ms());
            error
        })
    }

    /// Says once a version what is dropped; a page is rendered many times.
    fn report(&self, surface: &str, dropped: &crate::html::Dropped) {
        let mut reported = self.reported.lock();
        if reported.len() < 100 && reported.insert(format!("{surface} {}", dropped.what)) {
            let at = dropped.position.map(|p| format!(" at byte {p}")).unwrap_or_default();
            let message = format!("dropped from the HTML of `{surface}`{at}: {}", dropped.what);
            self.parts.logs.push(tracing::Level::WARN, Hook::Render.as_str(), message, self.now_ms());
        }
    }

    fn now_ms(&self) -> i64 {
        self.parts.clock.now_ms()
    }
}

pub(crate) fn assets_url(id: &str, hash: &str) -> String {
    format!("/plugins/{id}/{hash}/")
}

fn text(request: &impl Serialize) -> String {
    serde_json::to_string(request).expect("requests are strings, numbers and raw JSON")
}

//! What pools ask of race modes.

use async_trait::async_trait;
use regie_core::random_hex;
use regie_plugins::{CallError, Kind, Plugin, Plugins};
use regie_sdk::protocol::{Participant, PresetRequest};
use serde_json::{Map, Value, value::RawValue};

/// The race modes there are. Errors of its calls are reasons for whoever put a seed there.
#[async_trait]
pub trait Modes: Send + Sync + 'static {
    /// Sorted.
    fn ids(&self) -> Vec<String>;

    /// Rises when the modes are others.
    fn generation(&self) -> u64;

    /// Whether a race can start from this document.
    async fn takes(&self, mode: &str, document: &RawValue) -> Result<(), Refusal>;

    /// A seed made from fresh randomness; `None`: the mode makes none. `settings` go over the operator's.
    async fn make(&self, mode: &str, settings: &Map<String, Value>) -> Result<Option<Box<RawValue>>, String>;
}

/// Why a mode does not take a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It says no: so it will the next time.
    Bad(String),
    /// It cannot be asked now.
    Later(String),
}

#[async_trait]
impl Modes for Plugins {
    fn ids(&self) -> Vec<String> {
        let all = self.all();
        all.iter().filter(|plugin| plugin.manifest().kind == Kind::Race).map(|p| p.id().to_owned()).collect()
    }

    fn generation(&self) -> u64 {
        self.generation()
    }

    async fn takes(&self, mode: &str, document: &RawValue) -> Result<(), Refusal> {
        let Some(plugin) = self.get(mode) else {
            return Err(Refusal::Later(format!("the mode `{mode}` is not on the air")));
        };
        takes(&plugin, document).await
    }

    async fn make(&self, mode: &str, settings: &Map<String, Value>) -> Result<Option<Box<RawValue>>, String> {
        let plugin = self.get(mode).ok_or_else(|| format!("the mode `{mode}` is not on the air"))?;
        make(&plugin, settings).await
    }
}

/// Modes that were loaded by themselves, each with the operator's settings: a command line has no drop folder to watch.
pub struct Loaded(pub Vec<(Plugin, Map<String, Value>)>);

impl Loaded {
    fn get(&self, mode: &str) -> Result<&(Plugin, Map<String, Value>), String> {
        let loaded = self.0.iter().find(|(plugin, _)| plugin.id() == mode);
        loaded.ok_or_else(|| format!("the mode `{mode}` is not in the instance's plugins"))
    }
}

#[async_trait]
impl Modes for Loaded {
    fn ids(&self) -> Vec<String> {
        self.0.iter().map(|(plugin, _)| plugin.id().to_owned()).collect()
    }

    fn generation(&self) -> u64 {
        0
    }

    async fn takes(&self, mode: &str, document: &RawValue) -> Result<(), Refusal> {
        let (plugin, _) = self.get(mode).map_err(Refusal::Later)?;
        takes(plugin, document).await
    }

    async fn make(&self, mode: &str, settings: &Map<String, Value>) -> Result<Option<Box<RawValue>>, String> {
        let (plugin, operators) = self.get(mode)?;
        let (mut all, _) = plugin.manifest().effective_settings(operators);
        all.extend(settings.clone());
        make(plugin, &all).await
    }
}

async fn takes(plugin: &Plugin, document: &RawValue) -> Result<(), Refusal> {
    match plugin.preset("seed", request(Map::new(), Some(document.to_owned()))).await {
        Ok(_) => Ok(()),
        Err(error @ (CallError::Unavailable { .. } | CallError::Gone)) => {
            Err(Refusal::Later(error.to_string()))
        }
        Err(error) => Err(Refusal::Bad(said(error))),
    }
}

async fn make(plugin: &Plugin, settings: &Map<String, Value>) -> Result<Option<Box<RawValue>>, String> {
    let (known, faults) = plugin.manifest().effective_settings(settings);
    let unknown =
        settings.keys().find(|key| !known.contains_key(*key)).map(|key| format!("there is no `{key}`"));
    if let Some(fault) = faults.into_iter().next().or(unknown) {
        return Err(format!("[mode] settings of config.toml: {fault}"));
    }
    let answer = plugin.preset("seed", request(settings.clone(), None)).await;
    answer.map(|answer| answer.seed).map_err(said)
}

fn request(settings: Map<String, Value>, seed: Option<Box<RawValue>>) -> PresetRequest<Box<RawValue>> {
    let participants = vec![Participant { slot: 1, label: String::new() }];
    PresetRequest { participants, settings, seed, random: random_hex(32) }
}

/// With the word and the place that help whoever made the document.
fn said(error: CallError) -> String {
    match error {
        CallError::Fault(fault) => {
            let place = fault.path.map(|path| format!(", at {path}")).unwrap_or_default();
            format!("{} ({}{place})", fault.message, fault.code)
        }
        other => other.to_string(),
    }
}

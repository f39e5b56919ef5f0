//! What operators and authors are told about a plugin.

use std::collections::BTreeMap;

use semver::Version;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Kind, SettingField, Timing};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// On the air, and what lies in the folder.
    Ready,
    /// The last good version is on the air; what lies in the folder was refused.
    Stale,
    /// Nothing on the air.
    Failed,
    /// Switched off by the operator.
    Disabled,
}

/// `GET /api/plugins/<id>`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    pub id: String,
    pub name: String,
    /// Absent where no manifest could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Of what is on the air; else of what lies in the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    pub state: State,
    /// Why what lies in the folder is not on the air, in the author's terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The generation of the registry in which it went on the air; 0: not on the air.
    pub generation: u64,
    /// By hook.
    pub timings: BTreeMap<&'static str, Timing>,
    /// Name in the drop folder.
    pub path: String,
    /// Of the package on the air.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Until when (RFC 3339) calls are refused after repeated failures: the latest of `resting`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resting_until: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resting: Vec<Rests>,
    /// False where the operator switched it off.
    pub enabled: bool,
    pub grants: Grants,
    /// Paths of its assets that the operator's files stand for.
    pub overrides: Vec<String>,
    /// Absent where no manifest could be read, and for those who may not see the operator's values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsStatus>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Grants {
    /// Whether the operator lets its scripts run, should it have some.
    pub allow_scripts: bool,
    /// Whether it has some.
    pub wants_scripts: bool,
}

/// Calls that are refused for a while, so that they do no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rests {
    /// RFC 3339.
    pub until: String,
    /// Absent: every hook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hook: Option<&'static str>,
    /// Absent: every document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// The operator's form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SettingsStatus {
    /// In force: defaults, over them the operator's.
    pub values: Map<String, Value>,
    pub fields: Vec<SettingField>,
    /// Values of `config.toml` that do not fit; the defaults stand there.
    pub faults: Vec<String>,
}

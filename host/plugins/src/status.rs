//! What operators and authors are told about a plugin.

use std::collections::BTreeMap;

use semver::Version;
use serde::Serialize;

use crate::{Kind, Timing};

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
    /// Milliseconds since 1970 until which the whole plugin rests after repeated failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resting_until_ms: Option<i64>,
}

//! What crosses between host and plugin, as JSON text. Every type keeps unknown fields out of its way: a host that is newer
//! than a plugin may send more, and a plugin that is newer may answer more.
//!
//! `S` is a document of the plugin's own (`state`, `derived`, `seed`): the host passes it through as raw JSON, the author
//! names a serde type of theirs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A participant as plugins see one: its slot, counted from 1, and the label people gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Participant {
    pub slot: u32,
    #[serde(default)]
    pub label: String,
}

/// Values of the manifest's `[[setting]]`s, defaults filled in by the host.
pub type Settings = Map<String, Value>;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CatalogRequest {
    /// `en` or `fr`; a plugin answers its first locale for one that it does not have.
    pub locale: String,
    #[serde(default)]
    pub settings: Settings,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PresetRequest<Seed> {
    pub participants: Vec<Participant>,
    #[serde(default)]
    pub settings: Settings,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub seed: Option<Seed>,
    /// 64 hex digits, drawn once and kept: the same request gives the same answer.
    pub random: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PresetAnswer<S, D, Seed> {
    pub state: S,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub seed: Option<Seed>,
}

/// Who acted. `participant` is the actor's own slot, where the actor is one of the participants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActorContext {
    pub id: String,
    pub name: String,
    /// `viewer`, `editor`, `restreamer`, `admin` or `host`.
    pub role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub participant: Option<u32>,
}

/// Everything an action may depend on besides the state; stored with it, so that it can be run again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActionContext {
    /// Milliseconds since 1970; never falls within one document.
    pub now_ms: i64,
    /// 64 hex digits.
    pub random: String,
    pub actor: ActorContext,
    pub participants: Vec<Participant>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActionEnvelope<A> {
    pub action: A,
    pub ctx: ActionContext,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UpdateRequest<S, D, A> {
    pub state: S,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
    /// In order, 32 at most.
    pub actions: Vec<ActionEnvelope<A>>,
    #[serde(default)]
    pub settings: Settings,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UpdateAnswer<S> {
    /// The state after all actions; refused ones have left no trace in it.
    pub state: S,
    /// One per action, in order.
    pub results: Vec<ActionResult>,
}

/// What became of one action: accepted (`changed`), or refused (`fault`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ActionResult {
    #[serde(default)]
    pub changed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Effect>>"))]
    pub effects: Vec<Effect>,
    /// What happened, for the history: "Bow → Iron Bow".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub words: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub fault: Option<Fault>,
}

/// What a plugin asks the host to do once the action is committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Effect {
    Finished { participant: u32 },
    Notify { participant: u32, message: Map<String, Value> },
    Announce { text: String },
}

/// A clean refusal; `code` is a stable word, `path` points into the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Fault {
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub path: Option<String>,
}

impl Fault {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), path: None }
    }

    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RenderRequest<S, D> {
    /// The state, or what `project` left of it.
    #[serde(alias = "view")]
    pub state: S,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub revealed: Option<Value>,
    /// `live`, `overlay:<name>`, `overlay:<name>:base`, `editor` or `panel`.
    pub surface: String,
    /// Only this participant; all of them where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub slot: Option<u32>,
    pub locale: String,
    pub can_edit: bool,
    pub participants: Vec<Participant>,
    #[serde(default)]
    pub settings: Settings,
    /// Base URL of the plugin's assets, with a slash at its end.
    pub assets: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MigrateRequest<S, D> {
    /// The `state_version` the document was written with.
    pub from: u32,
    pub state: S,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
    #[serde(default)]
    pub settings: Settings,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MigrateAnswer<S, D> {
    pub state: S,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
}

/// A participant of a race.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Racer {
    pub slot: u32,
    #[serde(default)]
    pub label: String,
    /// `registered`, `ready`, `playing`, `finished`, `abandoned` or `disqualified`.
    pub status: String,
}

/// Where the race stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RaceStatus {
    /// `draft`, `open`, `countdown`, `running`, `finished` or `cancelled`.
    pub status: String,
    /// RFC 3339 in UTC; absent before the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub started_at: Option<String>,
    /// The same in milliseconds since 1970, to count with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub started_at_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StandingsRequest<S, D> {
    pub state: S,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
    pub participants: Vec<Racer>,
    pub race: RaceStatus,
    /// Milliseconds since 1970.
    pub now_ms: i64,
    #[serde(default)]
    pub settings: Settings,
}

/// How everybody stands, best first. What a mode adds besides is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Standings {
    pub participants: Vec<Standing>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// How one participant stands. What a mode adds besides is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Standing {
    /// Its slot.
    pub participant: u32,
    /// Counted from 1; ties share a place.
    pub place: u32,
    #[serde(default)]
    pub status: String,
    /// The mode's own measure; more is further.
    #[serde(default)]
    pub progress: f64,
    /// Milliseconds of in-game time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub igt_ms: Option<u64>,
    /// Milliseconds behind the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub gap_ms: Option<i64>,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A class of viewers: all who may see the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ViewerClass {
    /// `public`, `nobody`, `participant`, `caster` or `organizer`.
    pub role: String,
    /// Its slot, where it is one of the participants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub participant: Option<u32>,
    /// How far that participant's own time is, in milliseconds of in-game time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub igt_ms: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProjectRequest<S, D> {
    pub state: S,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
    pub participants: Vec<Racer>,
    pub race: RaceStatus,
    /// Milliseconds since 1970.
    pub now_ms: i64,
    #[serde(default)]
    pub settings: Settings,
    pub standings: Standings,
    pub viewer: ViewerClass,
}

/// All that a class of viewers may see. Nothing else leaves the host.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProjectAnswer<V> {
    /// What `render` gets in place of the state.
    pub view: V,
    pub standings: Standings,
    /// Which part of the seed they may see, 4 KB at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reveal: Option<Value>,
}

/// Asks for the part of the seed that a projection revealed; the answer is the mode's own JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RevealRequest<Seed, D> {
    pub seed: Seed,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub derived: Option<D>,
    pub reveal: Value,
    #[serde(default)]
    pub settings: Settings,
}

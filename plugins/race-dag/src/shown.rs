//! What a class of viewers is shown of a race: `project` makes it, `render` draws it and gets nothing else.
//!
//! A view draws what is here and asks nothing further (neither `derived` nor the viewer's role): what must not be seen is not here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub phase: Phase,
    pub sees: Sees,
    /// Layers are counted from 0, so the last one is `total_layers - 1`.
    pub total_layers: u32,
    /// Everybody who takes part, best first; before the start by slot. Labels are in `View::participants`, by slot.
    pub runners: Vec<Runner>,
    /// In milliseconds of in-game time, when a layer was first reached by anybody; by layer.
    #[serde(default)]
    pub splits: BTreeMap<u32, u64>,
    /// Every node whose id occurs in `runners`.
    #[serde(default)]
    pub nodes: BTreeMap<String, Spot>,
    /// What `map::layout` made of the whole graph: where to draw runners and their ways over the base layer. Absent unless
    /// `sees` is [`Sees::All`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<serde_json::Value>,
}

/// How far the race is, for these viewers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Draft, open or countdown: nobody has moved.
    #[default]
    Waiting,
    Running,
    /// Everything is known.
    Over,
    Cancelled,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sees {
    /// Who takes part and their statuses: no number, no place, no map.
    #[default]
    Nothing,
    /// The way of the runner in this slot; of the others what a leaderboard shows.
    Own(u32),
    /// Everything, with positions.
    All,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Runner {
    pub slot: u32,
    /// From 1; equals share one. With [`Sees::Nothing`] it says no more than the status.
    pub place: u32,
    /// `registered`, `ready`, `playing`, `finished`, `abandoned` or `disqualified`.
    pub status: String,
    /// The highest layer they have reached; it never falls. 0 too where it may not be known.
    #[serde(default)]
    pub layer: u32,
    /// Milliseconds of in-game time; the final time of who has finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub igt_ms: Option<u64>,
    /// Milliseconds behind the leader at this point of the way; 0 for the leader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deaths: Option<u64>,
    /// In-game time at which `layer` was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer_igt_ms: Option<u64>,
    /// What may be known of where they are and were; absent for runners whose way is hidden, and before they start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Way {
    /// Id of the node they are in.
    pub at: String,
    /// Id of the node they were in before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Visits in the order of in-game time, the start first; a node they came back to occurs again.
    pub history: Vec<Visit>,
    /// The gates out of the node they are in.
    #[serde(default)]
    pub exits: Vec<Exit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Id of the node.
    pub node: String,
    /// When it was entered.
    pub igt_ms: u64,
    #[serde(default)]
    pub deaths: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Where in the node the gate stands, in words.
    pub text: String,
    /// Id of the node behind it, once this runner has been there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A node, as far as it is worth saying beside a map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub name: String,
    /// As [`crate::graph::Node::kind`].
    pub kind: String,
    pub layer: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_tier: Option<i64>,
}

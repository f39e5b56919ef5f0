//! The seed's document: nodes in layers, edges between them, gates with their texts, and which event flag means which node.
//!
//! Versions 3.0 to 4.4 differ in what is absent; fields that a race has no use for are left out when it is written again.

mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::check;

/// `type` of a node that stands for one the viewer may know nothing of but that it is there.
pub const HIDDEN: &str = "hidden";

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    #[serde(default)]
    pub version: String,
    /// What it was generated from, mostly a number; absent where that would give the rest away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<serde_json::Value>,
    #[serde(default)]
    pub total_layers: u32,
    #[serde(default)]
    pub total_nodes: u32,
    /// By id.
    #[serde(default)]
    pub nodes: BTreeMap<String, Node>,
    #[serde(default)]
    pub edges: Vec<Edge>,
    /// Event flag (a number, as text) to node id. Several flags may mean one node; old files have none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub event_map: BTreeMap<String, String>,
    /// The flag that ends a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_event: Option<u64>,
}

/// A place: one station of the map, made of one zone of the game or several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// `start`, `mini_dungeon`, `boss_arena`, `major_boss`, `legacy_dungeon`, `final_boss`, [`HIDDEN`], or one not known here.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Empty where it is [`HIDDEN`].
    #[serde(default)]
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    /// Counted from 0; rises along every edge.
    pub layer: u32,
    /// How hard enemies hit there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_tier: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exits: Vec<Exit>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrances: Vec<Entrance>,
}

/// A gate out of a node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Exit {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fog_id: Option<String>,
    /// Where in the node it stands, in words.
    #[serde(default)]
    pub text: String,
    /// The zone it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Id of the node behind it.
    pub to: String,
}

/// Where one arrives in a node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entrance {
    #[serde(default)]
    pub text: String,
    /// Id of the node one comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The zone one arrives in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    pub from: String,
    pub to: String,
}

impl Graph {
    /// The id of the node where runs begin: the one of that type, or the one in the lowest layer where none has it. `None` where there are
    /// several.
    pub fn start(&self) -> Option<&str> {
        let lowest = self.nodes.values().map(|node| node.layer).min()?;
        let typed = self.nodes.values().any(|node| node.kind == "start");
        let begins = |node: &Node| if typed { node.kind == "start" } else { node.layer == lowest };
        let mut found = self.nodes.iter().filter(|(_, node)| begins(node)).map(|(id, _)| id.as_str());
        found.next().filter(|_| found.next().is_none())
    }

    /// What `reveal` answers is this document with these beside it: the map, and the way of the only runner it is about.
    pub fn revealed(self, way: Option<Way>, layout: serde_json::Value) -> Revealed {
        Revealed { graph: self, way, layout }
    }
}

/// The part of a seed that a class of viewers may see; `revealed` of a base layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revealed {
    #[serde(flatten)]
    pub graph: Graph,
    /// Set where the graph is what one runner has seen so far: nodes they have not been to are [`HIDDEN`], with an id that says nothing.
    /// There is no layer of positions over such a map, so the base shows the way and where the runner is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// What `map::layout` made of `graph`.
    pub layout: serde_json::Value,
}

/// Where one runner has been.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Way {
    pub slot: u32,
    /// Ids of the nodes they have been to.
    pub nodes: Vec<String>,
    /// The edges they took.
    pub links: Vec<Edge>,
    /// Where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

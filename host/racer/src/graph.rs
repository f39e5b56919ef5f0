//! The seed document, as far as a run needs it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Deserialize;

/// Places, ways between them, and the flags that a game raises on its way.
#[derive(Debug, Clone, Deserialize)]
pub struct Graph {
    #[serde(default)]
    pub total_layers: u32,
    pub nodes: BTreeMap<String, Node>,
    #[serde(default)]
    pub edges: Vec<Edge>,
    /// Flag to node.
    #[serde(default)]
    pub event_map: BTreeMap<String, String>,
    #[serde(default)]
    pub finish_event: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Node {
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub zones: Vec<String>,
    #[serde(default)]
    pub layer: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Edge {
    pub from: String,
    pub to: String,
}

impl Graph {
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
    }

    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let graph: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if graph.start().is_none() {
            return Err("there is no place to start from".into());
        }
        Ok(graph)
    }

    pub fn start(&self) -> Option<&str> {
        let entered: BTreeSet<_> = self.edges.iter().map(|edge| edge.to.as_str()).collect();
        let start = self.nodes.iter().find(|(_, node)| node.kind == "start");
        let source = || self.nodes.iter().find(|(id, _)| !entered.contains(id.as_str()));
        start.or_else(source).map(|(id, _)| id.as_str())
    }

    /// Where ways lead from a place, each once.
    pub fn next(&self, id: &str) -> Vec<&str> {
        let ways: BTreeSet<_> =
            self.edges.iter().filter(|edge| edge.from == id).map(|edge| edge.to.as_str()).collect();
        ways.into_iter().filter(|to| self.nodes.contains_key(*to)).collect()
    }

    /// What the game calls a place.
    pub fn zone<'g>(&'g self, id: &'g str) -> &'g str {
        self.nodes.get(id).and_then(|node| node.zones.first()).map_or(id, String::as_str)
    }

    /// Every flag that says that this place was entered.
    pub fn flags(&self, id: &str) -> Vec<u64> {
        self.event_map
            .iter()
            .filter(|(_, node)| *node == id)
            .filter_map(|(flag, _)| flag.parse().ok())
            .collect()
    }
}

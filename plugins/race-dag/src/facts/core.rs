use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Names;
use crate::graph::{Graph, Node};

/// The index of a seed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Core {
    pub total_layers: u32,
    /// Where runs begin.
    pub start: u16,
    /// The flag that ends a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<u64>,
    /// Types of nodes, by [`Place::kind`].
    pub kinds: Vec<String>,
    pub places: Vec<Place>,
    /// Event flags with the node that each means, lowest flag first.
    pub flags: Vec<(u64, u16)>,
}

/// A node. Written as a row without names of fields, for there is a limit to `derived`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub struct Place {
    pub id: String,
    pub kind: u16,
    pub layer: u32,
    pub tier: Option<i64>,
    pub original_tier: Option<i64>,
    /// Empty text stands for the zone by which the id begins ([`stem`]).
    pub zones: Vec<String>,
    /// Nodes behind its gates, one for each gate.
    pub exits: Vec<u16>,
}

type Row = (String, u16, u32, Option<i64>, Option<i64>, Vec<String>, Vec<u16>);

impl From<Row> for Place {
    fn from((id, kind, layer, tier, original_tier, zones, exits): Row) -> Self {
        Self { id, kind, layer, tier, original_tier, zones, exits }
    }
}

impl From<Place> for Row {
    fn from(place: Place) -> Self {
        let Place { id, kind, layer, tier, original_tier, zones, exits } = place;
        (id, kind, layer, tier, original_tier, zones, exits)
    }
}

impl Core {
    /// Of a graph that was checked.
    pub fn of(graph: &Graph) -> (Self, Names) {
        let order = order(graph);
        let number: BTreeMap<&str, u16> = (0..).zip(&order).map(|(number, (id, _))| (*id, number)).collect();
        let at = |id: &str| number.get(id).copied().unwrap_or_default();
        let kinds: BTreeSet<&str> = graph.nodes.values().map(|node| node.kind.as_str()).collect();
        let kinds: Vec<String> = kinds.into_iter().map(str::to_owned).collect();
        let mut names = Names::default();
        let mut places = Vec::new();
        for (id, node) in order {
            let gates = gates(graph, id, node);
            places.push(Place {
                id: id.to_owned(),
                kind: kinds.iter().position(|kind| *kind == node.kind).map_or(0, |at| at as u16),
                layer: node.layer,
                tier: node.tier,
                original_tier: node.original_tier,
                zones: node.zones.iter().map(|zone| shortened(zone, id)).collect(),
                exits: gates.iter().map(|(_, to)| at(to)).collect(),
            });
            let name = if node.display_name.is_empty() { id } else { &node.display_name };
            names.nodes.push(name.to_owned());
            names.exits.push(gates.into_iter().map(|(text, _)| text).collect());
        }
        let mut flags: Vec<(u64, u16)> =
            graph.event_map.iter().filter_map(|(flag, node)| Some((flag.parse().ok()?, at(node)))).collect();
        flags.sort_unstable();
        let start = at(graph.start().unwrap_or_default());
        let core = Self {
            total_layers: graph.total_layers,
            start,
            finish: graph.finish_event,
            kinds,
            places,
            flags,
        };
        (core, names)
    }

    pub fn place(&self, node: u16) -> Option<&Place> {
        self.places.get(usize::from(node))
    }

    pub fn id(&self, node: u16) -> &str {
        self.place(node).map_or("", |place| &place.id)
    }

    pub fn layer(&self, node: u16) -> u32 {
        self.place(node).map_or(0, |place| place.layer)
    }

    pub fn kind(&self, place: &Place) -> &str {
        self.kinds.get(usize::from(place.kind)).map_or("", String::as_str)
    }

    /// The node of that id, or with that zone: of several the one that is `here`, else one behind its gates, else the first.
    pub fn find(&self, name: &str, here: Option<u16>) -> Option<u16> {
        let all = || (0..).zip(&self.places);
        if let Some((number, _)) = all().find(|(_, place)| place.id == name) {
            return Some(number);
        }
        let near = |number: u16| match here {
            Some(here) if here == number => 0,
            Some(here) if self.place(here).is_some_and(|place| place.exits.contains(&number)) => 1,
            _ => 2,
        };
        let with_zone = all().filter(|(_, place)| place.has_zone(name)).map(|(number, _)| number);
        with_zone.min_by_key(|number| (near(*number), *number))
    }

    /// Where the flag is in the list, and the node that it means.
    pub fn flag(&self, flag: u64) -> Option<(u16, u16)> {
        let at = self.flags.binary_search_by_key(&flag, |(flag, _)| *flag).ok()?;
        Some((u16::try_from(at).ok()?, self.flags[at].1))
    }
}

impl Place {
    fn has_zone(&self, name: &str) -> bool {
        self.zones.iter().any(|zone| if zone.is_empty() { stem(&self.id) == name } else { zone == name })
    }
}

/// Nodes by layer, then id: the order their numbers count in.
pub fn order(graph: &Graph) -> Vec<(&str, &Node)> {
    let mut order: Vec<(&str, &Node)> = graph.nodes.iter().map(|(id, node)| (id.as_str(), node)).collect();
    order.sort_by_key(|(id, node)| (node.layer, *id));
    order
}

/// Text and target of every gate, and of edges that have none (old files say nothing of gates).
fn gates(graph: &Graph, id: &str, node: &Node) -> Vec<(String, String)> {
    let mut gates: Vec<(String, String)> =
        node.exits.iter().map(|exit| (exit.text.clone(), exit.to.clone())).collect();
    for edge in graph.edges.iter().filter(|edge| edge.from == id) {
        if !gates.iter().any(|(_, to)| *to == edge.to) {
            gates.push((format!("exit {}", gates.len() + 1), edge.to.clone()));
        }
    }
    gates
}

/// An id without the four digits at its end: mostly its first zone.
fn stem(id: &str) -> &str {
    id.rsplit_once('_').map_or(id, |(stem, _)| stem)
}

fn shortened(zone: &str, id: &str) -> String {
    if stem(id) == zone { String::new() } else { zone.to_owned() }
}

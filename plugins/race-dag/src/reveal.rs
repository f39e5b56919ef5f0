//! Which part of a seed may be seen, as a few bytes, and that part of it, as a document.

mod bits;
mod own;

use regie_sdk::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::facts::{Core, Derived};
use crate::graph::{Graph, Revealed};
use crate::map;
use crate::ranks::Row;

/// Names a part of the seed: `"all"`, or where one runner was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    All,
    Own {
        slot: u32,
        /// Numbers of nodes, as bits in hex.
        nodes: String,
        /// Edges taken: numbers in the order of nodes and their gates, as bits in hex.
        links: String,
        at: u16,
    },
}

impl Part {
    /// What a runner has seen; `None` before the start.
    pub fn own(row: &Row, core: &Core) -> Option<Self> {
        let at = row.here()?;
        let steps: Vec<(u16, u16)> = row.visits.windows(2).map(|pair| (pair[0].node, pair[1].node)).collect();
        let links = own::links(core);
        Some(Self::Own {
            slot: row.slot,
            nodes: bits::write(row.visits.iter().map(|visit| usize::from(visit.node))),
            links: bits::write((0..links.len()).filter(|link| steps.contains(&links[*link]))),
            at,
        })
    }
}

impl From<Part> for Value {
    fn from(part: Part) -> Self {
        json!(part)
    }
}

/// That part of the seed, with its map.
///
/// # Errors
/// `bad_reveal` where `part` is none, `bad_seed` where `seed` is none.
pub fn reveal(seed: Value, part: Value, derived: Option<&Derived>) -> Result<Value, Fault> {
    let part: Part = serde_json::from_value(part).map_err(|error| bad("bad_reveal", "reveal", &error))?;
    let graph: Graph = serde_json::from_value(seed).map_err(|error| bad("bad_seed", "seed", &error))?;
    let salt = derived.map(|derived| derived.salt.as_str()).unwrap_or_default();
    let (graph, way) = match part {
        Part::All => (everything(graph), None),
        Part::Own { slot, nodes, links, at } => {
            let own = own::Own::of(&graph, salt, &bits::read(&nodes), &bits::read(&links), at);
            (own.graph(), Some(own.way(slot)))
        }
    };
    let layout = json!(map::layout(&graph).document());
    let revealed: Revealed = graph.revealed(way, layout);
    serde_json::to_value(revealed).map_err(|error| bad("bad_answer", "seed", &error))
}

/// All but the flags: who could set them belongs to the players' games.
fn everything(mut graph: Graph) -> Graph {
    graph.event_map.clear();
    graph.finish_event = None;
    graph
}

fn bad(code: &str, path: &str, error: &serde_json::Error) -> Fault {
    Fault::new(code, error.to_string()).at(path)
}

//! Graphs to lay out: generated ones, and those of the real seeds that a machine happens to have.

use race_dag::map::Stop;
use serde_json::Value;

use super::random::Random;
use super::seeds::real_seeds;

/// Nodes with their layers, and links.
#[derive(Debug, Clone)]
pub struct Graph {
    pub name: String,
    pub nodes: Vec<(String, u32)>,
    pub links: Vec<(String, String)>,
}

impl Graph {
    pub fn stops(&self) -> Vec<Stop<'_>> {
        self.nodes.iter().map(|(id, layer)| Stop { id, layer: *layer }).collect()
    }

    pub fn links(&self) -> Vec<(&str, &str)> {
        self.links.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect()
    }
}

/// One that forks and merges, of about this many nodes: the same for the same number.
pub fn generated(layers: u32, nodes: usize, random: u64) -> Graph {
    let mut random = Random(random);
    let width = |layer: u32| if layer == 0 || layer + 1 == layers { 1 } else { nodes.saturating_sub(2) };
    let mut columns: Vec<Vec<String>> = Vec::new();
    let mut left = nodes.saturating_sub(2);
    for layer in 0..layers {
        let rest = (layers.saturating_sub(layer + 1)).max(1) as usize;
        let count = if width(layer) == 1 { 1 } else { (left / rest + random.below(3)).clamp(1, 7) };
        left = left.saturating_sub(count);
        columns.push((0..count).map(|at| format!("n{layer}_{at}")).collect());
    }
    let mut links = Vec::new();
    for (layer, pair) in columns.windows(2).enumerate() {
        let (from, to) = (&pair[0], &pair[1]);
        for (at, id) in from.iter().enumerate() {
            links.push((id.clone(), to[at * to.len() / from.len()].clone()));
        }
        for (at, id) in to.iter().enumerate() {
            links.push((from[at * from.len() / to.len()].clone(), id.clone()));
        }
        if random.below(3) == 0 {
            links.push((from[random.below(from.len())].clone(), to[random.below(to.len())].clone()));
        }
        if let Some(far) = columns.get(layer + 2 + random.below(2)).filter(|_| random.below(4) == 0) {
            links.push((from[random.below(from.len())].clone(), far[random.below(far.len())].clone()));
        }
    }
    let nodes = (0..).zip(&columns).flat_map(|(layer, ids)| ids.iter().map(move |id| (id.clone(), layer)));
    Graph { name: format!("generated-{layers}"), nodes: nodes.collect(), links }
}

/// Generated graphs of the three sizes that the layout was made for, and every real seed there is.
pub fn all() -> Vec<Graph> {
    let sizes = [(13, 27), (24, 69), (30, 109)];
    let mut all: Vec<Graph> = sizes.iter().map(|&(layers, nodes)| generated(layers, nodes, 7)).collect();
    all.extend(real_seeds().iter().map(|(name, seed)| read(name, seed)));
    all
}

fn read(name: &str, seed: &Value) -> Graph {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let layer = |node: &Value| node["layer"].as_u64().and_then(|layer| layer.try_into().ok()).unwrap_or(0);
    let nodes = seed["nodes"].as_object().into_iter().flatten().map(|(id, node)| (id.clone(), layer(node)));
    let links = seed["edges"].as_array().into_iter().flatten().map(|edge| (text(&edge["from"]), text(&edge["to"])));
    Graph { name: name.to_owned(), nodes: nodes.collect(), links: links.collect() }
}

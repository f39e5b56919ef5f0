//! A seed of the mode's own, made from the host's random digits and the settings: for a race without a pool, and to fill one.
//!
//! Ways run side by side through the layers; now and then one splits, or two meet. All end in one node.

mod names;

use std::collections::BTreeMap;

use regie_sdk::Settings;

use crate::graph::{Edge, Entrance, Exit, Graph, Node};
use crate::random::Random;
use names::Names;

/// What an operator may want of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// 5 to 30, the start and the end among them.
    pub layers: u32,
    /// The most ways side by side: 1 to 4.
    pub paths: usize,
    /// How many layers in a hundred change the ways: by a split, or by two that meet.
    pub branching: u32,
    /// How many nodes in a hundred are arenas.
    pub arenas: u32,
}

impl Wish {
    pub fn of(settings: &Settings) -> Self {
        let number = |key: &str, default: u64, least: u64, most: u64| {
            settings.get(key).and_then(serde_json::Value::as_u64).unwrap_or(default).clamp(least, most)
        };
        let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        Self {
            layers: small(number("layers", 13, 5, 30)),
            paths: usize::try_from(number("paths", 3, 1, 4)).unwrap_or(1),
            branching: small(number("branching", 40, 0, 100)),
            arenas: small(number("arenas", 50, 0, 100)),
        }
    }
}

pub fn generate(random: &str, wish: &Wish) -> Graph {
    let mut chance = Random::of(random, "generate");
    let number = chance.draw() % 1_000_000_000;
    let mut names = Names::new(&mut chance);
    let mut graph = Graph {
        version: "4.4".into(),
        seed: Some(number.into()),
        total_layers: wish.layers,
        ..Graph::default()
    };
    let mut ways = vec![add(&mut graph, &mut names, "start", 0, 1)];
    for layer in 1..wish.layers {
        let last = layer + 1 == wish.layers;
        let groups = if last { vec![ways] } else { next(ways, layer, wish, &mut chance) };
        // Two groups that share a way are where it splits.
        ways = groups
            .iter()
            .map(|from| {
                let kind = if last { "final_boss" } else { kind(layer, wish, &mut chance) };
                let tier = 1 + i64::from(layer) * 20 / i64::from(wish.layers) + i64::from(chance.percent(30));
                let to = add(&mut graph, &mut names, kind, layer, tier);
                from.iter().for_each(|from| connect(&mut graph, &mut names, from, &to));
                to
            })
            .collect();
    }
    graph.total_nodes = u32::try_from(graph.nodes.len()).unwrap_or(u32::MAX);
    flags(&mut graph, &mut chance);
    graph
}

/// From which of the ways each node of the next layer is reached.
fn next(ways: Vec<String>, layer: u32, wish: &Wish, chance: &mut Random) -> Vec<Vec<String>> {
    let at = chance.below(ways.len());
    let mut groups: Vec<Vec<String>> = ways.into_iter().map(|way| vec![way]).collect();
    // The first step offers a choice where there may be one.
    let changes = layer == 1 || chance.percent(wish.branching);
    if !changes {
        return groups;
    }
    let splits = groups.len() < wish.paths && (groups.len() == 1 || chance.percent(60));
    if splits {
        let split = groups[at].clone();
        groups.insert(at, split);
    } else if groups.len() > 1 {
        let with = if at + 1 < groups.len() { at + 1 } else { at - 1 };
        let met = groups.remove(at.max(with));
        groups[at.min(with)].extend(met);
    }
    groups
}

fn kind(layer: u32, wish: &Wish, chance: &mut Random) -> &'static str {
    match () {
        // The last layers before the end are the hard ones.
        () if chance.percent(wish.arenas) => {
            if layer * 2 > wish.layers && chance.percent(50) {
                "major_boss"
            } else {
                "boss_arena"
            }
        }
        () if chance.percent(25) => "legacy_dungeon",
        () => "mini_dungeon",
    }
}

fn add(graph: &mut Graph, names: &mut Names, kind: &str, layer: u32, tier: i64) -> String {
    let name = names.place(kind);
    let id = names.id(&name);
    let zone = id.rsplit_once('_').map_or(id.as_str(), |(zone, _)| zone).to_owned();
    let inner = (kind == "legacy_dungeon").then(|| format!("{zone}_inner"));
    let node = Node {
        kind: kind.into(),
        display_name: name,
        zones: [zone].into_iter().chain(inner).collect(),
        layer,
        tier: Some(tier),
        ..Node::default()
    };
    graph.nodes.insert(id.clone(), node);
    id
}

fn connect(graph: &mut Graph, names: &mut Names, from: &str, to: &str) {
    let (gate, arrival) = (names.gate(), names.arrival());
    if let Some(node) = graph.nodes.get_mut(from) {
        let number = node.exits.len() + 1;
        let zone = node.zones.last().cloned();
        node.exits.push(Exit {
            fog_id: Some(format!("gate_{number}")),
            text: gate,
            from: zone,
            to: to.into(),
        });
    }
    if let Some(node) = graph.nodes.get_mut(to) {
        let zone = node.zones.first().cloned();
        node.entrances.push(Entrance { text: arrival, from: Some(from.into()), to: zone });
    }
    graph.edges.push(Edge { from: from.into(), to: to.into() });
}

/// A flag for every edge, and after them one for the end.
fn flags(graph: &mut Graph, chance: &mut Random) {
    let first = 700_000_000 + chance.draw() % 1_000 * 10_000;
    let flags = (first..).zip(&graph.edges);
    let map: BTreeMap<String, String> =
        flags.map(|(flag, edge)| (flag.to_string(), edge.to.clone())).collect();
    graph.finish_event = Some(first + map.len() as u64);
    graph.event_map = map;
}

use std::collections::{BTreeMap, BTreeSet};

use regie_sdk::Fault;

use super::{Edge, Graph};

/// More than any real seed by far, few enough for one call.
const NODES: usize = 2_000;

/// Says what is wrong with a seed and where, before a race stands on it.
///
/// # Errors
/// `bad_seed` with the path, for: no node, too many, no start, an edge, gate or flag to nowhere, layers that do not rise along an edge (a
/// cycle is one), a last layer that cannot be reached, a flag that is no number, a finish that is also an entrance.
pub fn check(graph: &Graph) -> Result<(), Fault> {
    if graph.nodes.is_empty() {
        return Err(bad("the seed has no nodes", "seed.nodes"));
    }
    if graph.nodes.len() > NODES {
        return Err(bad(format!("{} nodes; at most {NODES}", graph.nodes.len()), "seed.nodes"));
    }
    let Some(start) = graph.start() else {
        return Err(bad("there must be one node of type `start`", "seed.nodes"));
    };
    links(graph)?;
    acyclic(graph)?;
    layers(graph)?;
    reachable(graph, start)?;
    flags(graph)
}

fn bad(text: impl Into<String>, path: impl Into<String>) -> Fault {
    Fault::new("bad_seed", text).at(path)
}

/// Edges and gates lead from a node that is there to another that is.
fn links(graph: &Graph) -> Result<(), Fault> {
    let known = |id: &str, path: &dyn Fn() -> String| {
        if graph.nodes.contains_key(id) {
            return Ok(());
        }
        Err(bad(format!("there is no node `{id}`"), path()))
    };
    for (index, edge) in graph.edges.iter().enumerate() {
        known(&edge.from, &|| format!("seed.edges[{index}].from"))?;
        known(&edge.to, &|| format!("seed.edges[{index}].to"))?;
    }
    for (id, node) in &graph.nodes {
        for (index, exit) in node.exits.iter().enumerate() {
            known(&exit.to, &|| format!("seed.nodes.{id}.exits[{index}].to"))?;
        }
    }
    Ok(())
}

/// Takes away nodes that nothing leads to until none is left; what is left over goes round in circles.
fn acyclic(graph: &Graph) -> Result<(), Fault> {
    let ways = ways(graph);
    let mut arrivals: BTreeMap<&str, usize> = graph.nodes.keys().map(|id| (id.as_str(), 0)).collect();
    for to in ways.values().flatten() {
        if let Some(count) = arrivals.get_mut(to) {
            *count += 1;
        }
    }
    let mut free: Vec<&str> = arrivals.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut taken = 0;
    while let Some(id) = free.pop() {
        taken += 1;
        for to in ways.get(id).into_iter().flatten() {
            if let Some(count) = arrivals.get_mut(to) {
                *count -= 1;
                if *count == 0 {
                    free.push(to);
                }
            }
        }
    }
    if taken == graph.nodes.len() {
        return Ok(());
    }
    let round = graph.edges.iter().position(|Edge { from, to }| {
        arrivals.get(from.as_str()).is_some_and(|n| *n > 0)
            && arrivals.get(to.as_str()).is_some_and(|n| *n > 0)
    });
    let path = round.map_or("seed.nodes".into(), |index| format!("seed.edges[{index}]"));
    Err(bad("the edges go round in a circle", path))
}

fn layers(graph: &Graph) -> Result<(), Fault> {
    for (id, node) in &graph.nodes {
        if node.layer >= graph.total_layers {
            let text = format!("layer {} of {} layers, counted from 0", node.layer, graph.total_layers);
            return Err(bad(text, format!("seed.nodes.{id}.layer")));
        }
    }
    for (index, edge) in graph.edges.iter().enumerate() {
        let (from, to) = (&graph.nodes[&edge.from], &graph.nodes[&edge.to]);
        if to.layer <= from.layer {
            let text = format!("leads from layer {} to layer {}; layers must rise", from.layer, to.layer);
            return Err(bad(text, format!("seed.edges[{index}]")));
        }
    }
    Ok(())
}

/// The last layer is reached from the start: otherwise nobody can finish.
fn reachable(graph: &Graph, start: &str) -> Result<(), Fault> {
    let ways = ways(graph);
    let mut reached = BTreeSet::from([start]);
    let mut next = vec![start];
    while let Some(id) = next.pop() {
        next.extend(ways.get(id).into_iter().flatten().copied().filter(|to| reached.insert(to)));
    }
    let last = graph.nodes.values().map(|node| node.layer).max();
    let lost = graph.nodes.iter().find(|(id, node)| {
        (node.kind == "final_boss" || Some(node.layer) == last) && !reached.contains(id.as_str())
    });
    match lost {
        Some((id, _)) => Err(bad("no way leads there from the start", format!("seed.nodes.{id}"))),
        None => Ok(()),
    }
}

fn flags(graph: &Graph) -> Result<(), Fault> {
    for (flag, node) in &graph.event_map {
        let path = || format!("seed.event_map.{flag}");
        if !graph.nodes.contains_key(node) {
            return Err(bad(format!("there is no node `{node}`"), path()));
        }
        match flag.parse::<u64>() {
            Ok(number) if graph.finish_event == Some(number) => {
                return Err(bad("the flag that ends a run means no node", path()));
            }
            Ok(_) => {}
            Err(_) => return Err(bad("a flag is a number", path())),
        }
    }
    Ok(())
}

fn ways(graph: &Graph) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut ways: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in &graph.edges {
        ways.entry(&edge.from).or_default().insert(&edge.to);
    }
    ways
}

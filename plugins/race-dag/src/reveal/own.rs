use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Core, tokens};
use crate::graph::{Edge, Exit, Graph, HIDDEN, Node, Way};

/// Edges by number: those of the first node in the order of their targets, then those of the second.
pub fn links(core: &Core) -> Vec<(u16, u16)> {
    let of = |(number, place): (u16, &crate::facts::Place)| {
        let exits: BTreeSet<u16> = place.exits.iter().copied().collect();
        exits.into_iter().map(move |to| (number, to))
    };
    (0..).zip(&core.places).flat_map(of).collect()
}

/// What one runner has seen: the nodes they were in, and that there is something behind the gates of these.
pub struct Own<'a> {
    graph: &'a Graph,
    been: BTreeSet<&'a str>,
    /// Edges out of nodes they were in.
    links: Vec<(&'a str, &'a str)>,
    /// Those of them that they took.
    taken: BTreeSet<(&'a str, &'a str)>,
    /// The id by which a node is told, where it is told at all.
    told: BTreeMap<&'a str, String>,
    at: Option<&'a str>,
}

impl<'a> Own<'a> {
    /// `been` and `taken` are numbers of nodes and of [`links`].
    pub fn of(
        graph: &'a Graph,
        salt: &str,
        been: &BTreeSet<usize>,
        taken: &BTreeSet<usize>,
        at: u16,
    ) -> Self {
        let order: Vec<&str> = crate::facts::order(graph).into_iter().map(|(id, _)| id).collect();
        let (core, _) = Core::of(graph);
        let ids =
            |(from, to): (u16, u16)| Some((*order.get(usize::from(from))?, *order.get(usize::from(to))?));
        let numbered: Vec<_> = links(&core).into_iter().filter_map(ids).collect();
        let been: BTreeSet<&str> = been.iter().filter_map(|number| order.get(*number)).copied().collect();
        let seen = |link: &(&str, &str)| been.contains(link.0);
        let taken = taken.iter().filter_map(|link| numbered.get(*link)).copied().filter(seen).collect();
        let links: Vec<_> = numbered.into_iter().filter(seen).collect();
        let tokens = tokens(salt, order.len());
        let behind: BTreeSet<&str> = links.iter().map(|(_, to)| *to).collect();
        let told = order.iter().zip(tokens).filter_map(|(id, token)| match () {
            () if been.contains(id) => Some((*id, (*id).to_owned())),
            () if behind.contains(id) => Some((*id, token)),
            () => None,
        });
        let told = told.collect();
        let at = order.get(usize::from(at)).copied().filter(|at| been.contains(at));
        Self { graph, been, links, taken, told, at }
    }

    /// The seed's number is left out: whoever has the generator could make the rest from it.
    pub fn graph(&self) -> Graph {
        let nodes = self.told.iter().filter_map(|(id, told)| {
            let node = self.graph.nodes.get(*id)?;
            Some((told.clone(), if self.been.contains(id) { self.seen(id, node) } else { hidden(node) }))
        });
        let mut edges: Vec<Edge> = self.links.iter().filter_map(|link| self.edge(link)).collect();
        edges.sort();
        Graph {
            version: self.graph.version.clone(),
            total_layers: self.graph.total_layers,
            total_nodes: self.graph.total_nodes,
            nodes: nodes.collect(),
            edges,
            ..Graph::default()
        }
    }

    pub fn way(&self, slot: u32) -> Way {
        Way {
            slot,
            nodes: self.been.iter().map(|id| (*id).to_owned()).collect(),
            links: self.taken.iter().filter_map(|link| self.edge(link)).collect(),
            at: self.at.map(str::to_owned),
        }
    }

    fn edge(&self, (from, to): &(&str, &str)) -> Option<Edge> {
        Some(Edge { from: self.told.get(from)?.clone(), to: self.told.get(to)?.clone() })
    }

    /// A node they were in: its gates lead to what is told of what is behind them, and of its entrances they know those they came by.
    fn seen(&self, id: &str, node: &Node) -> Node {
        let exits = node.exits.iter().filter_map(|exit| {
            let to = self.told.get(exit.to.as_str())?.clone();
            Some(Exit { fog_id: None, text: exit.text.clone(), from: exit.from.clone(), to })
        });
        let came_by = |from: &str| self.taken.contains(&(from, id));
        let entrances = node.entrances.iter().filter(|one| one.from.as_deref().is_some_and(came_by));
        Node { exits: exits.collect(), entrances: entrances.cloned().collect(), ..node.clone() }
    }
}

/// A node of which is known only that it is there, and how far from the start.
fn hidden(node: &Node) -> Node {
    Node { kind: HIDDEN.into(), layer: node.layer, ..Node::default() }
}

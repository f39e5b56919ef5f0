//! What every map promises, whatever the graph.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;
use race_dag::map::{Document, Layout, lay_out};

use crate::support::graphs::{Graph, all};
use crate::support::random::Random;

fn laid_out(graph: &Graph) -> (Layout, Document) {
    let layout = lay_out(&graph.stops(), &graph.links());
    let document = layout.document();
    (layout, document)
}

fn check(graph: &Graph) {
    let (layout, map) = laid_out(graph);
    assert_eq!(map.stations.len(), graph.nodes.len(), "{}", graph.name);
    for link in &map.links {
        let ends = [&link.from, &link.to].map(|id| [map.stations[id].x, map.stations[id].y]);
        assert_eq!([link.points[0], link.points[link.points.len() - 1]], ends, "{link:?}");
        for pair in link.points.windows(2) {
            let (dx, dy) = (pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]);
            assert!(dx != 0 && (dy == 0 || dx.abs() == dy.abs()), "{}: {link:?}", graph.name);
        }
    }
    let places: HashSet<_> = map.stations.values().map(|place| (place.x, place.y)).collect();
    assert_eq!(places.len(), map.stations.len(), "{}: two stations on one spot", graph.name);
    for link in &map.links {
        for (id, place) in map.stations.iter().filter(|(id, _)| **id != link.from && **id != link.to) {
            let touched = link.points.windows(2).any(|pair| lies_on([place.x, place.y], pair[0], pair[1]));
            assert!(!touched, "{}: {id} lies on {link:?}", graph.name);
        }
    }
    for place in map.stations.values() {
        assert!((0..=map.width).contains(&place.x) && (0..=map.height).contains(&place.y));
    }
    let text = serde_json::to_string(&layout).expect("a layout is JSON");
    assert_eq!(serde_json::from_str::<Layout>(&text).expect("and reads back"), layout);
}

/// Whether a point lies on a segment that is level or at 45°.
fn lies_on(point: [i32; 2], from: [i32; 2], to: [i32; 2]) -> bool {
    let within = (0..2).all(|axis| {
        let (least, most) = (from[axis].min(to[axis]), from[axis].max(to[axis]));
        (least..=most).contains(&point[axis])
    });
    within && (to[0] - from[0]) * (point[1] - from[1]) == (to[1] - from[1]) * (point[0] - from[0])
}

/// Any layered graph: links over one to three layers, some within one, some back, some twice, some to nowhere.
fn graphs() -> impl Strategy<Value = Graph> {
    (prop::collection::vec(1_usize..6, 1..16), any::<u64>()).prop_map(|(columns, random)| {
        let mut random = Random(random);
        let mut nodes = Vec::new();
        for (layer, count) in (0..).zip(&columns) {
            nodes.extend((0..*count).map(|at| (format!("{layer}-{at}"), layer * 2)));
        }
        let links = (0..nodes.len() * 2).map(|_| {
            let (from, to) = (&nodes[random.below(nodes.len())], &nodes[random.below(nodes.len())]);
            let near = u32::abs_diff(from.1, to.1) <= 6;
            (from.0.clone(), if near { to.0.clone() } else { "nowhere".into() })
        });
        Graph { name: "any".into(), links: links.collect(), nodes }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_map_is_octilinear_and_keeps_its_stations_apart(graph in graphs()) {
        check(&graph);
    }

    #[test]
    fn the_order_of_nodes_and_links_does_not_matter(graph in graphs(), random in any::<u64>()) {
        let mut random = Random(random);
        let mut other = graph.clone();
        for end in (1..other.nodes.len()).rev() {
            other.nodes.swap(end, random.below(end + 1));
        }
        for end in (1..other.links.len()).rev() {
            other.links.swap(end, random.below(end + 1));
        }
        prop_assert_eq!(laid_out(&graph), laid_out(&other));
    }
}

#[test]
fn seeds_of_every_size_are_octilinear_and_no_order_would_cross_less() {
    for graph in all() {
        check(&graph);
        let crossings = laid_out(&graph).0.crossings;
        if let Some(least) = fewest_crossings(&graph) {
            assert_eq!(crossings, least, "{}", graph.name);
        }
    }
}

/// By trying every order of every column against every order of the next; `None` where columns are too full for that.
fn fewest_crossings(graph: &Graph) -> Option<u32> {
    let layer: HashMap<&str, u32> = graph.nodes.iter().map(|(id, layer)| (id.as_str(), *layer)).collect();
    let mut columns: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    graph.nodes.iter().for_each(|(id, layer)| columns.entry(*layer).or_default().push(id));
    let links: HashSet<(&str, &str)> = graph.links().into_iter().collect();
    let steps_are_single = links.iter().all(|(from, to)| layer[from] + 1 == layer[to]);
    if !steps_are_single || columns.values().any(|column| column.len() > 4) {
        return None;
    }
    let mut best: Vec<(Vec<&str>, u32)> = vec![(Vec::new(), 0)];
    for column in columns.values() {
        let reached = orders(column).into_iter().map(|order| {
            let with = |(before, so_far): &(Vec<&str>, u32)| so_far + crossed(before, &order, &links);
            let least = best.iter().map(with).min().expect("there is always an order");
            (order, least)
        });
        best = reached.collect();
    }
    best.into_iter().map(|(_, crossings)| crossings).min()
}

fn orders<'a>(column: &[&'a str]) -> Vec<Vec<&'a str>> {
    let Some((first, rest)) = column.split_first() else { return vec![Vec::new()] };
    let insert = |order: Vec<&'a str>| {
        (0..=order.len()).map(move |at| [&order[..at], &[*first], &order[at..]].concat()).collect::<Vec<_>>()
    };
    orders(rest).into_iter().flat_map(insert).collect()
}

fn crossed(left: &[&str], right: &[&str], links: &HashSet<(&str, &str)>) -> u32 {
    let ends: Vec<(usize, usize)> = (0..left.len())
        .flat_map(|from| (0..right.len()).map(move |to| (from, to)))
        .filter(|&(from, to)| links.contains(&(left[from], right[to])))
        .collect();
    let pairs = ends.iter().flat_map(|a| ends.iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| a.0 < b.0 && a.1 > b.1).map(|_| 1).sum()
}

#[test]
fn a_map_fits_beside_the_rest_of_what_is_derived() {
    for graph in all() {
        let text = serde_json::to_string(&laid_out(&graph).0).expect("a layout is JSON");
        assert!(text.len() < 6_000, "{}: {} bytes", graph.name, text.len());
    }
}

#[test]
fn small_maps_are_what_they_should_be() {
    let graph = |nodes: &[(&str, u32)], links: &[(&str, &str)]| Graph {
        name: "small".into(),
        nodes: nodes.iter().map(|(id, layer)| ((*id).to_owned(), *layer)).collect(),
        links: links.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect(),
    };
    assert_eq!(laid_out(&graph(&[], &[])).1, Document::default());
    let one = laid_out(&graph(&[("a", 3)], &[("a", "a"), ("a", "b")])).1;
    assert_eq!((one.stations.len(), one.links.len(), one.layers[0].layer), (1, 0, 3));
    // A chain is one level line, also where it skips a layer.
    let chain = laid_out(&graph(&[("a", 0), ("b", 1), ("c", 2), ("d", 9)], &[("a", "b"), ("b", "c"), ("c", "d")])).1;
    assert!(chain.links.iter().all(|link| link.points.len() == 2), "{chain:?}");
    // Two ways that need not cross do not, however their nodes are called.
    let ways = graph(
        &[("s", 0), ("z", 1), ("a", 1), ("b", 2), ("y", 2), ("t", 3)],
        &[("s", "z"), ("s", "a"), ("z", "b"), ("a", "y"), ("b", "t"), ("y", "t")],
    );
    assert_eq!(laid_out(&ways).0.crossings, 0);
}

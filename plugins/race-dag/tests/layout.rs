//! What every map promises, whatever the graph.

mod support;

use std::collections::HashSet;

use proptest::prelude::*;
use race_dag::map::{Document, Layout, layout};
use support::{Graph, Random, all};

fn laid_out(graph: &Graph) -> (Layout, Document) {
    let layout = layout(&graph.stops(), &graph.links());
    let document = layout.document(&graph.links());
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
fn seeds_of_every_size_are_octilinear_and_drawn_with_few_crossings() {
    for graph in all() {
        check(&graph);
        let (layout, map) = laid_out(&graph);
        // A line that crosses another costs a look; more than one in five would be a tangle.
        assert!(layout.crossings as usize * 5 <= map.links.len(), "{}: {}", graph.name, layout.crossings);
    }
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

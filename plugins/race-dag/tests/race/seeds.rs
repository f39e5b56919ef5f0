//! Which seeds can be raced, and what is made of them.

use proptest::prelude::*;
use race_dag::facts::{Core, Facts, tokens};
use race_dag::generate::{Wish, generate};
use race_dag::graph::{self, Graph};
use serde_json::{Value, json};

use crate::support::{Room, entered, flag, generated, route, seeds, status};

/// A whole race of eight: sizes are of the documents after it.
#[test]
fn every_seed_is_raced_from_start_to_finish_within_the_limits() {
    for seed in seeds() {
        let mut room = Room::new(&seed.document, 8);
        room.start();
        for slot in 1..=8 {
            let route = route(&room.graph, slot as usize);
            for (step, node) in route.iter().enumerate().skip(1) {
                let igt = step as u64 * 60_000 + u64::from(slot);
                let by_flag = room.graph.event_map.iter().find(|(_, to)| *to == node);
                let frame = match by_flag {
                    Some((number, _)) if slot % 2 == 0 => flag(number.parse().unwrap(), igt),
                    _ => entered(room.graph.nodes[node].zones[0].clone().as_str(), igt),
                };
                assert!(room.frame(slot, frame).words.is_some(), "{}: {node}", seed.name);
                room.frame(slot, status(igt + 30_000, step as u64));
            }
            let last = room.graph.nodes[route.last().unwrap()].layer;
            assert_eq!(room.standing(slot)["current_layer"], last, "{}", seed.name);
            room.frame(slot, json!({"type": "finished", "igt_ms": 9_000_000}));
        }
        room.status = "finished".into();
        let projected = room.project("public", None, None);
        let revealed = room.reveal(projected.reveal.as_ref().unwrap());
        let size = |value: &Value| value.to_string().len();
        println!(
            "{}: seed {} B, derived {} B, state {} B, view {} B, standings {} B, revealed {} B",
            seed.name,
            size(&room.seed),
            size(&room.derived),
            size(&room.state),
            size(&projected.view),
            size(&json!(projected.standings)),
            size(&revealed)
        );
        assert!(size(&room.derived) <= 16 << 10, "{}: {}", seed.name, size(&room.derived));
        assert!(size(&room.state) <= 64 << 10, "{}: {}", seed.name, size(&room.state));
        assert_eq!(revealed["nodes"].as_object().unwrap().len(), room.graph.nodes.len());
    }
}

#[test]
fn what_derived_has_no_room_for_is_in_the_state_and_nothing_is_lost() {
    let graph: Graph =
        serde_json::from_value(generated(&Wish { layers: 30, paths: 4, branching: 100, arenas: 0 })).unwrap();
    for layout in [json!({}), json!("x".repeat(9_000)), json!("x".repeat(40_000))] {
        let whole = Facts::of(&graph, layout);
        let (here, rest) = whole.clone().split();
        assert!(json!(here).to_string().len() <= 16 << 10);
        let rest = rest.unwrap_or_default();
        let merged = Facts {
            core: here.core.or(rest.core),
            names: here.names.or(rest.names),
            layout: here.layout.or(rest.layout),
        };
        assert_eq!(merged, whole);
    }
}

#[test]
fn a_seed_that_cannot_be_raced_is_refused_with_the_place() {
    let good = json!({
        "version": "4.4", "total_layers": 3, "finish_event": 9,
        "nodes": {
            "a": {"type": "start", "layer": 0, "zones": ["az"], "exits": [{"text": "door", "to": "b"}]},
            "b": {"type": "boss_arena", "layer": 1, "zones": ["bz"]},
            "c": {"type": "final_boss", "layer": 2, "zones": ["cz"]}},
        "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}],
        "event_map": {"1": "b", "2": "c", "3": "c"}});
    // The path that is told, what is spoiled, with what.
    let cases = [
        ("seed.nodes", "/nodes", json!({})),
        ("seed.nodes", "/nodes/c/type", json!("start")),
        ("seed.nodes.c", "/edges", json!([{"from": "a", "to": "b"}])),
        ("seed.edges[1].to", "/edges/1/to", json!("nowhere")),
        ("seed.edges[0].from", "/edges/0/from", json!("")),
        ("seed.nodes.a.exits[0].to", "/nodes/a/exits/0/to", json!("x")),
        (
            "seed.edges[0]",
            "/edges",
            json!([{"from": "b", "to": "c"}, {"from": "c", "to": "b"}, {"from": "a", "to": "b"}]),
        ),
        ("seed.edges[0]", "/edges/0/to", json!("a")),
        ("seed.edges[1]", "/nodes/c/layer", json!(1)),
        ("seed.nodes.c.layer", "/nodes/c/layer", json!(3)),
        ("seed.nodes.b.layer", "/nodes/b/layer", json!(-1)),
        ("seed.nodes.b.layer", "/nodes/b/layer", json!("deep")),
        ("seed.nodes.b.zones[0]", "/nodes/b/zones/0", json!(7)),
        ("seed.event_map.2", "/event_map/2", json!("x")),
        ("seed.event_map.2", "/finish_event", json!(2)),
        ("seed.event_map.ten", "/event_map", json!({"ten": "a"})),
        ("seed.edges", "/edges", json!("none")),
        ("seed", "", json!("text")),
        ("seed.nodes", "", json!({})),
    ];
    assert!(Room::try_new(&good, 1).is_ok());
    for (path, place, value) in cases {
        let mut seed = good.clone();
        *seed.pointer_mut(place).unwrap() = value;
        let fault = Room::try_new(&seed, 1).err().unwrap_or_else(|| panic!("accepted: {seed}"));
        assert_eq!(
            (fault.code.as_str(), fault.path.as_deref()),
            ("bad_seed", Some(path)),
            "{seed} {fault:?}"
        );
    }
    let mut many = good.clone();
    many["nodes"] =
        (0..2_001).map(|n| (format!("n{n}"), json!({"layer": 0}))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(Room::try_new(&many, 1).err().unwrap().path.as_deref(), Some("seed.nodes"));
}

#[test]
fn a_zone_that_is_in_two_nodes_is_the_one_that_is_near() {
    let seed = json!({"total_layers": 3, "nodes": {
        "a": {"layer": 0, "type": "start", "zones": ["hall"]},
        "b_0001": {"layer": 1, "zones": ["b", "shared"]}, "c_0002": {"layer": 1, "zones": ["c", "shared"]},
        "d": {"layer": 2, "zones": ["shared", "end"]}},
        "edges": [{"from": "a", "to": "b_0001"}, {"from": "a", "to": "c_0002"}, {"from": "c_0002", "to": "d"}]});
    let (core, _) = Core::of(&serde_json::from_value(seed).unwrap());
    let find = |name: &str, here: Option<&str>| {
        let here = here.and_then(|here| core.find(here, None));
        core.find(name, here).map(|node| core.id(node).to_owned())
    };
    for (name, here, expected) in [
        ("d", None, Some("d")),
        ("b", None, Some("b_0001")),
        ("b_0001", None, Some("b_0001")),
        ("shared", None, Some("b_0001")),
        ("shared", Some("c"), Some("c_0002")),
        ("shared", Some("d"), Some("d")),
        ("shared", Some("a"), Some("b_0001")),
        ("b_00", None, None),
        ("", None, None),
    ] {
        assert_eq!(find(name, here).as_deref(), expected, "{name} from {here:?}");
    }
}

#[test]
fn a_race_without_a_seed_makes_one_that_can_be_raced_again() {
    let preset = |random: &str| -> Value {
        let request = json!({"participants": [], "random": random, "settings": {"layers": 20, "paths": 2}});
        serde_json::from_str(&regie_sdk::hooks::preset(&race_dag::Dag, &request.to_string()).unwrap())
            .unwrap()
    };
    let answer = preset(&"0123456789abcdef".repeat(4));
    assert_eq!(answer["seed"]["total_layers"], 20);
    assert_eq!(answer, preset(&"0123456789abcdef".repeat(4)));
    assert_ne!(answer["seed"], preset(&"1123456789abcdef".repeat(4))["seed"]);
    let given = Room::new(&answer["seed"], 2);
    assert_eq!(given.derived["facts"], answer["derived"]["facts"]);
}

#[test]
fn tokens_of_two_races_have_nothing_in_common_but_their_form() {
    let mut all = tokens("one", 40);
    assert_ne!(all, tokens("two", 40));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 40);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn every_seed_made_here_is_as_it_was_wished(
        random in "[0-9a-f]{64}", layers in 5..=30_u32, paths in 1..=4_usize, branching in 0..=100_u32, arenas in 0..=100_u32,
    ) {
        let wish = Wish { layers, paths, branching, arenas };
        let seed = generate(&random, &wish);
        prop_assert_eq!(graph::check(&seed), Ok(()));
        prop_assert_eq!(&seed, &generate(&random, &wish));
        let on = |layer: u32| seed.nodes.values().filter(|node| node.layer == layer).count();
        prop_assert!((1..layers - 1).all(|layer| (1..=paths).contains(&on(layer))));
        prop_assert_eq!((on(0), on(layers - 1), seed.total_layers), (1, 1, layers));
        let ends = seed.nodes.values().filter(|node| node.kind == "final_boss").count();
        prop_assert_eq!(ends, 1);
        prop_assert_eq!(seed.event_map.len(), seed.edges.len());
        let dead = seed.nodes.values().filter(|node| node.exits.is_empty() && node.kind != "final_boss").count();
        prop_assert_eq!(dead, 0);
    }
}

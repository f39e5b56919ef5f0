//! Junk, and everything twice and in any order.

use std::collections::BTreeSet;

use proptest::prelude::*;
use race_dag::generate::{Wish, generate};
use regie_sdk::testing::Hostile;
use serde_json::{Value, json};

use crate::support::{Room, entered, flag, status};

fn room() -> Room {
    Room::running(&json!(generate(&"3".repeat(64), &Wish { layers: 8, paths: 3, branching: 70, arenas: 50 })))
}

#[test]
fn no_action_breaks_it() {
    let mut room = room();
    let ids: Vec<String> = room.graph.nodes.keys().cloned().collect();
    let number: u64 = room.graph.event_map.keys().next().unwrap().parse().unwrap();
    let examples = [
        entered(&ids[3], 2_000),
        flag(number, 900),
        status(1_000, 3),
        json!({"type": "status_update", "igt_ms": 5_000, "current_zone": ids[4], "current_layer": 2, "death_count": 1}),
        json!({"type": "zone_query", "grace_entity_id": 1, "map_id": 2, "position": [0, 0, 0], "play_region_id": 3}),
        json!({"type": "finished", "igt_ms": 9_000}),
        json!({"type": "host:join", "slot": 3}),
        json!({"type": "host:leave", "slot": 3}),
        json!({"type": "host:start", "slot": 2}),
        json!({"type": "host:abandon", "slot": 1}),
        json!({"type": "host:undo", "slot": 1}),
        json!({"type": "host:reset"}),
        json!({"type": "host:start"}),
    ];
    for (round, action) in Hostile::new(&examples).take(1_500).enumerate() {
        let slot = [Some(1), Some(2), Some(9), None][round % 4];
        room.act(slot, &action);
        if round % 150 == 0 {
            for role in ["public", "nobody", "participant", "organizer", "nonsense"] {
                room.bytes(role, slot, Some(round as u64));
            }
        }
    }
}

/// What a game saw: a node, by its gate's flag or by its zone, at a time.
#[derive(Debug, Clone)]
struct Step {
    node: prop::sample::Index,
    by_flag: bool,
    igt_ms: u64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<prop::sample::Index>(), any::<bool>(), 0..1_000_u64)
        .prop_map(|(node, by_flag, igt_ms)| Step { node, by_flag, igt_ms });
    prop::collection::vec(step, 0..25)
}

fn frame(room: &Room, step: &Step) -> Value {
    if step.by_flag {
        let flags: Vec<&String> = room.graph.event_map.keys().collect();
        return flag(step.node.get(&flags).parse().unwrap(), step.igt_ms);
    }
    let ids: Vec<&String> = room.graph.nodes.keys().collect();
    entered(step.node.get(&ids).as_str(), step.igt_ms)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_history_is_in_order_and_a_layer_never_falls(steps in steps()) {
        let mut room = room();
        let mut layer = 0;
        for step in &steps {
            room.frame(1, frame(&room, step));
            let now = room.standing(1)["current_layer"].as_u64().unwrap();
            prop_assert!(now >= layer);
            layer = now;
        }
        let history = room.visits(1);
        prop_assert!(history.windows(2).all(|pair| pair[0].1 <= pair[1].1 && pair[0].0 != pair[1].0));
    }

    #[test]
    fn a_replay_of_everything_changes_nothing(steps in steps()) {
        let mut steps = steps;
        // As a game tells it: each gate once, the time rising.
        steps.sort_by_key(|step| step.igt_ms);
        steps.dedup_by_key(|step| step.igt_ms);
        let mut room = room();
        for step in &steps {
            room.frame(1, frame(&room, step));
        }
        let before = room.state.clone();
        for step in &steps {
            let again = room.frame(1, frame(&room, step));
            prop_assert!(!again.changed && again.words.is_none() && again.effects.is_empty(), "{:?}", step);
        }
        prop_assert_eq!(&room.state, &before);
    }

    #[test]
    fn zones_told_late_and_in_any_order_come_to_the_same_history(steps in steps(), shift in 0..25_usize) {
        let (mut ordered, mut mixed) = (room(), room());
        let mut steps = steps;
        let start = json!(ordered.graph.start()).to_string();
        let mut seen = BTreeSet::from([start]);
        steps.retain_mut(|step| {
            step.by_flag = false;
            seen.insert(frame(&ordered, step)["to_zone"].to_string())
        });
        steps.sort_by_key(|step| step.igt_ms);
        steps.dedup_by_key(|step| step.igt_ms);
        for step in &steps {
            ordered.frame(1, frame(&ordered, step));
        }
        steps.reverse();
        let middle = shift % steps.len().max(1);
        steps.rotate_left(middle);
        for step in &steps {
            mixed.frame(1, frame(&mixed, step));
        }
        prop_assert_eq!(mixed.visits(1), ordered.visits(1));
    }
}

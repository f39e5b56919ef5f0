#[path = "../../drawing/support/seeds.rs"]
mod real;

use race_dag::generate::{Wish, generate};
use serde_json::{Value, json};

#[derive(Debug)]
pub struct Seed {
    pub name: String,
    pub document: Value,
}

/// Seeds of every shape: made here in the forms of all versions, and real ones where this machine has them (`REGIE_SHARED`, or a folder
/// `shared` beside the repository).
pub fn seeds() -> Vec<Seed> {
    let mut seeds = vec![
        made("4.4", generated(&Wish { layers: 16, paths: 4, branching: 60, arenas: 50 })),
        made("4.1", generated(&Wish { layers: 30, paths: 3, branching: 20, arenas: 70 })),
        made("a straight line", generated(&Wish { layers: 5, paths: 1, branching: 0, arenas: 100 })),
        made("the largest", generated(&Wish { layers: 30, paths: 4, branching: 100, arenas: 0 })),
        made("3.0", old(generated(&Wish { layers: 13, paths: 2, branching: 40, arenas: 50 }))),
    ];
    seeds.push(made("more than derived holds", wordy(seeds[3].document.clone())));
    seeds.extend(real::real_seeds().into_iter().map(|(name, document)| Seed { name, document }));
    seeds
}

pub fn generated(wish: &Wish) -> Value {
    json!(generate(&"7".repeat(64), wish))
}

fn made(name: &str, document: Value) -> Seed {
    Seed { name: name.into(), document }
}

/// With names so long that some facts must go into the state.
fn wordy(mut seed: Value) -> Value {
    for node in seed["nodes"].as_object_mut().unwrap().values_mut() {
        let name =
            format!("{}, of which there is more to say than fits", node["display_name"].as_str().unwrap());
        node["display_name"] = name.repeat(3).into();
    }
    seed
}

/// As versions before gates and flags were written.
fn old(mut seed: Value) -> Value {
    let root = seed.as_object_mut().unwrap();
    root.remove("event_map");
    root.remove("finish_event");
    root.insert("version".into(), "3.0".into());
    root.insert(
        "connections".into(),
        json!([{"area1": "unknown fields", "exit_area": "are no one's business"}]),
    );
    for node in root["nodes"].as_object_mut().unwrap().values_mut() {
        let node = node.as_object_mut().unwrap();
        node.remove("exits");
        node.remove("entrances");
        node.insert("weight".into(), json!(1.5));
    }
    seed
}

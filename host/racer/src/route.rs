//! A run, planned: what happens when, in milliseconds of in-game time.

use crate::{Graph, Random};

/// Steps in the order of their time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub steps: Vec<(u64, Step)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Enters a place, coming from another.
    Enter {
        from: String,
        to: String,
    },
    Die,
    Finish,
}

impl Route {
    /// From the start to where no way goes on. Some turn back at a fork and try the other way; some die; none take the same time.
    pub fn plan(graph: &Graph, random: &mut Random) -> Self {
        let mut steps = Vec::new();
        let Some(start) = graph.start() else { return Self { steps } };
        // From 0.8 to 1.3 of what a place usually takes.
        let skill = random.between(80, 130);
        let mut at = start.to_owned();
        let mut now = stay(graph, &at, skill, random, 0, &mut steps);
        // A graph without an end would be walked for ever.
        for _ in 0..graph.nodes.len() {
            let ways = graph.next(&at);
            let Some(way) = random.pick(&ways).map(|way| (*way).to_owned()) else { break };
            if ways.len() > 1 && random.chance(15) {
                now = look_in(graph, &at, &ways, &way, random, now, &mut steps);
            }
            steps.push((now, Step::Enter { from: at.clone(), to: way.clone() }));
            at = way;
            now = stay(graph, &at, skill, random, now, &mut steps);
        }
        steps.push((now, Step::Finish));
        Self { steps }
    }

    pub fn length_ms(&self) -> u64 {
        self.steps.last().map_or(0, |(at, _)| *at)
    }
}

/// In at another way, and back.
fn look_in(
    graph: &Graph,
    at: &str,
    ways: &[&str],
    chosen: &str,
    random: &mut Random,
    now: u64,
    steps: &mut Vec<(u64, Step)>,
) -> u64 {
    let others: Vec<_> = ways.iter().filter(|way| **way != chosen && !graph.next(way).is_empty()).collect();
    let Some(other) = random.pick(&others) else { return now };
    steps.push((now, Step::Enter { from: at.to_owned(), to: (**other).to_owned() }));
    let back = now + random.between(8_000, 40_000);
    steps.push((back, Step::Enter { from: (**other).to_owned(), to: at.to_owned() }));
    back + random.between(4_000, 15_000)
}

/// How long somebody is in a place, and who dies there.
fn stay(
    graph: &Graph,
    id: &str,
    skill: u64,
    random: &mut Random,
    now: u64,
    steps: &mut Vec<(u64, Step)>,
) -> u64 {
    let kind = graph.nodes.get(id).map_or("", |node| node.kind.as_str());
    let (least, most, danger) = match kind {
        "start" => (20, 60, 0),
        "mini_dungeon" => (60, 150, 15),
        "boss_arena" => (40, 110, 35),
        "major_boss" => (80, 200, 50),
        "legacy_dungeon" => (150, 360, 30),
        "final_boss" => (90, 240, 60),
        _ => (45, 140, 20),
    };
    let mut left = random.between(least, most) * 10 * skill;
    let mut at = now;
    while random.chance(danger) {
        let until = random.between(left / 4, left / 2);
        at += until;
        steps.push((at, Step::Die));
        // Most of it again.
        left = left - until + random.between(until / 2, until);
    }
    at + left
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn diamond() -> Graph {
        serde_json::from_value(json!({
            "nodes": {"a": {"type": "start"}, "b": {"layer": 1}, "c": {"layer": 1, "type": "boss_arena"}, "d": {"layer": 2, "type": "final_boss"}},
            "edges": [{"from": "a", "to": "b"}, {"from": "a", "to": "c"}, {"from": "b", "to": "d"}, {"from": "c", "to": "d"}, {"from": "c", "to": "nowhere"}]
        }))
        .unwrap()
    }

    #[test]
    fn a_run_goes_along_ways_in_order_of_time_and_ends() {
        let graph = diamond();
        for seed in 0..200 {
            let route = Route::plan(&graph, &mut Random::new(seed));
            assert!(route.steps.is_sorted_by_key(|(at, _)| *at), "{route:?}");
            let (last, before) = route.steps.split_last().unwrap();
            assert_eq!(last.1, Step::Finish);
            let mut at = "a".to_owned();
            for (_, step) in before {
                if let Step::Enter { from, to } = step {
                    assert_eq!(*from, at);
                    assert!(
                        graph.next(from).contains(&to.as_str()) || graph.next(to).contains(&from.as_str())
                    );
                    at.clone_from(to);
                }
            }
            assert_eq!(at, "d");
        }
    }

    #[test]
    fn the_same_number_runs_the_same_and_others_do_not() {
        let plan = |seed| Route::plan(&diamond(), &mut Random::new(seed));
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7).length_ms(), plan(8).length_ms());
    }

    #[test]
    fn a_graph_that_goes_round_is_left_all_the_same() {
        let graph: Graph = serde_json::from_value(json!({
            "nodes": {"a": {"type": "start"}, "b": {}}, "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}]
        }))
        .unwrap();
        assert!(Route::plan(&graph, &mut Random::new(1)).steps.len() < 20);
    }
}

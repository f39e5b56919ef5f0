//! What a run will be: the reference client plans it from its number, so it can be known here.

use std::cmp::Reverse;

use regie_racer::{Graph, Random, Route, Step};

pub struct Plan {
    /// In-game time of the finish.
    pub length_ms: u64,
    /// Every place that is entered, with its layer and when, the start included.
    visits: Vec<(String, u32, u64)>,
}

/// Least is best: who is through, by time; then by layer, and when it was entered.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(bool, Reverse<u32>, u64);

impl Plan {
    pub fn of(graph: &Graph, number: u64) -> Self {
        let route = Route::plan(graph, &mut Random::new(number));
        let visit = |id: &str, at: u64| (id.to_owned(), graph.nodes[id].layer, at);
        let entered = route.steps.iter().filter_map(|(at, step)| match step {
            Step::Enter { to, .. } => Some(visit(to, *at)),
            Step::Die | Step::Finish => None,
        });
        let start = graph.start().expect("a start");
        Self {
            length_ms: route.length_ms(),
            visits: std::iter::once(visit(start, 0)).chain(entered).collect(),
        }
    }

    /// Of each place, as they come.
    pub fn first_visits(&self) -> Vec<(String, u64)> {
        let mut known = Vec::<(String, u64)>::new();
        for (id, _, at) in &self.visits {
            if known.iter().all(|(one, _)| one != id) {
                known.push((id.clone(), *at));
            }
        }
        known
    }

    /// The highest one by then.
    pub fn layer(&self, at: u64) -> u32 {
        self.visits.iter().filter(|visit| visit.2 <= at).map(|visit| visit.1).max().unwrap_or(0)
    }

    pub fn standing(&self, at: u64) -> Rank {
        if self.length_ms <= at {
            return Rank(false, Reverse(0), self.length_ms);
        }
        let layer = self.layer(at);
        let entry = self.visits.iter().find(|visit| visit.1 == layer).map_or(0, |visit| visit.2);
        Rank(true, Reverse(layer), entry)
    }
}

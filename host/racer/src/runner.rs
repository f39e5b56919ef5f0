//! In place of the game: runs a route, and says what a game's mod would say.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Graph, Random, Route, Step};

/// One runner's run. Its in-game time goes `speed` times as fast as the clock on the wall.
#[derive(Debug)]
pub struct Runner {
    graph: Graph,
    route: Route,
    next: usize,
    at: String,
    deaths: u64,
    speed: u64,
    /// Gives up at this time.
    quits_at: Option<u64>,
    /// When in-game time began, and how far it was then.
    since: Option<(Instant, u64)>,
    /// Says flags, as public clients do, and not zones.
    pub flags: bool,
}

/// What a runner says: whether it must arrive, and what.
#[derive(Debug, PartialEq)]
pub enum Says {
    Clock(Value),
    Event(Value),
    /// The last event of all.
    End(Value),
}

impl Runner {
    /// `quits`: of a hundred runners, how many give up on their way.
    pub fn new(graph: Graph, speed: u64, quits: u64, random: &mut Random) -> Self {
        let route = Route::plan(&graph, random);
        let quits_at = random.chance(quits).then(|| random.between(route.length_ms() / 4, route.length_ms()));
        let at = graph.start().unwrap_or_default().to_owned();
        Self {
            graph,
            route,
            next: 0,
            at,
            deaths: 0,
            speed: speed.max(1),
            quits_at,
            since: None,
            flags: false,
        }
    }

    pub fn has_begun(&self) -> bool {
        self.since.is_some()
    }

    /// Begins `in_` from now, or goes on from an in-game time that an earlier run of this client had reached.
    pub fn begin(&mut self, in_: Duration, igt_ms: u64) {
        self.since = Some((Instant::now() + in_, igt_ms));
        while self.route.steps.get(self.next).is_some_and(|(at, _)| *at <= igt_ms && igt_ms > 0) {
            match &self.route.steps[self.next].1 {
                Step::Enter { to, .. } => self.at.clone_from(to),
                Step::Die => self.deaths += 1,
                Step::Finish => break,
            }
            self.next += 1;
        }
    }

    pub fn igt_ms(&self) -> u64 {
        let Some((since, from)) = self.since else { return 0 };
        let gone = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        from.saturating_add(gone.saturating_mul(self.speed))
    }

    /// Everything that has happened since it was asked last.
    pub fn says(&mut self) -> Vec<Says> {
        let (now, mut all) = (self.igt_ms(), Vec::new());
        if self.since.is_none() || self.next >= self.route.steps.len() {
            return all;
        }
        if self.quits_at.is_some_and(|at| at <= now) {
            self.next = self.route.steps.len();
            return vec![Says::End(json!({"type": "abandon"}))];
        }
        while let Some((at, step)) = self.route.steps.get(self.next).filter(|(at, _)| *at <= now).cloned() {
            self.next += 1;
            match step {
                Step::Die => self.deaths += 1,
                Step::Finish => {
                    all.push(Says::End(self.finish(at)));
                    return all;
                }
                Step::Enter { from, to } => {
                    all.push(Says::Event(self.entered(&from, &to, at)));
                    self.at = to;
                }
            }
        }
        all.push(Says::Clock(self.clock(now)));
        all
    }

    fn clock(&self, igt_ms: u64) -> Value {
        let mut frame = json!({"type": "status_update", "igt_ms": igt_ms, "death_count": self.deaths});
        if !self.flags {
            frame["current_zone"] = json!(self.graph.zone(&self.at));
            frame["current_layer"] = json!(self.graph.nodes.get(&self.at).map(|node| node.layer));
        }
        frame
    }

    fn entered(&self, from: &str, to: &str, igt_ms: u64) -> Value {
        match self.graph.flags(to).first().filter(|_| self.flags) {
            Some(flag) => json!({"type": "event_flag", "flag_id": flag, "igt_ms": igt_ms}),
            None => {
                json!({"type": "zone_entered", "from_zone": self.graph.zone(from), "to_zone": self.graph.zone(to), "igt_ms": igt_ms})
            }
        }
    }

    fn finish(&self, igt_ms: u64) -> Value {
        match self.graph.finish_event.filter(|_| self.flags) {
            Some(flag) => json!({"type": "event_flag", "flag_id": flag, "igt_ms": igt_ms}),
            None => json!({"type": "finished", "igt_ms": igt_ms}),
        }
    }
}

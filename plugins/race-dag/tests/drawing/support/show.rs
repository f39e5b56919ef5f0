//! A race as the host runs it: through the hooks, JSON in and out.

use race_dag::Dag;
use race_dag::graph::Graph;
use regie_sdk::hooks;
use serde_json::{Value, json};

use super::random::Random;

pub const NAMES: [&str; 16] = [
    "Alice",
    "Bob the Quick",
    "Chloé",
    "Dimitri",
    "Émile",
    "Fatou",
    "Gus",
    "Hana-Maria Vandenberghe",
    "Ivo",
    "Jeanne",
    "Karim",
    "Lou",
    "Mika",
    "Nadia",
    "Oscar",
    "Pia",
];

pub struct Show {
    participants: Vec<Value>,
    statuses: Vec<String>,
    status: String,
    seed: Value,
    state: Value,
    derived: Value,
    pub graph: Graph,
}

/// For whom something is drawn.
pub struct Seat<'a> {
    pub role: &'a str,
    pub slot: Option<u32>,
    pub locale: &'a str,
}

pub const PUBLIC: Seat = Seat { role: "public", slot: None, locale: "en" };

impl Show {
    /// With so many runners; without a seed the mode makes one of so many layers.
    pub fn new(runners: usize, seed: Option<&Value>, layers: u32) -> Self {
        Self::named(&NAMES[..runners], seed, layers)
    }

    pub fn named(names: &[&str], seed: Option<&Value>, layers: u32) -> Self {
        let participants: Vec<Value> =
            (1..).zip(names).map(|(slot, name): (u32, _)| json!({"slot": slot, "label": name})).collect();
        let mut request = json!({
            "participants": participants, "settings": {"layers": layers, "paths": 4}, "random": "7".repeat(64)});
        if let Some(seed) = seed {
            request["seed"] = seed.clone();
        }
        let answer = call(hooks::preset(&Dag, &request.to_string()));
        let seed = seed.cloned().unwrap_or_else(|| answer["seed"].clone());
        Self {
            statuses: vec!["registered".into(); names.len()],
            participants,
            status: "open".into(),
            graph: serde_json::from_value(seed.clone()).expect("a seed"),
            seed,
            state: answer["state"].clone(),
            derived: answer["derived"].clone(),
        }
    }

    pub fn start(&mut self) {
        self.status = "running".into();
        self.statuses.iter_mut().for_each(|status| *status = "playing".into());
        self.act(None, json!({"type": "host:start"}));
    }

    /// Everybody walks from the start, the first the furthest: `share` of the way, each a little less than the one before.
    pub fn run(&mut self, share: f64) {
        for slot in 1..=self.participants.len() {
            self.walk(slot, share * (1.0 - 0.04 * (slot - 1) as f64), 40_000 + 1_700 * slot as u64);
        }
    }

    /// One runner walks so much of the way, taking so long for a step. All of it is a finish.
    pub fn walk(&mut self, slot: usize, share: f64, step_ms: u64) {
        let mut random = Random(slot as u64 * 77);
        let mut at = self.graph.start().expect("a start").to_owned();
        let last = self.graph.total_layers.saturating_sub(1);
        let (goal, mut igt_ms, mut deaths) = ((f64::from(last) * share) as u32, 0, 0);
        while self.graph.nodes[&at].layer < goal {
            let ways: Vec<&str> =
                self.graph.edges.iter().filter(|edge| edge.from == at).map(|edge| edge.to.as_str()).collect();
            let Some(to) = ways.get(random.below(ways.len())).map(|to| (*to).to_owned()) else { break };
            igt_ms += step_ms + random.below(60_000) as u64;
            deaths += random.below(3);
            self.act(
                Some(slot),
                json!({"type": "zone_entered", "from_zone": at, "to_zone": to, "igt_ms": igt_ms}),
            );
            self.act(
                Some(slot),
                json!({"type": "status_update", "igt_ms": igt_ms + 9_000, "death_count": deaths}),
            );
            igt_ms += 9_000;
            at = to;
        }
        if share >= 1.0 {
            self.act(Some(slot), json!({"type": "finished", "igt_ms": igt_ms + 30_000}));
            self.statuses[slot - 1] = "finished".into();
        }
    }

    pub fn set(&mut self, slot: usize, status: &str) {
        let action = match status {
            "abandoned" => "host:abandon",
            "disqualified" => "host:disqualify",
            _ => "host:ready",
        };
        self.statuses[slot - 1] = status.into();
        self.act(None, json!({"type": action, "slot": slot}));
    }

    pub fn finish(&mut self) {
        self.status = "finished".into();
        self.act(None, json!({"type": "host:finish"}));
    }

    fn act(&mut self, slot: Option<usize>, action: Value) {
        let mut actor = json!({"id": "u1", "name": "Tester", "role": "editor"});
        if let Some(slot) = slot {
            actor["participant"] = slot.into();
        }
        let context =
            json!({"now_ms": 0, "random": "a".repeat(64), "participants": self.participants, "actor": actor});
        let request = json!({
            "state": self.state, "derived": self.derived, "actions": [{"action": action, "ctx": context}], "settings": {}});
        let answer = call(hooks::update(&Dag, &request.to_string()));
        assert!(answer["results"][0]["fault"].is_null(), "{action}: {}", answer["results"][0]);
        self.state = answer["state"].clone();
    }

    fn around(&self) -> Value {
        let racers =
            self.participants.iter().zip(&self.statuses).map(
                |(racer, status)| json!({"slot": racer["slot"], "label": racer["label"], "status": status}),
            );
        json!({
            "state": self.state, "derived": self.derived, "participants": racers.collect::<Vec<_>>(), "now_ms": 0,
            "race": {"status": self.status}, "settings": {}})
    }

    /// What `project` answers.
    pub fn projection(&self, seat: &Seat) -> Value {
        let mut request = self.around();
        request["standings"] = call(hooks::standings(&Dag, &request.to_string()));
        request["viewer"] = json!({"role": seat.role});
        if let Some(slot) = seat.slot.filter(|_| seat.role == "participant") {
            request["viewer"]["participant"] = slot.into();
        }
        call(hooks::project(&Dag, &request.to_string()))
    }

    /// The HTML of a surface, as this viewer gets it.
    pub fn html(&self, surface: &str, seat: &Seat) -> String {
        let projection = self.projection(seat);
        let mut request = json!({
            "state": projection["view"], "derived": self.derived, "surface": surface, "locale": seat.locale,
            "can_edit": false, "participants": self.participants, "settings": {}, "assets": "/plugins/test/0/"});
        if let Some(slot) = seat.slot {
            request["slot"] = slot.into();
        }
        if surface.ends_with(":base") && !projection["reveal"].is_null() {
            let part = json!({"seed": self.seed, "derived": self.derived, "reveal": projection["reveal"]});
            request["revealed"] = call(hooks::reveal(&Dag, &part.to_string()));
        }
        hooks::render(&Dag, &request.to_string()).expect("a surface is drawn")
    }
}

fn call(answer: Result<String, regie_sdk::Fault>) -> Value {
    serde_json::from_str(&answer.expect("the mode answers")).expect("with JSON")
}

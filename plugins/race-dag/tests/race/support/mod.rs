//! A race as the host would run it: documents, statuses, and hooks called with JSON text.

mod seeds;

use std::collections::BTreeMap;

use race_dag::Dag;
use race_dag::graph::Graph;
use regie_sdk::protocol::{ActionResult, ProjectAnswer, UpdateAnswer};
use regie_sdk::{Standings, hooks};
use serde_json::{Value, json};

pub use seeds::{Seed, generated, seeds};

pub struct Room {
    pub graph: Graph,
    pub seed: Value,
    pub state: Value,
    pub derived: Value,
    /// Of the race.
    pub status: String,
    /// By slot.
    pub statuses: BTreeMap<u32, String>,
}

impl Room {
    pub fn new(seed: &Value, players: u32) -> Self {
        Self::try_new(seed, players).unwrap_or_else(|fault| panic!("refused: {fault:?}"))
    }

    pub fn try_new(seed: &Value, players: u32) -> Result<Self, regie_sdk::Fault> {
        let participants: Vec<Value> = (1..=players).map(participant).collect();
        let request = json!({"participants": participants, "random": "5".repeat(64), "seed": seed});
        let answer: Value = serde_json::from_str(&hooks::preset(&Dag, &request.to_string())?).unwrap();
        Ok(Self {
            graph: serde_json::from_value(seed.clone()).unwrap(),
            seed: seed.clone(),
            state: answer["state"].clone(),
            derived: answer["derived"].clone(),
            status: "open".into(),
            statuses: (1..=players).map(|slot| (slot, "ready".into())).collect(),
        })
    }

    /// Open for three, on the given seed, and started.
    pub fn running(seed: &Value) -> Self {
        let mut room = Self::new(seed, 3);
        room.start();
        room
    }

    pub fn start(&mut self) {
        self.status = "running".into();
        self.statuses.values_mut().for_each(|status| *status = "playing".into());
        self.host(json!({"type": "host:start"}));
    }

    /// Ends a participant's race as the host does: the action, and the status.
    pub fn end(&mut self, slot: u32, status: &str) {
        let action = match status {
            "abandoned" => "host:abandon",
            "disqualified" => "host:disqualify",
            other => panic!("{other} is the mode's to tell"),
        };
        self.host(json!({"type": action, "slot": slot}));
        self.statuses.insert(slot, status.into());
    }

    pub fn act(&mut self, slot: Option<u32>, action: &Value) -> ActionResult {
        let participants: Vec<Value> = self.statuses.keys().copied().map(participant).collect();
        let mut actor = json!({"id": "u1", "name": "Someone", "role": "host"});
        if let Some(slot) = slot {
            actor["participant"] = slot.into();
        }
        let ctx =
            json!({"now_ms": 1, "random": "a".repeat(64), "actor": actor, "participants": participants});
        let request = json!({"state": self.state, "derived": self.derived, "actions": [{"action": action, "ctx": ctx}]});
        let answer = hooks::update(&Dag, &request.to_string()).unwrap_or_else(|fault| panic!("{fault:?}"));
        let mut answer: UpdateAnswer<Value> = serde_json::from_str(&answer).unwrap();
        let result = answer.results.remove(0);
        assert_eq!(result.changed, answer.state != self.state, "{action}");
        assert!(result.fault.is_none() || !result.changed, "refused with a trace: {action}");
        self.state = answer.state;
        for effect in &result.effects {
            if let regie_sdk::Effect::Finished { participant } = effect {
                self.statuses.insert(*participant, "finished".into());
            }
        }
        result
    }

    pub fn host(&mut self, action: Value) -> ActionResult {
        let result = self.act(None, &action);
        assert_eq!(result.fault, None, "{action}");
        result
    }

    /// A frame that must be accepted.
    pub fn frame(&mut self, slot: u32, frame: Value) -> ActionResult {
        let result = self.act(Some(slot), &frame);
        assert_eq!(result.fault, None, "{frame}");
        result
    }

    /// A frame that must be refused; the code.
    pub fn refused(&mut self, slot: u32, frame: Value) -> String {
        let result = self.act(Some(slot), &frame);
        result.fault.unwrap_or_else(|| panic!("{frame} should be refused")).code
    }

    pub fn standings(&self) -> Standings {
        let answer = hooks::standings(&Dag, &self.around().to_string()).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// The mode's fields of one participant, with place, progress, clock and gap.
    pub fn standing(&self, slot: u32) -> Value {
        let all = self.standings().participants;
        json!(all.iter().find(|one| one.participant == slot).unwrap())
    }

    /// Nodes that this participant was in, and when they came.
    pub fn visits(&self, slot: u32) -> Vec<(String, u64)> {
        let standing = self.standing(slot);
        let visit =
            |one: &Value| (one["node_id"].as_str().unwrap().to_owned(), one["igt_ms"].as_u64().unwrap());
        standing["zone_history"].as_array().unwrap().iter().map(visit).collect()
    }

    pub fn project(&self, role: &str, slot: Option<u32>, igt_ms: Option<u64>) -> ProjectAnswer<Value> {
        let mut request = self.around();
        request["standings"] = json!(self.standings());
        request["viewer"] = json!({"role": role, "participant": slot, "igt_ms": igt_ms});
        serde_json::from_str(&hooks::project(&Dag, &request.to_string()).unwrap()).unwrap()
    }

    pub fn reveal(&self, part: &Value) -> Value {
        let request = json!({"seed": self.seed, "derived": self.derived, "reveal": part});
        let answer = hooks::reveal(&Dag, &request.to_string()).unwrap_or_else(|fault| panic!("{fault:?}"));
        serde_json::from_str(&answer).unwrap()
    }

    /// All bytes that can reach a class of viewers: the projection, the part of the seed, and every surface drawn from them.
    pub fn bytes(&self, role: &str, slot: Option<u32>, igt_ms: Option<u64>) -> String {
        let projected = self.project(role, slot, igt_ms);
        let revealed = projected.reveal.as_ref().map(|part| self.reveal(part));
        let mut bytes = json!([projected, revealed]).to_string();
        for surface in
            ["live", "overlay:dag", "overlay:dag:base", "overlay:leaderboard", "overlay:hud", "panel"]
        {
            for of in [None, Some(1), Some(3)] {
                bytes.push_str(&self.render(&projected.view, revealed.as_ref(), surface, of));
            }
        }
        bytes
    }

    fn render(&self, view: &Value, revealed: Option<&Value>, surface: &str, slot: Option<u32>) -> String {
        let participants: Vec<Value> = self.statuses.keys().copied().map(participant).collect();
        let mut request = json!({
            "view": view, "derived": self.derived, "surface": surface, "locale": "fr", "can_edit": false,
            "participants": participants, "assets": "/plugins/race-dag/0/", "slot": slot});
        if surface.ends_with(":base") {
            request["revealed"] = json!(revealed);
        }
        hooks::render(&Dag, &request.to_string()).unwrap_or_else(|fault| panic!("{surface}: {fault:?}"))
    }

    fn around(&self) -> Value {
        let racers: Vec<Value> = self
            .statuses
            .iter()
            .map(|(slot, status)| json!({"slot": slot, "label": label(*slot), "status": status}))
            .collect();
        let race = json!({"status": self.status, "started_at": null});
        json!({"state": self.state, "derived": self.derived, "participants": racers, "race": race, "now_ms": 1})
    }
}

pub fn label(slot: u32) -> String {
    format!("Runner-{slot}")
}

fn participant(slot: u32) -> Value {
    json!({"slot": slot, "label": label(slot)})
}

/// Ids from the start to the end, always by the first gate, or with `turn` by another.
pub fn route(graph: &Graph, turn: usize) -> Vec<String> {
    let mut route = vec![graph.start().unwrap().to_owned()];
    loop {
        let here = route.last().unwrap();
        let ways: Vec<&String> = graph.edges.iter().filter(|e| e.from == *here).map(|e| &e.to).collect();
        let Some(next) = ways.get(turn % ways.len().max(1)) else { return route };
        route.push((*next).clone());
    }
}

pub fn entered(node: &str, igt_ms: u64) -> Value {
    json!({"type": "zone_entered", "from_zone": null, "to_zone": node, "igt_ms": igt_ms})
}

pub fn flag(flag: u64, igt_ms: u64) -> Value {
    json!({"type": "event_flag", "flag_id": flag, "igt_ms": igt_ms})
}

pub fn status(igt_ms: u64, deaths: u64) -> Value {
    json!({"type": "status_update", "igt_ms": igt_ms, "death_count": deaths})
}

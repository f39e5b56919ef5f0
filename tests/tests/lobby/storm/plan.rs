//! What happens in a storm, drawn from a seed: the same seed is the same storm.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

pub struct Plan {
    /// Every peer that comes, with its options.
    pub peers: Vec<(String, Value)>,
    /// With `in_s` from the beginning.
    pub commands: Vec<Value>,
    /// Who is in each session in the end; nothing for those that their creator left.
    pub expected: BTreeMap<String, BTreeSet<String>>,
    pub joins: usize,
    pub leaves: usize,
    pub crashes: usize,
}

impl Plan {
    /// Forty sessions; joins, leaves, crashes and stale heartbeats, often several at one instant.
    pub fn draw(seed: u64, seconds: f64) -> Self {
        let mut plan = Self {
            peers: Vec::new(),
            commands: Vec::new(),
            expected: BTreeMap::new(),
            joins: 0,
            leaves: 0,
            crashes: 0,
        };
        let mut dice = Dice(seed);
        for n in 0..40 {
            plan.session(&format!("storm-{n}"), n, seconds, &mut dice);
        }
        plan
    }

    fn session(&mut self, session: &str, n: usize, seconds: f64, dice: &mut Dice) {
        let mut at = dice.between(0.0, 3.0);
        let creator = self.peer(session, 0, dice);
        let create = json!({"do": "create", "peer": creator, "session": session, "model": "Tide pools",
            "low": 2, "high": 0, "in_s": at});
        self.commands.push(create);
        let (mut members, mut gone) = (BTreeSet::new(), Vec::<String>::new());
        let mut came = 0;
        // Of some the creator goes when half of the time is over.
        let ends = if n % 10 == 3 { seconds / 2.0 } else { seconds };
        loop {
            at += dice.between(0.6, 5.0);
            if at >= ends {
                break;
            }
            // Who acts at this instant acts once in it.
            let mut free: Vec<String> = members.iter().cloned().collect();
            let mut going = Vec::new();
            for _ in 0..1 + dice.below(3) {
                match dice.below(100) {
                    0..55 if members.len() < 9 => {
                        came += 1;
                        let peer = self.peer(session, came, dice);
                        self.join(&peer, session, at);
                        members.insert(peer);
                    }
                    55..60 if !gone.is_empty() => {
                        // The earlier of its two connections is closed by now.
                        let peer = gone.swap_remove(dice.below(gone.len()));
                        self.join(&peer, session, at);
                        members.insert(peer);
                    }
                    60..80 if !free.is_empty() => {
                        let peer = free.swap_remove(dice.below(free.len()));
                        self.leaves += 1;
                        self.go(&peer, "leave", at);
                        members.remove(&peer);
                        going.push(peer);
                    }
                    80..87 if !free.is_empty() => {
                        let peer = free.swap_remove(dice.below(free.len()));
                        self.crashes += 1;
                        self.go(&peer, "crash", at);
                        members.remove(&peer);
                        going.push(peer);
                    }
                    _ => {
                        let back = 1 + dice.below(8);
                        let stale = json!({"do": "lag", "peer": creator, "back": back, "in_s": at});
                        self.commands.push(stale);
                    }
                }
            }
            gone.append(&mut going);
        }
        if ends < seconds {
            self.go(&creator, if n % 20 == 3 { "leave" } else { "crash" }, ends);
        } else {
            members.insert(creator);
            self.expected.insert(session.to_owned(), members);
        }
    }

    fn peer(&mut self, session: &str, n: usize, dice: &mut Dice) -> String {
        let name = format!("{session}-p{n}");
        let words = [json!([]), json!(["ready"]), json!(["disconnect"])];
        let form = ["prefix", "suffix"][n % 2];
        let options = json!({"form": form, "verify": dice.below(2) == 0, "words": words[dice.below(3)]});
        self.peers.push((name.clone(), options));
        name
    }

    fn join(&mut self, peer: &str, session: &str, at: f64) {
        self.joins += 1;
        self.commands.push(json!({"do": "join", "peer": peer, "session": session, "in_s": at}));
    }

    fn go(&mut self, peer: &str, how: &str, at: f64) {
        self.commands.push(json!({"do": how, "peer": peer, "in_s": at}));
    }
}

/// xorshift64*
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() % 10_000) as f64 / 10_000.0
    }
}

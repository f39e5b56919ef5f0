//! What the topics beside the state hold: who is ready, who plays what. Only memory has it, the broker replays it.

use std::collections::{BTreeMap, BTreeSet};

use regie_lobby_client::wire::{Form, Place};

use super::Now;

/// What departed clients left there is emptied after so long, unless they are back: they may tidy up themselves.
const TIDY_MS: u64 = 3_000;
/// How long the echo of an emptied ready message is waited for.
const ECHO_MS: u64 = 5_000;
/// Of each kind.
const MOST: usize = 1_000;

#[derive(Debug, Default, Clone)]
pub struct Beside {
    ready: BTreeSet<String>,
    /// Player → client.
    reserved: BTreeMap<String, String>,
    players: BTreeMap<String, String>,
    departed: Vec<(String, u64)>,
    emptied: Vec<(String, u64)>,
}

impl Beside {
    pub fn is_ready(&self, client_id: &str) -> bool {
        self.ready.contains(client_id)
    }

    /// The player that a client registered.
    pub fn name(&self, client_id: &str) -> Option<String> {
        self.players.get(client_id).cloned()
    }

    pub fn ready(&mut self, client_id: String) {
        if self.ready.len() < MOST {
            self.ready.insert(client_id);
        }
    }

    /// Whether the client did it, and not [`Beside::tidy`].
    pub fn unready(&mut self, client_id: &str, now: Now) -> bool {
        self.ready.remove(client_id);
        let own = self.emptied.iter().position(|(id, _)| id == client_id);
        own.map(|own| self.emptied.swap_remove(own))
            .is_none_or(|(_, at)| now.mono_ms.saturating_sub(at) > ECHO_MS)
    }

    pub fn register(&mut self, client_id: String, player: String) {
        if self.players.len() < MOST {
            self.players.insert(client_id, player);
        }
    }

    pub fn reserve(&mut self, player: String, client_id: String) {
        if self.reserved.len() < MOST {
            self.reserved.insert(player, client_id);
        }
    }

    pub fn release(&mut self, player: &str) {
        self.reserved.remove(player);
    }

    pub fn departed(&mut self, client_id: String, now: Now) {
        self.departed.push((client_id, now.mono_ms));
    }

    /// Topics to empty of clients that are gone for a while.
    pub fn tidy(&mut self, session: &str, is_member: impl Fn(&str) -> bool, now: Now) -> Vec<String> {
        self.emptied.retain(|(_, at)| now.mono_ms.saturating_sub(*at) <= ECHO_MS);
        let (due, later) = std::mem::take(&mut self.departed)
            .into_iter()
            .partition(|(_, at)| now.mono_ms.saturating_sub(*at) >= TIDY_MS);
        self.departed = later;
        let due: Vec<(String, u64)> = due;
        let mut topics = Vec::new();
        for (client_id, _) in due.into_iter().filter(|(id, _)| !is_member(id)) {
            let held = self.reserved.iter().filter(|(_, by)| **by == client_id);
            let players: Vec<String> = held.map(|(player, _)| player.clone()).collect();
            for player in players {
                topics.push(Place::Reservation { session, player: &player }.to_string());
                self.reserved.remove(&player);
            }
            if self.ready.remove(&client_id) {
                topics.push(Place::Ready { session, client_id: &client_id }.to_string());
                self.emptied.push((client_id, now.mono_ms));
            }
        }
        topics
    }

    /// All that a session may have left on the broker.
    pub fn topics<'a>(&'a self, session: &'a str, clients: impl Iterator<Item = &'a str>) -> Vec<String> {
        let ready: BTreeSet<&str> = self.ready.iter().map(String::as_str).chain(clients).collect();
        Form::ALL
            .into_iter()
            .map(|form| Place::State { session, form })
            .chain([
                Place::Discovery { session },
                Place::SeedSync { session },
                Place::GameStart { session },
                Place::AllPlayersSelected { session },
            ])
            .chain(ready.into_iter().map(|client_id| Place::Ready { session, client_id }))
            .chain(self.reserved.keys().map(|player| Place::Reservation { session, player }))
            .map(|place| place.to_string())
            .collect()
    }
}

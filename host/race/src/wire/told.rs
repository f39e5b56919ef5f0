//! What readers of one class were told last, and what a newer picture changes of it. Made once for all of them.

use regie_sdk::protocol::Standings;
use serde_json::{Map, Value, value::RawValue};

use super::{message, participant};
use crate::{
    events::Shown,
    model::{Dialect, Race},
};

/// The last picture, as it was told.
#[derive(Debug, Clone)]
pub struct Told {
    everybody: Vec<Map<String, Value>>,
    splits: Option<Value>,
    seed: Map<String, Value>,
    /// Names the revealed part of the seed.
    digest: Option<String>,
    status: String,
}

/// What a newer picture changes of the leaderboard.
#[derive(Debug, PartialEq)]
pub enum Moved<'a> {
    Nobody,
    /// One participant, who neither overtook anybody nor came or went.
    One(&'a Map<String, Value>),
    Many,
}

impl Told {
    pub fn of(shown: &Shown) -> Self {
        let Standings { more, .. } = &*shown.standings;
        let seed = more.get("seed").and_then(Value::as_object).cloned().unwrap_or_default();
        Self {
            everybody: participant::all(&shown.race, &shown.standings, |slot| {
                shown.connected.contains(&slot)
            }),
            splits: more.get("leader_splits").cloned(),
            seed,
            digest: shown.revealed.as_ref().map(|(digest, _)| digest.clone()),
            status: message::race_status_change(Dialect::Source, &shown.race, 0),
        }
    }

    pub fn everybody(&self) -> &[Map<String, Value>] {
        &self.everybody
    }

    /// What the mode says of the seed to this class; `total_layers` is always there.
    pub fn seed(&self) -> Map<String, Value> {
        let mut seed = self.seed.clone();
        seed.entry("total_layers").or_insert_with(|| 0.into());
        seed
    }

    /// What `race_state` says besides the time; without the graph unless it is given.
    pub fn whole(&self, dialect: Dialect, race: &Race, graph: Option<&RawValue>) -> String {
        message::whole(dialect, race, &self.seed(), graph, &self.everybody)
    }

    /// The same for spectators, with what they may see of the seed.
    pub fn whole_for_spectators(&self, shown: &Shown) -> String {
        self.whole(Dialect::Source, &shown.race, shown.revealed.as_ref().map(|(_, part)| &**part))
    }

    pub fn leaderboard(&self) -> String {
        message::leaderboard_update(&self.everybody, self.splits.as_ref())
    }

    /// For spectators: what `shown` changes, in order. A change of the race's status, of what may be seen of the seed, or of
    /// the room itself is told as a whole.
    pub fn spectate(&mut self, shown: &Shown) -> Vec<String> {
        let now = shown.at_ms;
        let new = Self::of(shown);
        let (has_status, has_part) =
            (new.status != self.status, new.digest != self.digest || new.seed != self.seed);
        let state = || message::race_state(&new.whole_for_spectators(shown), now);
        let messages = match (has_status, has_part) {
            (true, _) => vec![
                state(),
                message::race_status_change(Dialect::Source, &shown.race, now),
                new.leaderboard(),
            ],
            (false, true) => vec![state()],
            (false, false) => self.told_of(&new).into_iter().collect(),
        };
        *self = new;
        messages
    }

    /// For games: what `shown` changes of the leaderboard.
    pub fn race(&mut self, shown: &Shown) -> Option<String> {
        let new = Self::of(shown);
        let message = self.told_of(&new);
        *self = new;
        message
    }

    /// A running clock. `None` where it says nothing new, or nobody here was told of that participant.
    pub fn clock(&mut self, slot: u32, igt_ms: u64, death_count: Option<u64>) -> Option<String> {
        let wire = self.everybody.iter_mut().find(|wire| wire["slot"] == slot)?;
        participant::tick(wire, igt_ms, death_count).then(|| message::player_update(wire))
    }

    fn told_of(&self, new: &Self) -> Option<String> {
        match self.moved(new) {
            Moved::Nobody => None,
            Moved::One(player) => Some(message::player_update(player)),
            Moved::Many => Some(new.leaderboard()),
        }
    }

    fn moved<'a>(&self, new: &'a Self) -> Moved<'a> {
        let is_same_list = self.splits == new.splits
            && self.everybody.len() == new.everybody.len()
            && self.everybody.iter().zip(&new.everybody).all(|(old, new)| {
                ["slot", "place", "status", "mod_connected"].iter().all(|name| old[*name] == new[*name])
            });
        if !is_same_list {
            return Moved::Many;
        }
        let mut changed = self.everybody.iter().zip(&new.everybody).filter(|(old, new)| old != new);
        match (changed.next(), changed.next()) {
            (None, _) => Moved::Nobody,
            (Some((_, player)), None) => Moved::One(player),
            _ => Moved::Many,
        }
    }
}

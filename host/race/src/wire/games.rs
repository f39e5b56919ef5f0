//! What one player's game is told, in the order its client relies on. The two dialects differ here and in the names of
//! statuses, nowhere else.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Ms, Told, message, status};
use crate::{
    events::Shown,
    model::{Dialect, Participant, Race, RaceStatus},
};

/// Messages of the mode's that wait for the start; more are not kept.
const HELD: usize = 16;

type Message = Map<String, Value>;

/// What was told so far.
pub struct Game {
    slot: u32,
    dialect: Dialect,
    told: Told,
    /// Of the race, as it was last told.
    status: RaceStatus,
    /// Times and word of the last `race_status_change`.
    said: String,
    /// `race_start` went out for the start that is under way.
    is_started: bool,
    /// What the mode said before the start: nothing of the seed is told before it.
    held: Vec<Arc<Message>>,
    /// What the mode says of where the player stands; told at the start and after a new connection.
    resumed: Vec<Value>,
}

impl Game {
    /// After `auth`: `auth_ok`, where the player stands, the leaderboard.
    pub fn open(shown: &Shown, player: &Participant, now: Ms) -> (Self, Vec<String>) {
        let dialect = shown.race.config.dialect;
        let told = Told::of(shown);
        let mut messages =
            vec![message::auth_ok(dialect, &shown.race, &player.id, &told.seed(), told.everybody(), now)];
        let mut game = Self {
            slot: player.slot,
            dialect,
            told,
            status: shown.race.status,
            said: said(dialect, &shown.race),
            is_started: false,
            held: Vec::new(),
            resumed: Vec::new(),
        };
        if let (Dialect::Public, RaceStatus::Countdown, Some(start)) =
            (dialect, game.status, shown.race.started_at.as_deref().and_then(regie_core::parse_rfc3339))
        {
            game.is_started = true;
            messages.push(message::race_start(seconds_until(start, now), now));
        }
        if game.status == RaceStatus::Running {
            messages.extend(game.resume(shown));
        }
        messages.push(game.told.leaderboard());
        (game, messages)
    }

    /// Whether the token this link came with is still good.
    pub fn is_admitted(&self, race: &Race, generation: u32) -> bool {
        race.participants.iter().any(|p| p.slot == self.slot && p.token_generation == generation)
    }

    /// A newer picture: first the race's status, then the leaderboard.
    pub fn picture(&mut self, shown: &Shown, now: Ms) -> Vec<String> {
        self.dialect = shown.race.config.dialect;
        let mut messages = self.status(shown, now);
        messages.extend(self.told.race(shown));
        messages
    }

    pub fn clock(&mut self, slot: u32, igt_ms: u64, death_count: Option<u64>) -> Option<String> {
        self.told.clock(slot, igt_ms, death_count)
    }

    /// A countdown begins, for all or for this player.
    pub fn start(&mut self, slot: Option<u32>, seconds: u32, now: Ms) -> Option<String> {
        let is_mine = slot.is_none_or(|slot| slot == self.slot);
        // In *source* the countdown runs on `scheduled_start`, and `race_start` is its end. Who starts alone has none.
        let is_told = is_mine && (self.dialect == Dialect::Public || slot.is_some());
        if is_told {
            self.is_started = slot.is_none();
        }
        is_told.then(|| message::race_start(seconds, now))
    }

    /// What the mode says to this player.
    pub fn notify(&mut self, slot: u32, message: &Arc<Message>) -> Option<String> {
        if slot != self.slot {
            return None;
        }
        if is_before(self.status) {
            if self.held.len() < HELD {
                self.held.push(message.clone());
            }
            return None;
        }
        let value = Value::Object((**message).clone());
        match self.resumed.iter().position(|told| *told == value) {
            Some(told) => {
                self.resumed.remove(told);
                None
            }
            None => Some(value.to_string()),
        }
    }

    fn status(&mut self, shown: &Shown, now: Ms) -> Vec<String> {
        let race = &shown.race;
        let (before, said) = (std::mem::replace(&mut self.status, race.status), said(self.dialect, race));
        if self.said == said {
            return Vec::new();
        }
        self.said = said;
        let mut messages = Vec::new();
        if is_before(before) && race.status == RaceStatus::Running {
            if !std::mem::take(&mut self.is_started) {
                messages.push(message::race_start(0, now));
            }
            messages.extend(self.where_it_begins(shown));
        }
        if race.status == RaceStatus::Finished {
            self.told = Told::of(shown);
            let whole = self.told.whole(self.dialect, race, None);
            messages.push(message::race_state(&whole, now));
        }
        messages.push(message::race_status_change(self.dialect, race, now));
        if race.status == RaceStatus::Finished {
            messages.push(self.told.leaderboard());
        }
        if is_before(race.status) {
            self.held.clear();
        }
        messages
    }

    /// What the mode said at the start; where that has not come yet, what its standings resume with, which is the same.
    fn where_it_begins(&mut self, shown: &Shown) -> Vec<String> {
        if self.held.is_empty() {
            return self.resume(shown);
        }
        self.held.drain(..).map(|message| Value::Object((*message).clone()).to_string()).collect()
    }

    fn resume(&mut self, shown: &Shown) -> Vec<String> {
        let resume = shown.standings.more.get("resume").and_then(Value::as_array);
        self.resumed = resume.cloned().unwrap_or_default();
        self.resumed.iter().map(Value::to_string).collect()
    }
}

/// Nothing of the seed is told before the race runs.
fn is_before(status: RaceStatus) -> bool {
    matches!(status, RaceStatus::Draft | RaceStatus::Open | RaceStatus::Countdown)
}

/// What of a race is worth a `race_status_change`: in *public* only another word.
fn said(dialect: Dialect, race: &Race) -> String {
    let word = status::word(dialect, race.status);
    match dialect {
        Dialect::Public => word.to_owned(),
        Dialect::Source => format!("{word} {}", Value::Object(status::times(dialect, race))),
    }
}

fn seconds_until(start: Ms, now: Ms) -> u32 {
    u32::try_from((start - now + 999).div_euclid(1000)).unwrap_or(0)
}

//! A race as it was at one moment: what pictures are made from.

use std::{collections::BTreeSet, sync::Arc};

use regie_core::{Result, parse_rfc3339};
use regie_plugins::Plugin;
use regie_sdk::protocol::{Participant, RaceStatus, Racer, Standings, StandingsRequest};
use serde_json::{Map, value::RawValue};
use tokio::sync::Mutex;

use crate::model::Race;

pub(super) struct Moment {
    /// Rises with every moment of this race since it was read.
    pub seq: u64,
    /// `seq` of the newest moment at which more than clocks had moved.
    pub real: u64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// Of the document; running clocks that are not stored yet do not count.
    pub version: u64,
    /// Without `state` and `derived`.
    pub race: Arc<Race>,
    pub state: Arc<RawValue>,
    pub derived: Option<Arc<RawValue>>,
    pub connected: Arc<BTreeSet<u32>>,
    /// How all stand, by package of the mode and whether finishers' names are hidden: asked for once.
    standings: Mutex<Vec<(String, bool, Arc<Standings>)>>,
}

/// What changed since the moment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    Clocks,
    More,
}

impl Moment {
    pub fn first(
        seq: u64,
        at_ms: i64,
        version: u64,
        race: Arc<Race>,
        state: Arc<RawValue>,
        derived: Option<Arc<RawValue>>,
    ) -> Self {
        let connected = Arc::default();
        Self { seq, real: seq, at_ms, version, race, state, derived, connected, standings: Mutex::default() }
    }

    /// The moment after this one; the same race where `change` leaves it so.
    pub fn next(&self, at_ms: i64, news: News, change: impl FnOnce(&mut Self)) -> Self {
        let seq = self.seq + 1;
        let mut next = Self {
            seq,
            real: if news == News::More { seq } else { self.real },
            at_ms: at_ms.max(self.at_ms),
            version: self.version,
            race: self.race.clone(),
            state: self.state.clone(),
            derived: self.derived.clone(),
            connected: self.connected.clone(),
            standings: Mutex::default(),
        };
        change(&mut next);
        next
    }

    /// How everybody stands, for a race whose names are `race`'s.
    pub async fn standings(&self, plugin: &Plugin, race: &Race, hidden: bool) -> Result<Arc<Standings>> {
        let mut known = self.standings.lock().await;
        if let Some((_, _, standings)) =
            known.iter().find(|(hash, h, _)| hash == plugin.hash() && *h == hidden)
        {
            return Ok(standings.clone());
        }
        let request = StandingsRequest {
            state: &*self.state,
            derived: self.derived.as_deref(),
            participants: racers(race),
            race: status(race),
            now_ms: self.at_ms,
            settings: Map::new(),
        };
        let standings = Arc::new(plugin.standings(&race.id, request).await?);
        known.push((plugin.hash().to_owned(), hidden, standings.clone()));
        Ok(standings)
    }
}

pub(super) fn racers(race: &Race) -> Vec<Racer> {
    let racer = |p: &crate::model::Participant| Racer {
        slot: p.slot,
        label: p.name.clone(),
        status: p.status.as_str().to_owned(),
    };
    race.participants.iter().map(racer).collect()
}

pub(crate) fn labels(race: &Race) -> Vec<Participant> {
    race.participants.iter().map(|p| Participant { slot: p.slot, label: p.name.clone() }).collect()
}

pub(super) fn status(race: &Race) -> RaceStatus {
    RaceStatus {
        status: race.status.as_str().to_owned(),
        started_at: race.started_at.clone(),
        started_at_ms: race.started_at.as_deref().and_then(parse_rfc3339),
    }
}

//! From a moment to what one class of viewers may see of it. Nothing else leaves the room.

use std::sync::Arc;

use regie_core::{Error, Result};
use regie_plugins::Plugin;
use regie_sdk::protocol::{ProjectRequest, RevealRequest, Standings, ViewerClass};
use serde_json::{Map, Value, value::RawValue};
use sha2::{Digest, Sha256};

use super::{
    Engine,
    moment::{Moment, racers, status},
    names,
};
use crate::{
    Class, Shown, Who,
    model::{Race, RaceStatus, Start},
};

impl Engine {
    /// What `class` may see of `moment`; with `igt_ms`, as of that in-game time.
    pub(super) async fn picture(&self, moment: &Moment, class: Class, igt_ms: Option<u64>) -> Result<Shown> {
        let plugin = self.mode(&moment.race.mode)?;
        let seen = names::seen_by(&moment.race, class.who);
        let standings = moment.standings(&plugin, &seen.race, seen.hidden).await?;
        let viewer = ViewerClass {
            role: class.who.role().to_owned(),
            participant: class.who.slot(),
            igt_ms: igt_ms.or_else(|| own_time(&moment.race, &standings, class.who)),
        };
        let request = ProjectRequest {
            state: &*moment.state,
            derived: moment.derived.as_deref(),
            participants: racers(&seen.race),
            race: status(&seen.race),
            now_ms: moment.at_ms,
            settings: Map::new(),
            standings: Standings::clone(&standings),
            viewer,
        };
        let projected = plugin.project(&moment.race.id, request).await?;
        let revealed = match projected.reveal.filter(|reveal| !reveal.is_null()) {
            Some(reveal) => Some(self.revealed(&plugin, moment, reveal).await?),
            None => None,
        };
        Ok(Shown {
            class,
            seq: moment.seq,
            at_ms: moment.at_ms,
            version: moment.version,
            race: seen.race,
            connected: moment.connected.clone(),
            standings: Arc::new(projected.standings),
            view: projected.view.into(),
            revealed,
        })
    }

    /// Who takes part and nothing of how far, where the mode cannot be asked; with what it said last, where it has.
    pub(super) fn without_mode(moment: &Moment, class: Class, last: Option<&Shown>) -> Shown {
        let nothing = || RawValue::from_string("null".into()).expect("null is JSON").into();
        Shown {
            class,
            seq: moment.seq,
            at_ms: moment.at_ms,
            version: moment.version,
            race: names::seen_by(&moment.race, class.who).race,
            connected: moment.connected.clone(),
            standings: last.map(|last| last.standings.clone()).unwrap_or_default(),
            view: last.map_or_else(nothing, |last| last.view.clone()),
            revealed: last.and_then(|last| last.revealed.clone()),
        }
    }

    /// That part of the seed, made once for the same content.
    async fn revealed(
        &self,
        plugin: &Plugin,
        moment: &Moment,
        reveal: Value,
    ) -> Result<(String, Arc<RawValue>)> {
        let digest = moment.race.seed_digest.clone().ok_or_else(no_seed)?;
        let derived = moment.derived.as_deref().map_or("", RawValue::get);
        let name = name_of(&[plugin.hash(), &digest, derived, &reveal.to_string()]);
        if let Some(part) = self.revealed.get(&name) {
            return Ok((name, part));
        }
        let bytes = self.ground.store.blob_get(&digest).await?.ok_or_else(no_seed)?;
        let seed: Box<RawValue> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        let request =
            RevealRequest { seed: &*seed, derived: moment.derived.as_deref(), reveal, settings: Map::new() };
        let part: Arc<RawValue> = plugin.reveal(&moment.race.id, request).await?.into();
        self.revealed.put(name.clone(), part.clone());
        Ok((name, part))
    }
}

/// Who runs alone sees the others as of their own time.
fn own_time(race: &Race, standings: &Standings, who: Who) -> Option<u64> {
    let slot =
        who.slot().filter(|_| race.config.start == Start::Async && race.status == RaceStatus::Running)?;
    let runs = race.in_slot(slot).is_some_and(|participant| !participant.status.is_terminal());
    let own = || standings.participants.iter().find(|standing| standing.participant == slot);
    runs.then(|| own().and_then(|standing| standing.igt_ms).unwrap_or(0))
}

/// The same for the same parts only.
fn name_of(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn no_seed() -> Error {
    Error::internal("the mode reveals a part of a seed that is not there").code("no_seed")
}

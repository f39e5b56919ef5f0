//! After a restart: the last two minutes of a race, read from its history, so that no late viewer is shown more than was so then.

use std::sync::Arc;

use regie_store::Document;

use super::{Engine, document::Held, moment::Moment, past::Past, room::Room};
use crate::model::{ParticipantStatus, Race, RaceStatus};

/// How far late viewers look back, the farthest first.
const BACK_MS: [i64; 3] = [120_000, 60_000, 30_000];
/// Lines of the history that are looked through for it.
const ENTRIES: usize = 2_000;

impl Engine {
    pub(super) async fn remember(&self, room: &Room) {
        let (now, now_ms) = (room.now(), self.ground.clock.now_ms());
        if now.at_ms <= now_ms - BACK_MS[0] {
            return;
        }
        let mut past = Past::default();
        let entries = self.ground.races.history(&room.id, None, ENTRIES).await.unwrap_or_default();
        for (seq, back) in (2..).zip(BACK_MS) {
            let Some(entry) = entries.iter().find(|entry| entry.at_ms <= now_ms - back) else { continue };
            if let Some(then) = self.at_version(room, entry.version, entry.at_ms).await {
                past.add(Arc::new(then.moment(seq)));
            }
        }
        // What cannot be read was as before the start, for all that a late viewer may know.
        if !past.reaches(now_ms - BACK_MS[0]) {
            let mut whole = Past::default();
            whole.add(Arc::new(before_start(&now)));
            for moment in past.into_moments() {
                whole.add(moment);
            }
            past = whole;
        }
        past.add(now);
        *room.past.lock() = past;
    }

    async fn at_version(&self, room: &Room, version: u64, at_ms: i64) -> Option<Held> {
        let body = self.ground.races.at_version(&room.id, version).await.ok()??;
        let key = room.id.clone();
        Held::read(&Document { key, revision: 0, version, at_ms, body }).ok()
    }
}

/// Who takes part, and nothing of how far.
fn before_start(moment: &Moment) -> Moment {
    let mut race = Race::clone(&moment.race);
    race.status = RaceStatus::Open;
    (race.started_at, race.finished_at) = (None, None);
    for participant in &mut race.participants {
        participant.status = ParticipantStatus::Registered;
        (participant.started_at, participant.finished_at) = (None, None);
    }
    Moment::first(1, 0, moment.version, race.into(), moment.state.clone(), moment.derived.clone())
}

//! What a race's status is called, and on which time its countdown runs, in each dialect.

use serde_json::{Map, Value, json};

use crate::model::{Dialect, Race, RaceStatus};

/// *public* knows three words; *source* ours.
pub fn word(dialect: Dialect, status: RaceStatus) -> &'static str {
    match (dialect, status) {
        (Dialect::Source, status) => status.as_str(),
        (Dialect::Public, RaceStatus::Draft | RaceStatus::Open | RaceStatus::Countdown) => "setup",
        (Dialect::Public, RaceStatus::Running) => "running",
        (Dialect::Public, RaceStatus::Finished | RaceStatus::Cancelled) => "finished",
    }
}

/// What `auth_ok`, `race_state` and `race_status_change` say of the race's times. A client of *source* counts down to
/// `scheduled_start`: once a start is under way, that is when it is.
pub fn times(dialect: Dialect, race: &Race) -> Map<String, Value> {
    let start = match dialect {
        Dialect::Source => race.started_at.as_ref().or(race.scheduled_start.as_ref()),
        Dialect::Public => race.scheduled_start.as_ref(),
    };
    let times = json!({
        "scheduled_start": start,
        "started_at": race.started_at,
        "finished_at": race.finished_at,
        "countdown_seconds": race.config.countdown_seconds,
    });
    match times {
        Value::Object(times) => times,
        _ => Map::new(),
    }
}

//! Messages of the server, each as the text of a frame.

use regie_core::{Error, rfc3339};
use serde_json::{Map, Value, json, value::RawValue};

use super::{Ms, PROTOCOL_VERSION, Refusal, frame::Frame, status};
use crate::model::{Dialect, Race};

/// What a game is told first. `seed` is what the mode gives this player: never the graph.
pub fn auth_ok(
    dialect: Dialect,
    race: &Race,
    participant: &str,
    seed: &Map<String, Value>,
    everybody: &[Map<String, Value>],
    now: Ms,
) -> String {
    text(json!({
        "type": "auth_ok",
        "participant_id": participant,
        "protocol_version": PROTOCOL_VERSION,
        "race": room(dialect, race),
        "seed": seed,
        "participants": everybody,
        "server_time": rfc3339(now),
        "server_time_ms": now,
    }))
}

pub fn auth_error(message: &str) -> String {
    text(json!({"type": "auth_error", "message": message}))
}

/// The whole room, to begin from: what [`race_state`] says besides the time. `graph` is that part of the seed which the
/// reader may see.
pub fn whole(
    dialect: Dialect,
    race: &Race,
    seed: &Map<String, Value>,
    graph: Option<&RawValue>,
    everybody: &[Map<String, Value>],
) -> String {
    let facts: String = seed
        .iter()
        .filter(|(name, _)| *name != "graph_json")
        .map(|(name, value)| format!("{}:{value},", json!(name)))
        .collect();
    // The graph is some 100 kB: it is copied as it is, never parsed.
    format!(
        r#""race":{},"seed":{{{facts}"graph_json":{}}},"participants":{}"#,
        Value::Object(room(dialect, race)),
        graph.map_or("null", RawValue::get),
        json!(everybody),
    )
}

pub fn race_state(whole: &str, now: Ms) -> String {
    format!(r#"{{"type":"race_state","server_time":{},"server_time_ms":{now},{whole}}}"#, json!(rfc3339(now)))
}

/// `seconds` from now on the race runs; at zero in *source*.
pub fn race_start(seconds: u32, now: Ms) -> String {
    text(json!({
        "type": "race_start",
        "countdown_seconds": seconds,
        "server_time": rfc3339(now),
        "server_time_ms": now,
    }))
}

pub fn race_status_change(dialect: Dialect, race: &Race, now: Ms) -> String {
    let mut message = Map::new();
    message.insert("type".into(), "race_status_change".into());
    message.insert("status".into(), status::word(dialect, race.status).into());
    message.extend(status::times(dialect, race));
    message.insert("server_time".into(), rfc3339(now).into());
    message.insert("server_time_ms".into(), now.into());
    text(Value::Object(message))
}

pub fn leaderboard_update(everybody: &[Map<String, Value>], splits: Option<&Value>) -> String {
    text(json!({"type": "leaderboard_update", "participants": everybody, "leader_splits": splits}))
}

pub fn player_update(player: &Map<String, Value>) -> String {
    text(json!({"type": "player_update", "player": player}))
}

pub fn spectator_count(count: usize) -> String {
    text(json!({"type": "spectator_count", "count": count}))
}

/// What the mode tells everybody.
pub fn announcement(words: &str) -> String {
    text(json!({"type": "announcement", "text": words}))
}

/// The frame is durable, or was before.
pub fn ack(frame: &Frame) -> Option<String> {
    let id = frame.message_id.as_ref()?;
    Some(text(json!({"type": format!("{}_ack", frame.kind), "message_id": id})))
}

pub fn error(refusal: &Refusal) -> String {
    let mut message = json!({"type": "error", "code": refusal.code, "message": refusal.message});
    if let (Some(id), Some(message)) = (&refusal.message_id, message.as_object_mut()) {
        message.insert("message_id".into(), id.clone());
    }
    text(message)
}

/// What a room refused; a mode's own codes without the prefix they have over HTTP.
pub fn refused(frame: &Frame, error: &Error) -> Refusal {
    let code = error.code.strip_prefix("plugin.").unwrap_or(&error.code).to_owned();
    Refusal::new(code, error.message.clone()).of(frame)
}

pub fn ping() -> String {
    text(json!({"type": "ping"}))
}

pub fn pong() -> String {
    text(json!({"type": "pong"}))
}

fn room(dialect: Dialect, race: &Race) -> Map<String, Value> {
    let mut room = Map::new();
    room.insert("id".into(), race.id.as_str().into());
    room.insert("name".into(), race.name.as_str().into());
    room.insert("mode".into(), race.mode.as_str().into());
    room.insert("status".into(), status::word(dialect, race.status).into());
    room.extend(status::times(dialect, race));
    room.insert("created_at".into(), race.created_at.as_str().into());
    room.insert("seeds_released_at".into(), race.seeds_released_at.as_deref().into());
    room
}

fn text(message: Value) -> String {
    message.to_string()
}

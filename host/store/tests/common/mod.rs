//! What the tests of the store share.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{path::Path, sync::Arc};

use regie_core::SimulatedClock;
use regie_store::{Answer, Entry, EntryKind, Options, Store, Write};
use serde_json::value::RawValue;

pub const START_MS: i64 = 1_770_212_280_000;

pub fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.into()).unwrap()
}

pub fn entry(version: u64) -> Entry {
    Entry {
        version,
        at_ms: START_MS,
        kind: EntryKind::Action,
        actor: raw(r#"{"id":"ada","name":"Ada","role":"editor"}"#),
        detail: raw(&format!(r#"{{"action":{{"kind":"toggle","item":"bow"}},"step":{version}}}"#)),
    }
}

/// A body of some kilobytes of which a little changes with the version.
pub fn body(version: u64) -> Vec<u8> {
    let cells: Vec<String> =
        (0..100u64).map(|i| format!("\"item-{i}\": {}", (i * 7 + version / (i + 1)) % 4)).collect();
    format!("{{\n  \"version\": {version},\n  {}\n}}\n", cells.join(",\n  ")).into_bytes()
}

pub fn write(version: u64) -> Write {
    Write {
        body: body(version).into(),
        version,
        at_ms: START_MS,
        entries: vec![entry(version)],
        answers: vec![answer(&format!("key-{version}"))],
    }
}

pub fn answer(key: &str) -> Answer {
    Answer { key: key.into(), actor: "ada".into(), body: format!("{{\"ok\":\"{key}\"}}"), at_ms: START_MS }
}

pub fn clock() -> Arc<SimulatedClock> {
    Arc::new(SimulatedClock::at(START_MS))
}

pub fn options(dir: &Path, clock: &Arc<SimulatedClock>) -> Options {
    Options::new(dir.join("db"), clock.clone())
}

pub async fn open(dir: &Path) -> Arc<Store> {
    Store::open(options(dir, &clock())).await.unwrap()
}

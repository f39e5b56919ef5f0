//! How everybody stands, now or at a moment of in-game time.
//!
//! Finished by time; then on the way by layer, and on one layer by when it was entered; then ready, registered, abandoned, disqualified.
//! Who is equal shares a place.

mod gap;
mod row;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use regie_sdk::{Race, Standing, Standings};
use serde_json::{Value, json};

pub use row::Row;

use crate::facts::Core;
use crate::state::State;

#[derive(Debug)]
pub struct Table {
    /// Best first.
    pub rows: Vec<Row>,
    /// When a layer was first reached by anybody who still counts, by layer.
    pub splits: BTreeMap<u32, u64>,
}

impl Table {
    /// Everybody the host names, as of in-game time `cut`, or as far as they are.
    pub fn of(state: &State, core: &Core, race: &Race, cut: Option<u64>) -> Self {
        let row = |racer: &regie_sdk::Racer| {
            Row::of(racer.slot, &racer.status, state.runners.get(&racer.slot), core, cut)
        };
        let mut rows: Vec<Row> = race.participants.iter().map(row).collect();
        rows.sort_by_key(|row| (rank(row), row.slot));
        for index in 0..rows.len() {
            let shared = index > 0 && rank(&rows[index - 1]) == rank(&rows[index]);
            rows[index].place =
                if shared { rows[index - 1].place } else { u32::try_from(index + 1).unwrap_or(u32::MAX) };
        }
        let splits = gap::splits(&rows, core);
        let best = rows.iter().filter(|row| row.status == "finished").find_map(|row| row.igt_ms);
        for row in &mut rows {
            row.gap_ms = gap::gap(row, &splits, best);
        }
        Self { rows, splits }
    }

    /// For the host, with the fields that clients read.
    pub fn standings(&self, core: &Core) -> Standings {
        let participants = self.rows.iter().map(|row| standing(row, core)).collect();
        let splits: BTreeMap<String, u64> =
            self.splits.iter().map(|(layer, igt)| (layer.to_string(), *igt)).collect();
        let mut standings = Standings { participants, ..Standings::default() };
        standings.more.insert("leader_splits".into(), json!(splits));
        standings.more.insert("total".into(), core.total_layers.saturating_sub(1).into());
        standings
    }
}

/// Least is best.
fn rank(row: &Row) -> (u8, Reverse<u32>, u64) {
    let igt = row.igt_ms.unwrap_or(0);
    match row.status.as_str() {
        "finished" => (0, Reverse(0), igt),
        "playing" => (1, Reverse(row.layer), row.entry_ms.unwrap_or(0)),
        "ready" => (2, Reverse(0), 0),
        "registered" => (3, Reverse(0), 0),
        "abandoned" => (4, Reverse(row.layer), igt),
        "disqualified" => (5, Reverse(0), 0),
        _ => (6, Reverse(0), 0),
    }
}

fn standing(row: &Row, core: &Core) -> Standing {
    let here = row.here().and_then(|node| core.place(node));
    let history: Option<Vec<Value>> = (!row.visits.is_empty()).then(|| {
        let visit = |visit: &crate::state::Visit| {
            let mut told = json!({"node_id": core.id(visit.node), "igt_ms": visit.igt_ms});
            if visit.deaths > 0 {
                told["deaths"] = visit.deaths.into();
            }
            told
        };
        row.visits.iter().map(visit).collect()
    });
    let mut standing = Standing {
        participant: row.slot,
        place: row.place,
        status: row.status.clone(),
        progress: f64::from(row.layer),
        igt_ms: row.igt_ms,
        gap_ms: row.gap_ms,
        ..Standing::default()
    };
    let more = [
        ("current_zone", json!(here.map(|place| &place.id))),
        ("current_layer", row.layer.into()),
        ("current_layer_tier", json!(here.and_then(|place| place.tier))),
        ("death_count", row.deaths.into()),
        ("zone_history", json!(history)),
        ("layer_entry_igt", json!(row.entry_ms)),
    ];
    standing.more.extend(more.map(|(key, value)| (key.to_owned(), value)));
    standing
}

use regie_sdk::{Standing, Standings};
use serde_json::Value;

use crate::ranks::Table;

/// Who takes part and their statuses. Order and places say no more than these: within one status it is the order of slots.
pub fn all_but_status(table: &Table) -> Standings {
    let mut rows: Vec<Standing> = table
        .rows
        .iter()
        .map(|row| Standing { participant: row.slot, status: row.status.clone(), ..Standing::default() })
        .collect();
    rows.sort_by_key(|standing| standing.participant);
    Standings::ranked(rows, |standing| class(&standing.status))
}

fn class(status: &str) -> usize {
    let order = ["finished", "playing", "ready", "registered", "abandoned", "disqualified"];
    order.iter().position(|known| *known == status).unwrap_or(order.len())
}

/// What a leaderboard says besides place, status, progress and times.
const LEADERBOARD: [&str; 3] = ["current_layer", "death_count", "layer_entry_igt"];

/// Leaves of everybody but `slot` what a leaderboard says: not where they are and were, nor the tier, which would tell nodes of a layer apart.
pub fn zones_of_others(standings: &mut Standings, slot: u32) {
    for other in standings.participants.iter_mut().filter(|standing| standing.participant != slot) {
        for (field, value) in &mut other.more {
            if !LEADERBOARD.contains(&field.as_str()) {
                *value = Value::Null;
            }
        }
    }
}

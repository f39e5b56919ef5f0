//! How everybody stands: who is done by time, who plays by what they have and since when.

use std::cmp::Reverse;

use regie_sdk::{Race, Standing, Standings};
use serde_json::{Map, json};

use crate::board::{Rule, State};

/// `until`: only what had happened by this time of everybody's own clock.
pub fn standings(state: &State, race: &Race, until: Option<u64>) -> Standings {
    let all = race.participants.iter().map(|racer| {
        let status = match until {
            Some(until)
                if racer.status == "finished" && state.done.get(&racer.slot).is_none_or(|at| *at > until) =>
            {
                "playing"
            }
            _ => &racer.status,
        };
        let mut more = Map::new();
        more.insert("squares".into(), json!(state.marked(racer.slot).count()));
        Standing {
            participant: racer.slot,
            status: status.into(),
            #[expect(clippy::cast_precision_loss, reason = "a board has 81 squares at most")]
            progress: state.progress(racer.slot) as f64,
            igt_ms: state.done.get(&racer.slot).copied().or_else(|| last(state, racer.slot)),
            more,
            ..Standing::default()
        }
    });
    let mut ranked = Standings::ranked(all.collect(), |one| {
        let slot = one.participant;
        let (ahead, at) = (Reverse(state.progress(slot)), last(state, slot).unwrap_or(0));
        match one.status.as_str() {
            // Of those who shared a board, all are done at once: who has more of it is ahead.
            "finished" if state.board.shared => (0, ahead, at),
            "finished" => (0, Reverse(0), state.done.get(&slot).copied().unwrap_or(u64::MAX)),
            "playing" => (1, ahead, at),
            "ready" => (2, ahead, 0),
            "registered" => (3, ahead, 0),
            "abandoned" => (4, ahead, at),
            _ => (5, Reverse(0), 0),
        }
    });
    let first = ranked.participants.iter().find(|one| one.status == "finished").and_then(|one| one.igt_ms);
    for one in &mut ranked.participants {
        if let (Some(first), Some(igt_ms), "finished", Rule::Lines | Rule::Blackout) =
            (first, one.igt_ms, one.status.as_str(), state.board.rule)
        {
            one.gap_ms =
                i64::try_from(igt_ms).ok().zip(i64::try_from(first).ok()).map(|(own, first)| own - first);
        }
    }
    ranked.more.insert("total".into(), json!(state.goal()));
    ranked.more.insert("seed".into(), json!({ "width": state.board.width, "height": state.board.height }));
    ranked
}

fn last(state: &State, slot: u32) -> Option<u64> {
    state.marked(slot).map(|(_, at)| at).max()
}

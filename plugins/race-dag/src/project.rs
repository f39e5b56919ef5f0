//! Who may see what. What is not put into the answer here cannot leave the host.

mod hide;
mod sees;
mod way;

use regie_sdk::{Projection, Race, Standing, Standings, Viewer};
use serde_json::{Map, Value, json};

use crate::facts::{self, Core, Names};
use crate::ranks::{Row, Table};
use crate::reveal::Part;
use crate::rules::zone_update;
use crate::shown::{self, Phase, Sees, Shown};
use crate::state::State;

/// `standings` are those of now: for an earlier time they are made anew.
pub fn project(state: &State, standings: Standings, viewer: &Viewer, race: &Race) -> Projection<Shown> {
    let sees = sees::sees(viewer, race);
    let phase = phase(&race.status.status);
    if sees == Sees::Nothing {
        return nothing(state, phase, viewer, race);
    }
    let (core, names, layout) = facts::or_log(facts::all(race, state.facts.as_ref()));
    let table = Table::of(state, &core, race, viewer.igt_ms);
    let seen = |row: &Row| match sees {
        Sees::Own(slot) => row.slot == slot,
        _ => true,
    };
    let runners = table.rows.iter().map(|row| runner(row, seen(row), &core, &names)).collect();
    let standings = if viewer.igt_ms.is_some() { table.standings(&core) } else { standings };
    let mut standings = with_seed(standings, sees, viewer, race, &core);
    let shown = Shown {
        phase,
        sees,
        total_layers: core.total_layers,
        runners,
        splits: table.splits.clone(),
        nodes: way::nodes(table.rows.iter().filter(|row| seen(row)), &core, &names),
        layout: layout.filter(|_| sees == Sees::All),
    };
    let part = match sees {
        Sees::Own(slot) => {
            hide::zones_of_others(&mut standings, slot);
            if let Some(resume) = resume(state, slot, &core, &names) {
                standings.more.insert("resume".into(), json!([resume]));
            }
            table.rows.iter().find(|row| row.slot == slot).and_then(|row| Part::own(row, &core))
        }
        _ => Some(Part::All),
    };
    Projection { reveal: part.map(Value::from), ..Projection::new(shown, standings) }
}

/// Who takes part, and their statuses.
fn nothing(state: &State, phase: Phase, viewer: &Viewer, race: &Race) -> Projection<Shown> {
    let core = facts::or_log(facts::core(race, state.facts.as_ref()));
    let bare = hide::all_but_status(&Table::of(state, &core, race, None));
    let runner = |standing: &Standing| shown::Runner {
        slot: standing.participant,
        place: standing.place,
        status: standing.status.clone(),
        ..shown::Runner::default()
    };
    let runners = bare.participants.iter().map(runner).collect();
    let view = Shown { phase, total_layers: core.total_layers, runners, ..Shown::default() };
    Projection::new(view, with_seed(bare, Sees::Nothing, viewer, race, &core))
}

fn phase(status: &str) -> Phase {
    match status {
        "running" => Phase::Running,
        "finished" => Phase::Over,
        "cancelled" => Phase::Cancelled,
        _ => Phase::Waiting,
    }
}

/// Adds what clients are told of the seed. Players' games need the numbers of the flags, which say nothing by themselves.
fn with_seed(mut standings: Standings, sees: Sees, viewer: &Viewer, race: &Race, core: &Core) -> Standings {
    let mut seed = Map::new();
    seed.insert("total_layers".into(), core.total_layers.into());
    if sees != Sees::Nothing {
        seed.insert("total_nodes".into(), core.places.len().into());
    }
    let plays = |slot| race.participants.iter().any(|racer| racer.slot == slot);
    if viewer.role == "participant" && viewer.participant.is_some_and(plays) {
        if !core.flags.is_empty() {
            let flags: Vec<u64> = core.flags.iter().map(|(flag, _)| *flag).collect();
            seed.insert("event_ids".into(), json!(flags));
        }
        if let Some(finish) = core.finish {
            seed.insert("finish_event".into(), finish.into());
        }
    }
    standings.more.insert("seed".into(), Value::Object(seed));
    standings
}

/// What a game is told after a break: where it is.
fn resume(state: &State, slot: u32, core: &Core, names: &Names) -> Option<Map<String, Value>> {
    zone_update(state.runners.get(&slot)?, core, names)
}

fn runner(row: &Row, seen: bool, core: &Core, names: &Names) -> shown::Runner {
    shown::Runner {
        slot: row.slot,
        place: row.place,
        status: row.status.clone(),
        layer: row.layer,
        igt_ms: row.igt_ms,
        gap_ms: row.gap_ms,
        deaths: row.igt_ms.map(|_| row.deaths),
        layer_igt_ms: row.entry_ms,
        way: seen.then(|| way::way(row, core, names)).flatten(),
    }
}

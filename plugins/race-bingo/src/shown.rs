//! What a class of viewers may see: the board once the race runs, and of the others what a leaderboard shows.

use std::collections::BTreeMap;

use regie_sdk::{Projection, Race, Standing, Standings, Viewer};
use serde::{Deserialize, Serialize};

use crate::board::{Rule, State};
use crate::ranks;

/// What `render` gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub width: usize,
    pub height: usize,
    pub rule: Rule,
    pub shared: bool,
    /// What `progress` of the ranks comes to in the end.
    pub goal: usize,
    /// Row by row; `None` while it is hidden.
    pub goals: Option<Vec<String>>,
    /// Squares by slot, as far as this class may see them.
    pub marks: BTreeMap<u32, Vec<usize>>,
    pub ranks: Vec<Standing>,
    /// Slot of who looks, and whether they may mark.
    pub me: Option<u32>,
    pub may_mark: bool,
}

pub fn project(state: &State, standings: Standings, viewer: &Viewer, race: &Race) -> Projection<Shown> {
    let cut;
    let (state, standings) = match viewer.igt_ms {
        Some(igt_ms) => {
            cut = state.until(igt_ms);
            let standings = ranks::standings(&cut, race, Some(igt_ms));
            (&cut, standings)
        }
        None => (state, standings),
    };
    let sees = Sees::of(viewer, race);
    let marks = match sees {
        Sees::Nothing => BTreeMap::new(),
        Sees::Own(slot) if !state.board.shared => {
            [(slot, state.marked(slot).map(|(square, _)| square).collect())].into()
        }
        _ => state.marks.iter().map(|(slot, marks)| (*slot, marks.keys().copied().collect())).collect(),
    };
    let standings = if sees == Sees::Nothing { hidden(standings) } else { standings };
    let may_mark = matches!(sees, Sees::Own(_)) && race.status.status == "running";
    let shown = Shown {
        width: state.board.width,
        height: state.board.height,
        rule: state.board.rule,
        shared: state.board.shared,
        goal: state.goal(),
        goals: (sees != Sees::Nothing).then(|| state.board.goals.clone()),
        marks,
        ranks: standings.participants.clone(),
        me: viewer.participant,
        may_mark,
    };
    Projection::new(shown, standings)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    Nothing,
    /// The goals and what this one marked.
    Own(u32),
    Everything,
}

impl Sees {
    fn of(viewer: &Viewer, race: &Race) -> Self {
        let phase = race.status.status.as_str();
        match (viewer.role.as_str(), viewer.participant) {
            ("organizer", _) => Self::Everything,
            _ if phase == "finished" => Self::Everything,
            _ if phase != "running" => Self::Nothing,
            ("participant", Some(slot)) => {
                let status =
                    race.participants.iter().find(|one| one.slot == slot).map_or("", |one| &one.status);
                match status {
                    "playing" => Self::Own(slot),
                    "registered" | "ready" => Self::Nothing,
                    _ => Self::Everything,
                }
            }
            ("public" | "caster", _) => Self::Everything,
            _ => Self::Nothing,
        }
    }
}

/// Who takes part, and nothing of how far: also no order that tells.
fn hidden(mut standings: Standings) -> Standings {
    standings.participants.sort_by_key(|one| one.participant);
    for one in &mut standings.participants {
        *one = Standing {
            participant: one.participant,
            place: 1,
            status: one.status.clone(),
            ..Standing::default()
        };
    }
    standings
}

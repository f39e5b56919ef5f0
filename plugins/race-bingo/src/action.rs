//! What people, players' games and the host send.

use regie_sdk::{Context, Effect, Fault};
use serde::{Deserialize, Serialize};

use crate::board::{Rule, State};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Action {
    /// Click of a player on a square: `{"type":"mark","square":12}`. A game may say its own time.
    #[serde(rename = "mark")]
    Mark {
        square: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        igt_ms: Option<u64>,
    },
    /// Taken back, by who marked it.
    #[serde(rename = "unmark")]
    Unmark { square: usize },
    /// A clock that runs: nothing here is measured by it.
    #[serde(rename = "status_update")]
    Clock {},
    #[serde(rename = "host:start")]
    Start {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<u32>,
    },
    #[serde(rename = "host:abandon", alias = "host:disqualify")]
    Out { slot: u32 },
    #[serde(rename = "host:undo")]
    Undo { slot: u32 },
    #[serde(rename = "host:reset")]
    Reset {},
    #[serde(rename = "host:leave")]
    Leave { slot: u32 },
}

pub fn update(state: &mut State, action: Action, cx: &Context) -> Result<(), Fault> {
    match action {
        Action::Mark { square, igt_ms } => mark(state, square, igt_ms, cx),
        Action::Unmark { square } => unmark(state, square, cx),
        Action::Clock {} => player(state, cx).map(drop),
        Action::Start { slot } => {
            let all = cx.participants().iter().map(|one| one.slot);
            for slot in slot.map_or_else(|| all.collect(), |slot| vec![slot]) {
                state.started.entry(slot).or_insert_with(|| cx.now_ms());
            }
            Ok(())
        }
        Action::Out { slot } => {
            state.out.insert(slot);
            Ok(())
        }
        // Back in the race: what was marked last made it end, where it was done.
        Action::Undo { slot } => {
            state.out.remove(&slot);
            if state.done.remove(&slot).is_some()
                && let Some(marks) = state.marks.get_mut(&slot)
                && let Some(last) = marks.iter().max_by_key(|(_, at)| **at).map(|(square, _)| *square)
            {
                marks.remove(&last);
            }
            Ok(())
        }
        Action::Reset {} => {
            *state = State::new(state.board.clone());
            Ok(())
        }
        Action::Leave { slot } => {
            state.marks.remove(&slot);
            state.started.remove(&slot);
            state.done.remove(&slot);
            state.out.remove(&slot);
            Ok(())
        }
    }
}

/// The slot of who acts, and how far their time is.
fn player(state: &State, cx: &Context) -> Result<(u32, u64), Fault> {
    let refused = |code: &str, message: &str| Err(Fault::new(code, message));
    let Some(slot) = cx.slot(None) else {
        return refused("not_playing", "only who takes part marks the board");
    };
    if state.done.contains_key(&slot) || state.out.contains(&slot) {
        return refused("already_ended", "your race has ended");
    }
    let Some(started) = state.started.get(&slot) else {
        return refused("not_playing", "the race has not begun");
    };
    Ok((slot, u64::try_from(cx.now_ms() - started).unwrap_or(0)))
}

fn on_board(state: &State, square: usize) -> Result<(), Fault> {
    if square < state.board.squares() {
        return Ok(());
    }
    let message =
        format!("there is no square {square}; they are counted from 0 to {}", state.board.squares() - 1);
    Err(Fault::new("unknown_square", message).at("action.square"))
}

fn mark(state: &mut State, square: usize, igt_ms: Option<u64>, cx: &Context) -> Result<(), Fault> {
    let (slot, elapsed) = player(state, cx)?;
    on_board(state, square)?;
    if state.board.shared
        && let Some(owner) = state.owner(square).filter(|owner| *owner != slot)
    {
        let name = cx.participants().iter().find(|one| one.slot == owner).map_or("", |one| &one.label);
        return Err(Fault::new("taken", format!("{name} was first")).at("action.square"));
    }
    let marks = state.marks.entry(slot).or_default();
    if marks.contains_key(&square) {
        return Ok(());
    }
    let at = igt_ms.unwrap_or(elapsed).min(1 << 52);
    marks.insert(square, at);
    cx.words_of(slot, &state.board.goals[square]);
    settle(state, slot, at, cx);
    Ok(())
}

/// Who is done is finished; where one board is raced for, nobody is left with anything to do.
fn settle(state: &mut State, slot: u32, at: u64, cx: &Context) {
    let over = match state.board.rule {
        Rule::Lockout => decided(state),
        _ if state.board.shared => state.board.rule == Rule::Blackout && full(state),
        _ => false,
    };
    if over {
        for one in cx.participants() {
            if state.started.contains_key(&one.slot) && !state.out.contains(&one.slot) {
                finish(state, one.slot, at, cx);
            }
        }
    } else if state.progress(slot) >= state.goal() {
        finish(state, slot, at, cx);
    }
}

fn finish(state: &mut State, slot: u32, at: u64, cx: &Context) {
    if state.done.insert(slot, at).is_none() {
        cx.effect(Effect::Finished { participant: slot });
    }
}

fn full(state: &State) -> bool {
    state.marks.values().map(std::collections::BTreeMap::len).sum::<usize>() >= state.board.squares()
}

/// Nobody behind can catch up, or nothing is left.
fn decided(state: &State) -> bool {
    let mut counts: Vec<usize> = state.marks.values().map(std::collections::BTreeMap::len).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let left = state.board.squares() - counts.iter().sum::<usize>();
    let (first, second) = (counts.first().copied().unwrap_or(0), counts.get(1).copied().unwrap_or(0));
    left == 0 || first > second + left
}

fn unmark(state: &mut State, square: usize, cx: &Context) -> Result<(), Fault> {
    let (slot, _) = player(state, cx)?;
    on_board(state, square)?;
    if state.marks.get_mut(&slot).is_some_and(|marks| marks.remove(&square).is_some()) {
        cx.words_of(slot, &format!("{} taken back", state.board.goals[square]));
    }
    Ok(())
}

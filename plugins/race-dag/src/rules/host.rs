use regie_sdk::{Context, Fault};

use super::turn::Turn;
use crate::action::Action;
use crate::state::{Runner, Stage, State};

/// What happens to the room. A host newer than this mode may tell more: that changes nothing.
pub fn update(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    match (action.kind.as_str(), action.slot()) {
        ("host:join", Some(slot)) if !state.runners.contains_key(&slot) => {
            state.runners.insert(slot, Runner::default());
            if state.started { start(state, slot, cx) } else { Ok(()) }
        }
        ("host:leave", Some(slot)) => {
            state.runners.remove(&slot);
            Ok(())
        }
        ("host:start", Some(slot)) => start(state, slot, cx),
        ("host:start", None) => {
            state.started = true;
            let slots: Vec<u32> = state.runners.keys().copied().collect();
            slots.into_iter().try_for_each(|slot| start(state, slot, cx))
        }
        ("host:finish", _) => {
            state.over = true;
            Ok(())
        }
        ("host:abandon", Some(slot)) => end(state, slot, Stage::Abandoned),
        ("host:disqualify", Some(slot)) => end(state, slot, Stage::Disqualified),
        ("host:undo", Some(slot)) => undo(state, slot),
        ("host:reset", _) => {
            state.started = false;
            state.over = false;
            state.runners.values_mut().for_each(|runner| *runner = Runner::default());
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Puts a runner who waits into the start node, and tells their game.
fn start(state: &mut State, slot: u32, cx: &Context) -> Result<(), Fault> {
    let waiting = Turn::of(state, slot, cx).filter(|turn| turn.runner.stage == Stage::Waiting);
    let Some(turn) = waiting else { return Ok(()) };
    let core = turn.core()?;
    *turn.runner = Runner::playing(core.start);
    turn.tell_zone(&core)
}

fn end(state: &mut State, slot: u32, stage: Stage) -> Result<(), Fault> {
    if let Some(runner) = state.runners.get_mut(&slot) {
        runner.stage = stage;
    }
    Ok(())
}

/// Takes an end back: who had started plays on with the clock they had before.
fn undo(state: &mut State, slot: u32) -> Result<(), Fault> {
    let Some(runner) = state.runners.get_mut(&slot) else { return Ok(()) };
    let ended = !matches!(runner.stage, Stage::Waiting | Stage::Playing);
    if ended {
        runner.stage = if runner.visits.is_empty() { Stage::Waiting } else { Stage::Playing };
        runner.finish_ms = None;
        state.over = false;
    }
    Ok(())
}

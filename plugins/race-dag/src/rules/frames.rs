//! What players' games report. They replay what they had kept and rescan everything after a break: what is told twice or late is harmless.

use regie_sdk::{Context, Fault};

use super::turn::Turn;
use crate::action::Action;
use crate::state::{Runner, Stage, State};

/// `{igt_ms, death_count?, current_zone?}`: the clock moved. A zone that is not in the seed says nothing; the layer is the zone's,
/// whatever the game takes it for.
pub fn status(mut turn: Turn, action: &Action) -> Result<(), Fault> {
    let igt_ms = risen(turn.runner, action.igt_ms()?)?;
    let deaths = action.death_count()?.unwrap_or(0);
    turn.runner.igt_ms = igt_ms;
    let Some(zone) = action.text("current_zone") else {
        turn.runner.count_deaths(deaths, None);
        return Ok(());
    };
    let core = turn.core()?;
    let node = core.find(zone, turn.runner.here());
    // Before the step: who comes into a node for the first time died where they were.
    turn.runner.count_deaths(deaths, node);
    match node.filter(|node| turn.runner.here() != Some(*node)) {
        Some(node) => turn.enter(&core, node, igt_ms),
        None => Ok(()),
    }
}

/// `{to_zone, igt_ms}`. A step that no gate makes (a warp, or frames that were lost) is a step all the same.
pub fn zone_entered(mut turn: Turn, action: &Action) -> Result<(), Fault> {
    let igt_ms = action.igt_ms()?;
    let core = turn.core()?;
    let zone = action.text("to_zone").unwrap_or_default();
    let node = core.find(zone, turn.runner.here()).ok_or_else(|| {
        let text = format!("the seed has no zone `{}`", zone.chars().take(80).collect::<String>());
        Fault::new("unknown_zone", text).at("action.to_zone")
    })?;
    turn.enter(&core, node, igt_ms)
}

/// `{flag_id, igt_ms}`: the flag of a gate means the node behind it, one flag means the finish.
pub fn event_flag(mut turn: Turn, action: &Action) -> Result<(), Fault> {
    let igt_ms = action.igt_ms()?;
    let flag = action.flag()?;
    let core = turn.core()?;
    if core.finish == Some(flag) {
        // Kept while the link was down, it may be older than a clock that was told since.
        turn.finish(igt_ms);
        return Ok(());
    }
    let (index, node) = core.flag(flag).ok_or_else(|| {
        Fault::new("unknown_flag", format!("the seed has no flag {flag}")).at("action.flag_id")
    })?;
    if turn.runner.flags.contains(&index) {
        return Ok(());
    }
    turn.runner.flags.push(index);
    turn.enter(&core, node, igt_ms)
}

/// Answers a game that asks where it is with what is known here: neither graces nor positions are in a seed.
pub fn zone_query(turn: Turn, _: &Action) -> Result<(), Fault> {
    turn.tell_zone(&turn.core()?)
}

/// `{igt_ms}`: the run is over.
pub fn finished(mut turn: Turn, action: &Action) -> Result<(), Fault> {
    let igt_ms = risen(turn.runner, action.igt_ms()?)?;
    turn.finish(igt_ms);
    Ok(())
}

/// The runner whose game this is, who must be on the way.
pub fn playing<'a>(state: &'a mut State, cx: &'a Context<'a>) -> Result<Turn<'a>, Fault> {
    let not_playing = |text| Fault::new("not_playing", text);
    let ended = |text| Fault::new("already_ended", text);
    let slot =
        cx.action.actor.participant.ok_or_else(|| not_playing("only a participant's game tells this"))?;
    let over = state.over;
    let turn = Turn::of(state, slot, cx);
    let turn = turn.ok_or_else(|| not_playing("this participant does not take part"))?;
    match turn.runner.stage {
        Stage::Playing if over => Err(not_playing("the race is over")),
        Stage::Playing => Ok(turn),
        Stage::Waiting => Err(not_playing("the race has not started")),
        Stage::Finished => Err(ended("this participant has finished")),
        Stage::Abandoned => Err(ended("this participant has abandoned")),
        Stage::Disqualified => Err(ended("this participant is disqualified")),
    }
}

fn risen(runner: &Runner, igt_ms: u64) -> Result<u64, Fault> {
    if igt_ms >= runner.igt_ms {
        return Ok(igt_ms);
    }
    let text = format!("in-game time was {} ms already, it cannot fall to {igt_ms}", runner.igt_ms);
    Err(Fault::new("igt_regressed", text).at("action.igt_ms"))
}

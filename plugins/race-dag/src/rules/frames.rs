//! What players' games report. They replay what they had kept and rescan everything after a break: what is told twice or late is harmless.

use regie_sdk::{Context, Effect, Fault};

use super::{core, tell_zone};
use crate::action::Action;
use crate::facts::{self, Core};
use crate::state::{Runner, Stage, State};

/// `{igt_ms, death_count?, current_zone?}`: the clock moved. A zone that is not in the seed says nothing; the layer is the zone's,
/// whatever the game takes it for.
pub fn status(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    let slot = playing(state, cx)?;
    let igt_ms = risen(&state.runners[&slot], action.igt_ms()?)?;
    let deaths = action.death_count()?;
    let Some(runner) = state.runners.get_mut(&slot) else { return Ok(()) };
    runner.igt_ms = igt_ms;
    let Some(zone) = action.text("current_zone") else {
        runner.count_deaths(deaths.unwrap_or(0), None);
        return Ok(());
    };
    let core = core(state, cx)?;
    let Some(runner) = state.runners.get_mut(&slot) else { return Ok(()) };
    let node = core.find(zone, runner.here());
    let moved = node.filter(|node| runner.here() != Some(*node));
    // Deaths come before the step: they happened where one was.
    runner.count_deaths(deaths.unwrap_or(0), node);
    match moved {
        Some(node) => enter(state, slot, &core, node, igt_ms, cx),
        None => Ok(()),
    }
}

/// `{to_zone, igt_ms}`. A step that no gate makes (a warp, or frames that were lost) is a step all the same.
pub fn zone_entered(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    let slot = playing(state, cx)?;
    let igt_ms = action.igt_ms()?;
    let core = core(state, cx)?;
    let zone = action.text("to_zone").unwrap_or_default();
    let node = core.find(zone, state.runners[&slot].here()).ok_or_else(|| {
        let text = format!("the seed has no zone `{}`", zone.chars().take(80).collect::<String>());
        Fault::new("unknown_zone", text).at("action.to_zone")
    })?;
    enter(state, slot, &core, node, igt_ms, cx)
}

/// `{flag_id, igt_ms}`: the flag of a gate means the node behind it, one flag means the finish.
pub fn event_flag(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    let slot = playing(state, cx)?;
    let igt_ms = action.igt_ms()?;
    let flag = action.flag()?;
    let core = core(state, cx)?;
    if core.finish == Some(flag) {
        // Kept while the link was down, it may be older than a clock that was told since.
        return finish(state, slot, igt_ms, cx);
    }
    let (index, node) = core.flag(flag).ok_or_else(|| {
        Fault::new("unknown_flag", format!("the seed has no flag {flag}")).at("action.flag_id")
    })?;
    let Some(runner) = state.runners.get_mut(&slot) else { return Ok(()) };
    if runner.flags.contains(&index) {
        return Ok(());
    }
    runner.flags.push(index);
    enter(state, slot, &core, node, igt_ms, cx)
}

/// Answers a game that asks where it is with what is known here: neither graces nor positions are in a seed.
pub fn zone_query(state: &mut State, cx: &Context) -> Result<(), Fault> {
    let slot = playing(state, cx)?;
    tell_zone(slot, &state.runners[&slot], &core(state, cx)?, state, cx)
}

/// `{igt_ms}`: the run is over.
pub fn finished(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    let slot = playing(state, cx)?;
    let igt_ms = risen(&state.runners[&slot], action.igt_ms()?)?;
    finish(state, slot, igt_ms, cx)
}

/// The slot of the runner whose game this is, who must be on the way.
fn playing(state: &State, cx: &Context) -> Result<u32, Fault> {
    let not_playing = |text| Fault::new("not_playing", text);
    let slot =
        cx.action.actor.participant.ok_or_else(|| not_playing("only a participant's game tells this"))?;
    let runner =
        state.runners.get(&slot).ok_or_else(|| not_playing("this participant does not take part"))?;
    match runner.stage {
        Stage::Playing if state.over => Err(not_playing("the race is over")),
        Stage::Playing => Ok(slot),
        Stage::Waiting => Err(not_playing("the race has not started")),
        Stage::Finished => Err(Fault::new("already_ended", "this participant has finished")),
        Stage::Abandoned => Err(Fault::new("already_ended", "this participant has abandoned")),
        Stage::Disqualified => Err(Fault::new("already_ended", "this participant is disqualified")),
    }
}

fn risen(runner: &Runner, igt_ms: u64) -> Result<u64, Fault> {
    if igt_ms >= runner.igt_ms {
        return Ok(igt_ms);
    }
    let text = format!("in-game time was {} ms already, it cannot fall to {igt_ms}", runner.igt_ms);
    Err(Fault::new("igt_regressed", text).at("action.igt_ms"))
}

fn enter(
    state: &mut State,
    slot: u32,
    core: &Core,
    node: u16,
    igt_ms: u64,
    cx: &Context,
) -> Result<(), Fault> {
    let Some(runner) = state.runners.get_mut(&slot) else { return Ok(()) };
    let before = runner.here();
    if !runner.enter(node, igt_ms) {
        return Ok(());
    }
    let names = facts::names(cx, state.facts.as_ref())?;
    let zone = names.nodes.get(usize::from(node)).map_or(core.id(node), String::as_str);
    cx.words(format!("{} → {zone} (layer {})", label(slot, cx), core.layer(node)));
    let runner = &state.runners[&slot];
    if runner.here() != before { tell_zone(slot, runner, core, state, cx) } else { Ok(()) }
}

fn finish(state: &mut State, slot: u32, igt_ms: u64, cx: &Context) -> Result<(), Fault> {
    if let Some(runner) = state.runners.get_mut(&slot) {
        runner.stage = Stage::Finished;
        runner.finish_ms = Some(igt_ms);
    }
    let seconds = igt_ms / 1_000;
    let clock = format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    cx.words(format!("{} finished in {clock}", label(slot, cx)));
    cx.effect(Effect::Finished { participant: slot });
    Ok(())
}

fn label(slot: u32, cx: &Context) -> String {
    let found = cx.participants().iter().find(|one| one.slot == slot && !one.label.is_empty());
    found.map_or_else(|| format!("Participant {slot}"), |one| one.label.clone())
}

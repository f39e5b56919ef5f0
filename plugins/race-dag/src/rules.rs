//! What an action does to the document.

mod frames;
mod host;
mod message;

use regie_sdk::{Context, Effect, Fault};

use crate::action::Action;
use crate::facts::{self, Core};
use crate::state::{Runner, State};

pub use message::zone_update;

/// # Errors
/// `already_ended` and `not_playing` by where the runner stands, `missing_igt`, `bad_igt` and `igt_regressed` for times, `unknown_zone` and
/// `unknown_flag` for what is not in the seed, `unknown_type` for what is no action of this mode.
pub fn update(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    match action.kind.as_str() {
        host if host.starts_with("host:") => host::update(state, action, cx),
        "status_update" => frames::status(state, action, cx),
        "zone_entered" => frames::zone_entered(state, action, cx),
        "event_flag" => frames::event_flag(state, action, cx),
        "zone_query" => frames::zone_query(state, cx),
        "finished" => frames::finished(state, action, cx),
        other => {
            let text = format!("there is no action `{}` here", other.chars().take(40).collect::<String>());
            Err(Fault::new("unknown_type", text).at("action.type"))
        }
    }
}

/// The index of the race's seed.
fn core(state: &State, cx: &Context) -> Result<Core, Fault> {
    facts::core(cx, state.facts.as_ref())
}

/// Tells a player's game where it is.
fn tell_zone(slot: u32, runner: &Runner, core: &Core, state: &State, cx: &Context) -> Result<(), Fault> {
    let names = facts::names(cx, state.facts.as_ref())?;
    if let Some(message) = zone_update(runner, core, &names) {
        cx.effect(Effect::Notify { participant: slot, message });
    }
    Ok(())
}

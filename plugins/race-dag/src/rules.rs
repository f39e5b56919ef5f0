//! What an action does to the document.

mod frames;
mod host;
mod message;
mod turn;

use regie_sdk::{Context, Fault};

use crate::action::Action;
use crate::state::State;

pub use message::zone_update;

/// # Errors
/// `already_ended` and `not_playing` by where the runner stands, `missing_igt`, `bad_igt` and `igt_regressed` for times, `unknown_zone` and
/// `unknown_flag` for what is not in the seed, `unknown_type` for what is no action of this mode.
pub fn update(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    if action.kind.starts_with("host:") {
        return host::update(state, action, cx);
    }
    let frame = match action.kind.as_str() {
        "status_update" => frames::status,
        "zone_entered" => frames::zone_entered,
        "event_flag" => frames::event_flag,
        "zone_query" => frames::zone_query,
        "finished" => frames::finished,
        other => {
            let text = format!("there is no action `{}` here", other.chars().take(40).collect::<String>());
            return Err(Fault::new("unknown_type", text).at("action.type"));
        }
    };
    frame(frames::playing(state, cx)?, action)
}

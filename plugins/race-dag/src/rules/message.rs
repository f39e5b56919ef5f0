use serde_json::{Map, Value, json};

use crate::facts::{Core, Names};
use crate::state::Runner;

/// `zone_update` for a player's game: where it is, and which of the gates there are known to lead where. `None` before the start.
pub fn zone_update(runner: &Runner, core: &Core, names: &Names) -> Option<Map<String, Value>> {
    let here = runner.here()?;
    let place = core.place(here)?;
    let texts = names.exits.get(usize::from(here)).map(Vec::as_slice).unwrap_or_default();
    let exits: Vec<Value> = texts
        .iter()
        .zip(&place.exits)
        .map(|(text, to)| {
            let known = runner.has_been(*to);
            let to_name = known.then(|| names.nodes.get(usize::from(*to))).flatten();
            // A text always: games in the field cannot read a `null` here.
            json!({"text": text, "to_name": to_name.map_or("", String::as_str), "discovered": known})
        })
        .collect();
    let message = json!({
        "type": "zone_update", "node_id": place.id, "display_name": names.nodes.get(usize::from(here)),
        "tier": place.tier, "original_tier": place.original_tier, "exits": exits});
    match message {
        Value::Object(message) => Some(message),
        _ => None,
    }
}

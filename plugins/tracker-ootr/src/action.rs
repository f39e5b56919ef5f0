//! What a click or a program may ask for.
//!
//! - `{"slot":1,"item":"bow","step":1}` or `"count":2`; a trade quest counts its steps.
//! - `{"type":"host:auto","slot":1,"item":"Bow","count":2,"source":…}`: the randomizer's names, a step of a trade quest by its own
//!   ("Skull Mask", any count from 1). It never lowers what is tracked; a count above the maximum is the maximum.
//!
//! Without a slot it is the actor's own. A step beyond an end changes nothing and is no fault; a count below 0 or above the maximum,
//! an unknown name or slot is one.

use regie_sdk::{Context, Fault};
use serde::Deserialize;

use crate::items::{ITEMS, canonical, index_of};
use crate::state::State;

#[derive(Debug, Deserialize)]
pub struct Action {
    r#type: Option<String>,
    slot: Option<u32>,
    item: Option<String>,
    step: Option<i64>,
    count: Option<i64>,
}

/// # Errors
/// `unknown_action`, `unknown_item`, `unknown_slot`, `bad_count`, or `bad_action` where parts are missing.
pub fn apply(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    let slot = cx.slot(action.slot).ok_or_else(|| {
        let text = action.slot.map_or_else(
            || "an action says whose item it is: \"slot\", from 1".to_owned(),
            |slot| format!("nobody plays in slot {slot}"),
        );
        Fault::new("unknown_slot", text).at("action.slot")
    })?;
    let mut inventory = state.slots.get(&slot).copied().unwrap_or_default();
    let name = action
        .item
        .as_deref()
        .ok_or_else(|| Fault::new("bad_action", "an action names an item: \"item\"").at("action.item"))?;
    let unknown = || Fault::new("unknown_item", format!("there is no item {name:?}")).at("action.item");
    let (index, count) = match action.r#type.as_deref() {
        None => {
            let index = index_of(name).ok_or_else(unknown)?;
            (index, wanted(inventory.items.at(index), ITEMS[index].max, action)?)
        }
        Some("host:auto") => {
            let (index, level) = canonical(name).ok_or_else(unknown)?;
            (index, automatic(level, action.count)?.max(inventory.items.at(index)))
        }
        Some(other) => {
            return Err(Fault::new("unknown_action", format!("this tracker knows no action {other:?}"))
                .at("action.type"));
        }
    };
    let before = inventory.items.at(index);
    inventory.items.set(index, count);
    let after = inventory.items.at(index);
    if before != after {
        state.slots.insert(slot, inventory);
        cx.words_of(slot, &words(index, before, after));
    }
    Ok(())
}

/// The count an action asks for, from the present one.
fn wanted(count: u32, max: u32, action: &Action) -> Result<u32, Fault> {
    match (action.step, action.count) {
        (Some(step), None) => {
            let next = i64::from(count).saturating_add(step).clamp(0, i64::from(max));
            Ok(u32::try_from(next).unwrap_or(max))
        }
        (None, Some(asked)) => u32::try_from(asked).ok().filter(|asked| *asked <= max).ok_or_else(|| {
            Fault::new("bad_count", format!("a count from 0 to {max}, not {asked}")).at("action.count")
        }),
        _ => Err(Fault::new("bad_action", "an item takes either a step or a count")),
    }
}

/// What a program's count means: that many, or for a step of a quest that it is reached.
fn automatic(level: Option<u32>, count: Option<i64>) -> Result<u32, Fault> {
    let count = count
        .and_then(|count| u64::try_from(count).ok())
        .ok_or_else(|| Fault::new("bad_count", "a count from 0").at("action.count"))?;
    Ok(match level {
        Some(level) => {
            if count > 0 {
                level
            } else {
                0
            }
        }
        None => u32::try_from(count).unwrap_or(u32::MAX),
    })
}

/// "Bow, 30 arrows → Bow, 40 arrows", "Boomerang: found".
fn words(index: usize, before: u32, after: u32) -> String {
    let item = &ITEMS[index];
    match (before, after) {
        (0, _) => format!("{}: found", item.level_name(after).en),
        (_, 0) => format!("{}: taken back", item.level_name(before).en),
        _ => format!("{} → {}", item.level_name(before).en, item.level_name(after).en),
    }
}

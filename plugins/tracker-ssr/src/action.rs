//! What a click or a program may ask for.
//!
//! - `{"slot":1,"item":"bow","step":1}` or `"count":2`. `item` may also be `gratitude` (crystals together, 0 to 80), `tablets` or
//!   `triforces` (how many of the three, filled in their order).
//! - `{"slot":1,"dungeon":"SV","step":1}` goes round off, required, done; or `"state":"done"`.
//! - `{"slot":1,"go":true}`.
//! - `{"type":"host:auto","slot":1,"item":"Progressive Bow","count":2,"source":…}`: the randomizer's names. It never lowers what is
//!   tracked, and a count above the maximum is the maximum, since a pool may hold more than matters.
//!
//! Without a slot it is the actor's own.
//!
//! A step beyond an end changes nothing and is no fault; a count below 0 or above the maximum, an unknown name or slot is one.

use regie_sdk::{Context, Fault};
use serde::Deserialize;

use crate::items::{
    COMPOSITES, DUNGEONS, GO_NAME, GRATITUDE, GRATITUDE_MAX, GRATITUDE_NAME, ITEMS, index_of,
};
use crate::state::{Inventory, Progress, State};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Action {
    r#type: Option<String>,
    slot: Option<u32>,
    item: Option<String>,
    dungeon: Option<String>,
    go: Option<bool>,
    step: Option<i64>,
    count: Option<i64>,
    state: Option<Progress>,
}

/// # Errors
/// `unknown_action`, `unknown_item`, `unknown_dungeon`, `unknown_slot`, `bad_count`, or `bad_action` where parts are missing.
pub fn apply(state: &mut State, action: &Action, cx: &Context) -> Result<(), Fault> {
    let auto = match action.r#type.as_deref() {
        None => false,
        Some("host:auto") => true,
        Some(other) => {
            return Err(Fault::new("unknown_action", format!("this tracker knows no action {other:?}"))
                .at("action.type"));
        }
    };
    let slot = slot(action, cx)?;
    let mut inventory = state.slots.get(&slot).cloned().unwrap_or_default();
    let words = match (&action.item, &action.dungeon, action.go) {
        (Some(name), None, None) if auto => automatic(&mut inventory, name, action.count)?,
        (Some(id), None, None) => item(&mut inventory, id, action)?,
        (None, Some(code), None) if !auto => dungeon(&mut inventory, code, action)?,
        (None, None, Some(go)) if !auto => {
            inventory.go = go;
            format!("{} {}", GO_NAME.en, if go { "on" } else { "off" })
        }
        _ => return Err(Fault::new("bad_action", "an action names one item, one dungeon or go mode")),
    };
    if inventory == state.slots.get(&slot).cloned().unwrap_or_default() {
        return Ok(());
    }
    state.slots.insert(slot, inventory);
    cx.words_of(slot, &words);
    Ok(())
}

fn slot(action: &Action, cx: &Context) -> Result<u32, Fault> {
    cx.slot(action.slot).ok_or_else(|| {
        let text = action.slot.map_or_else(
            || "an action says whose item it is: \"slot\", from 1".to_owned(),
            |slot| format!("nobody plays in slot {slot}"),
        );
        Fault::new("unknown_slot", text).at("action.slot")
    })
}

fn item(inventory: &mut Inventory, id: &str, action: &Action) -> Result<String, Fault> {
    if id == GRATITUDE {
        let before = inventory.items.gratitude();
        let after = wanted(before, GRATITUDE_MAX, action)?;
        inventory.items.set_gratitude(after);
        return Ok(format!("{} {before} → {after}", GRATITUDE_NAME.en));
    }
    if let Some(composite) = COMPOSITES.iter().find(|composite| composite.id == id) {
        let before = filled(inventory, composite.parts);
        let after = wanted(before, 3, action)?;
        fill(inventory, composite.parts, after);
        return Ok(format!("{} {before} → {after}", composite.name.en));
    }
    let index = index_of(id)
        .ok_or_else(|| Fault::new("unknown_item", format!("there is no item {id:?}")).at("action.item"))?;
    let after = wanted(inventory.items.at(index), ITEMS[index].max, action)?;
    Ok(put(inventory, index, after))
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

fn automatic(inventory: &mut Inventory, canonical: &str, count: Option<i64>) -> Result<String, Fault> {
    let count = count
        .and_then(|count| u64::try_from(count).ok())
        .ok_or_else(|| Fault::new("bad_count", "a count from 0").at("action.count"))?;
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    if let Some(composite) = COMPOSITES.iter().find(|composite| composite.canonical == Some(canonical)) {
        let before = filled(inventory, composite.parts);
        fill(inventory, composite.parts, count.max(before));
        return Ok(format!("{} {before} → {}", composite.name.en, filled(inventory, composite.parts)));
    }
    let index = ITEMS.iter().position(|item| item.canonical == canonical).ok_or_else(|| {
        Fault::new("unknown_item", format!("there is no item {canonical:?}")).at("action.item")
    })?;
    Ok(put(inventory, index, count.max(inventory.items.at(index))))
}

/// Sets the count and says so: "Bow → Iron Bow", "Tadtones 3 → 4", "Whip: found".
fn put(inventory: &mut Inventory, index: usize, count: u32) -> String {
    let item = &ITEMS[index];
    let before = inventory.items.at(index);
    inventory.items.set(index, count);
    let after = inventory.items.at(index);
    match (item.tiers.is_empty(), item.max) {
        (false, _) if before == 0 => format!("{}: found", item.level_name(after).en),
        (false, _) if after == 0 => format!("{} → nothing", item.level_name(before).en),
        (false, _) => format!("{} → {}", item.level_name(before).en, item.level_name(after).en),
        (true, 1) => format!("{}: {}", item.name.en, if after == 1 { "found" } else { "taken back" }),
        (true, _) => format!("{} {before} → {after}", item.name.en),
    }
}

fn filled(inventory: &Inventory, parts: [&str; 3]) -> u32 {
    parts.iter().map(|part| inventory.items.get(part)).sum()
}

/// Makes `count` of the parts there: adds the first that are missing, takes the last that are there.
fn fill(inventory: &mut Inventory, parts: [&str; 3], count: u32) {
    let indices = parts.map(index_of);
    while filled(inventory, parts) < count.min(3) {
        let Some(missing) = indices.iter().flatten().find(|index| inventory.items.at(**index) == 0) else {
            return;
        };
        inventory.items.set(*missing, 1);
    }
    while filled(inventory, parts) > count {
        let Some(there) = indices.iter().rev().flatten().find(|index| inventory.items.at(**index) == 1)
        else {
            return;
        };
        inventory.items.set(*there, 0);
    }
}

fn dungeon(inventory: &mut Inventory, code: &str, action: &Action) -> Result<String, Fault> {
    let index = DUNGEONS.iter().position(|dungeon| dungeon.code == code).ok_or_else(|| {
        Fault::new("unknown_dungeon", format!("there is no dungeon {code:?}")).at("action.dungeon")
    })?;
    let progress = &mut inventory.dungeons.0[index];
    *progress = match (action.step, action.state) {
        (Some(step), None) => progress.stepped(step),
        (None, Some(state)) => state,
        _ => return Err(Fault::new("bad_action", "a dungeon takes either a step or a state")),
    };
    let word = match progress {
        Progress::Off => "not required",
        Progress::Required => "required",
        Progress::Done => "done",
    };
    Ok(format!("{}: {word}", DUNGEONS[index].name.en))
}

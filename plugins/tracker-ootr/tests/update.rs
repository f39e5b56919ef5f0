//! What actions do to the document.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regie_sdk::testing::Kit;
use serde_json::{Value, json};
use tracker_ootr::Ootr;
use tracker_ootr::items::{ITEMS, canonical};
use tracker_ootr::state::State;

type Session = Kit<Ootr, regie_sdk::kind::Tracker>;

fn session() -> Session {
    Kit::new(Ootr).participants(["Alice", "Bob"]).start()
}

fn count(kit: &Session, item: &str) -> u64 {
    kit.state["slots"]["1"]["items"][item].as_u64().expect("a count")
}

fn step(item: &str, step: i64) -> Value {
    json!({"slot": 1, "item": item, "step": step})
}

fn auto(item: &str, count: impl Into<Value>) -> Value {
    json!({"type": "host:auto", "slot": 1, "source": "test", "item": item, "count": count.into()})
}

/// Written out once more, from the randomizer's item grid, so that a slip in the table shows.
const GRID: [[&str; 7]; 6] = [
    ["Slingshot", "Bomb Bag", "Bow", "Fire Arrows", "Dins Fire", "Zeldas Lullaby", "Minuet of Forest"],
    [
        "Progressive Wallet",
        "Boomerang",
        "Progressive Hookshot",
        "Light Arrows",
        "Farores Wind",
        "Eponas Song",
        "Bolero of Fire",
    ],
    ["Bottle", "Lens of Truth", "Hammer", "Magic Meter", "Nayrus Love", "Sarias Song", "Serenade of Water"],
    [
        "Kokiri Sword",
        "Biggoron Sword",
        "Iron Boots",
        "Progressive Strength Upgrade",
        "Stone of Agony",
        "Suns Song",
        "Requiem of Spirit",
    ],
    [
        "Goron Tunic",
        "Zora Tunic",
        "Hover Boots",
        "Progressive Scale",
        "Child Trade",
        "Song of Time",
        "Nocturne of Shadow",
    ],
    [
        "Deku Shield",
        "Hylian Shield",
        "Mirror Shield",
        "Gold Skulltulas",
        "Adult Trade",
        "Song of Storms",
        "Prelude of Light",
    ],
];

#[test]
fn the_grid_is_the_randomizers_with_its_maxima() {
    let several: BTreeMap<&str, u64> = [
        ("Slingshot", 3),
        ("Bomb Bag", 3),
        ("Bow", 3),
        ("Progressive Wallet", 2),
        ("Progressive Hookshot", 2),
        ("Magic Meter", 2),
        ("Progressive Strength Upgrade", 3),
        ("Progressive Scale", 2),
        ("Child Trade", 8),
        ("Adult Trade", 10),
    ]
    .into();
    let names: Vec<&str> = ITEMS.iter().map(|item| item.canonical).collect();
    assert_eq!(&names[..42], GRID.concat());
    for item in &ITEMS {
        let max = several.get(item.canonical).copied().unwrap_or(1);
        let mut kit = session();
        for expected in 1..=max {
            kit.change(step(item.id, 1));
            assert_eq!(count(&kit, item.id), expected, "{}", item.id);
        }
        let result = kit.act(step(item.id, 1));
        assert!(!result.changed && result.fault.is_none(), "{}: a click at the end is no fault", item.id);
        assert_eq!(kit.refusal(json!({"slot": 1, "item": item.id, "count": max + 1})).code, "bad_count");
        kit.change(json!({"slot": 1, "item": item.id, "count": 0}));
        assert!(!kit.act(step(item.id, -1)).changed);
    }
}

#[test]
fn the_steps_of_the_trade_quests_are_known_by_their_own_names() {
    let quests = [
        (
            "child_trade",
            vec![
                "Weird Egg",
                "Chicken",
                "Zeldas Letter",
                "Keaton Mask",
                "Skull Mask",
                "Spooky Mask",
                "Bunny Hood",
                "Mask of Truth",
            ],
        ),
        (
            "adult_trade",
            vec![
                "Pocket Egg",
                "Pocket Cucco",
                "Cojiro",
                "Odd Mushroom",
                "Poachers Saw",
                "Broken Sword",
                "Prescription",
                "Eyeball Frog",
                "Eyedrops",
                "Claim Check",
            ],
        ),
    ];
    for (quest, steps) in quests {
        for (level, name) in (1..).zip(&steps) {
            let mut kit = session();
            kit.change(auto(name, 1));
            assert_eq!(count(&kit, quest), level, "{name}");
            assert!(!kit.act(auto(steps[0], 1)).changed, "an earlier step does not lower it");
        }
    }
    let mut kit = session();
    assert_eq!(kit.change(auto("Keaton Mask", 1)).words.as_deref(), Some("Alice: Keaton Mask: found"));
    assert_eq!(kit.change(step("child_trade", 1)).words.as_deref(), Some("Alice: Keaton Mask → Skull Mask"));
    assert_eq!(kit.change(auto("Child Trade", 7)).words.as_deref(), Some("Alice: Skull Mask → Bunny Hood"));
    assert_eq!(kit.change(step("child_trade", -9)).words.as_deref(), Some("Alice: Bunny Hood: taken back"));
}

#[test]
fn automatic_counts_come_by_the_randomizers_names_and_never_lower() {
    for item in &ITEMS {
        let mut kit = session();
        kit.change(auto(item.canonical, 1));
        assert_eq!(count(&kit, item.id), 1, "{}", item.canonical);
        kit.act(auto(item.canonical, u32::MAX));
        assert_eq!(count(&kit, item.id), u64::from(item.max), "a pool may hold more than is tracked");
        for lower in [0, 1] {
            kit.act(auto(item.canonical, lower));
            assert_eq!(count(&kit, item.id), u64::from(item.max), "{}", item.canonical);
        }
    }
    let mut kit = session();
    assert_eq!(kit.refusal(auto("Clawshots", 1)).code, "unknown_item");
    assert_eq!(kit.refusal(auto("Bow", -1)).code, "bad_count");
    assert_eq!(kit.refusal(auto("Bow", Value::Null)).code, "bad_count");
    assert_eq!(kit.refusal(json!({"type": "host:auto", "item": "Bow", "count": 1})).code, "unknown_slot");
}

#[test]
fn what_makes_no_sense_is_refused_with_the_place() {
    let cases = [
        (json!({"slot": 1, "item": "epee", "step": 1}), "unknown_item", "actions[0].action.item"),
        (json!({"slot": 9, "item": "bow", "step": 1}), "unknown_slot", "actions[0].action.slot"),
        (json!({"item": "bow", "step": 1}), "unknown_slot", "actions[0].action.slot"),
        (json!({"slot": 1, "item": "bow", "count": -1}), "bad_count", "actions[0].action.count"),
        (json!({"slot": 1, "item": "bow"}), "bad_action", "actions[0].action"),
        (json!({"slot": 1, "item": "bow", "step": 1, "count": 1}), "bad_action", "actions[0].action"),
        (json!({"slot": 1, "item": "bow", "step": 0.5}), "bad_action", "actions[0].action.step"),
        (json!({"slot": 1, "item": "bow", "type": "host:reset"}), "unknown_action", "actions[0].action.type"),
        (json!({"slot": 1, "step": 1}), "bad_action", "actions[0].action.item"),
        (json!("bow"), "bad_action", "actions[0].action"),
    ];
    let mut kit = session();
    for (action, code, path) in cases {
        let fault = kit.refusal(action.clone());
        let found = (fault.code.as_str(), fault.path.as_deref());
        assert_eq!(found, (code, Some(path)), "{action}: {}", fault.message);
    }
}

#[test]
fn presets_for_everybody_and_by_slot_start_a_session() {
    let start = |seed: Value| Kit::new(Ootr).participants(["Alice", "Bob"]).start_from(Some(seed));
    let bows = |seed: Value| {
        let kit = start(seed).expect("a session");
        ["1", "2"].map(|slot| kit.state["slots"][slot]["items"]["bow"].as_u64().expect("a count"))
    };
    assert_eq!(bows(json!({"participant": {"items": {"bow": 2}}})), [2, 2]);
    assert_eq!(bows(json!({"state": {"slots": {"1": {"items": {"bow": 3}}}}})), [3, 3]);
    assert_eq!(bows(json!({"state": {"slots": {"1": {"items": {"bow": 1}}, "2": {}}}})), [1, 0]);
    let Err(fault) = start(json!({"participant": {"items": {"bow": 4}}})) else { panic!("four bows") };
    assert_eq!((fault.code.as_str(), fault.message.contains("goes up to 3")), ("bad_seed", true));
}

#[test]
fn a_document_that_says_more_than_the_game_has_is_refused() {
    for (items, why) in [
        (json!({"bow": 4}), "\"bow\" goes up to 3, not 4"),
        (json!({"epee": 1}), "there is no item \"epee\""),
        (json!({"bow": -1}), "invalid value"),
    ] {
        let mut kit = session();
        kit.state["slots"]["1"]["items"] = items;
        let fault = kit.render("live").expect_err("refused");
        assert_eq!(fault.code, "bad_state");
        assert!(fault.message.contains(why), "{}", fault.message);
    }
}

#[test]
fn no_action_breaks_it() {
    let examples =
        [step("bow", 1), json!({"slot": 2, "item": "adult_trade", "count": 3}), auto("Skull Mask", 1)];
    session().assert_total(&examples, 300);
}

fn any_action() -> impl Strategy<Value = Value> {
    let ids: Vec<&str> = ITEMS.iter().map(|item| item.id).chain(["boat"]).collect();
    let steps = ITEMS.iter().flat_map(|item| item.levels.iter().filter_map(|level| level.canonical));
    let names: Vec<&str> = ITEMS.iter().map(|item| item.canonical).chain(steps).chain(["Boat"]).collect();
    let slot = 0..4_u32;
    let number = prop_oneof![-20..20_i64, any::<i64>()];
    prop_oneof![
        (slot.clone(), prop::sample::select(ids.clone()), number.clone())
            .prop_map(|(slot, item, step)| json!({"slot": slot, "item": item, "step": step})),
        (slot.clone(), prop::sample::select(ids), number.clone())
            .prop_map(|(slot, item, count)| json!({"slot": slot, "item": item, "count": count})),
        (slot, prop::sample::select(names), number).prop_map(
            |(slot, item, count)| json!({"type": "host:auto", "slot": slot, "item": item, "count": count})
        ),
    ]
}

fn decoded(kit: &Session) -> State {
    serde_json::from_value(kit.state.clone()).expect("within bounds")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The kit makes every call twice and compares; decoding the state checks its bounds.
    #[test]
    fn an_action_touches_one_item_of_one_player_and_automatic_ones_only_raise(
        actions in prop::collection::vec(any_action(), 1..24),
    ) {
        let mut kit = session();
        for action in actions {
            let before = decoded(&kit);
            let result = kit.act(action.clone());
            let after = decoded(&kit);
            let mut touched = Vec::new();
            for (slot, inventory) in &after.slots {
                for (index, item) in ITEMS.iter().enumerate() {
                    let (old, new) = (before.slots[slot].items.at(index), inventory.items.at(index));
                    prop_assert!(new <= item.max);
                    if old != new {
                        touched.push((*slot, index, old < new));
                    }
                }
            }
            prop_assert_eq!(touched.len(), usize::from(result.changed));
            for (slot, index, raised) in touched {
                prop_assert_eq!(u64::from(slot), action["slot"].as_u64().unwrap_or(0));
                let name = action["item"].as_str().unwrap_or_default();
                if action["type"].is_string() {
                    prop_assert!(raised && canonical(name).is_some_and(|(at, _)| at == index));
                } else {
                    prop_assert_eq!(name, ITEMS[index].id);
                }
            }
        }
    }
}

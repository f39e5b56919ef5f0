//! What actions do to the document.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regie_sdk::testing::Kit;
use serde_json::{Value, json};
use tracker_ssr::Ssr;
use tracker_ssr::items::{DUNGEONS, GRATITUDE_MAX, ITEMS, index_of};
use tracker_ssr::state::{Inventory, State};

type Session = Kit<Ssr, regie_sdk::kind::Tracker>;

fn session() -> Session {
    Kit::new(Ssr).participants(["Alice", "Bob"]).start()
}

fn count(kit: &Session, item: &str) -> u64 {
    kit.state["slots"]["1"]["items"][item].as_u64().expect("a count")
}

fn step(item: &str, step: i64) -> Value {
    json!({"slot": 1, "item": item, "step": step})
}

fn inventory(kit: &Session) -> Inventory {
    let state: State = serde_json::from_value(kit.state.clone()).expect("a state");
    state.slots[&1].clone()
}

#[test]
fn every_item_counts_up_to_the_randomizers_maximum_and_no_further() {
    // Written out once more, from the randomizer, so that a slip in the table shows.
    let several: BTreeMap<&str, u64> = [
        ("epee", 6),
        ("beetle", 4),
        ("bow", 3),
        ("slingshot", 2),
        ("bugnet", 2),
        ("mitts", 2),
        ("soth", 3),
        ("gratitude_packs", 13),
        ("gratitude_singles", 15),
        ("bottle", 5),
        ("wallet", 4),
        ("wallet_bonus", 3),
        ("tadtones", 17),
        ("key_pieces", 5),
        ("smallkey_sv", 2),
        ("smallkey_ac", 2),
        ("smallkey_ssh", 2),
        ("smallkey_fs", 3),
    ]
    .into();
    for item in &ITEMS {
        let max = several.get(item.id).copied().unwrap_or(1);
        let mut kit = session();
        for expected in 1..=max {
            kit.change(step(item.id, 1));
            assert_eq!(count(&kit, item.id), expected, "{}", item.id);
        }
        let result = kit.act(step(item.id, 1));
        assert!(!result.changed && result.fault.is_none(), "{}: a click at the end is no fault", item.id);
        assert_eq!(count(&kit, item.id), max);
        assert_eq!(kit.refusal(json!({"slot": 1, "item": item.id, "count": max + 1})).code, "bad_count");
        kit.change(json!({"slot": 1, "item": item.id, "count": 0}));
        assert!(!kit.act(step(item.id, -1)).changed);
    }
    assert_eq!(ITEMS.len(), 55);
}

#[test]
fn a_player_who_was_not_there_at_the_start_begins_with_nothing() {
    let mut kit = session();
    kit.state = json!({"slots": {}});
    assert!(!kit.act(step("bow", -1)).changed);
    assert_eq!(kit.state, json!({"slots": {}}));
    kit.change(step("bow", 1));
    assert_eq!(count(&kit, "bow"), 1);
}

#[test]
fn three_tablets_and_three_triforces_are_filled_in_their_order() {
    for (composite, parts) in [
        ("tablets", ["tablets.emerald", "tablets.ruby", "tablets.amber"]),
        ("triforces", ["triforces.courage", "triforces.power", "triforces.wisdom"]),
    ] {
        let mut kit = session();
        kit.change(step(parts[1], 1));
        kit.change(step(composite, 1));
        assert_eq!(parts.map(|part| count(&kit, part)), [1, 1, 0]);
        kit.change(step(composite, 9));
        assert_eq!(parts.map(|part| count(&kit, part)), [1, 1, 1]);
        assert!(!kit.act(step(composite, 1)).changed);
        kit.change(json!({"slot": 1, "item": composite, "count": 1}));
        assert_eq!(parts.map(|part| count(&kit, part)), [1, 0, 0]);
        assert_eq!(kit.refusal(json!({"slot": 1, "item": composite, "count": 4})).code, "bad_count");
    }
}

#[test]
fn gratitude_crystals_are_one_counter_of_packs_and_singles() {
    let mut kit = session();
    let check = |kit: &Session, total: u64, packs: u64, singles: u64| {
        let found = (count(kit, "gratitude_packs"), count(kit, "gratitude_singles"));
        assert_eq!((5 * found.0 + found.1, found.0, found.1), (total, packs, singles));
    };
    for (by, total, packs, singles) in [
        (5, 5, 1, 0),
        (1, 6, 1, 1),
        (5, 11, 2, 1),
        (-1, 10, 2, 0),
        (-1, 9, 1, 4),
        (-5, 4, 0, 4),
        (-5, 0, 0, 0),
        (65, 65, 13, 0),
        (5, 70, 13, 5),
        (10, 80, 13, 15),
    ] {
        kit.change(step("gratitude", by));
        check(&kit, total, packs, singles);
    }
    assert!(!kit.act(step("gratitude", 5)).changed);
    for _ in 0..16 {
        kit.change(step("gratitude", -5));
    }
    check(&kit, 0, 0, 0);
    for _ in 0..80 {
        kit.change(step("gratitude", 1));
    }
    check(&kit, 80, 13, 15);
}

#[test]
fn every_dungeon_goes_round_off_required_done() {
    for dungeon in &DUNGEONS {
        let mut kit = session();
        let click = |by: i64| json!({"slot": 1, "dungeon": dungeon.code, "step": by});
        let state = |kit: &Session| kit.state["slots"]["1"]["dungeons"][dungeon.code].clone();
        for (by, expected) in [(1, "required"), (1, "done"), (1, "off"), (-1, "done"), (i64::MIN, "off")] {
            kit.act(click(by));
            assert_eq!(state(&kit), expected, "{} by {by}", dungeon.code);
        }
        kit.change(json!({"slot": 1, "dungeon": dungeon.code, "state": "done"}));
        assert_eq!(state(&kit), "done");
    }
}

#[test]
fn go_mode_is_a_persons_call_and_the_tracker_only_hints() {
    let mut kit = session();
    kit.change(json!({"slot": 1, "dungeon": "SV", "state": "done"}));
    kit.change(json!({"slot": 1, "item": "triforces", "count": 3}));
    assert!(inventory(&kit).looks_ready() && !inventory(&kit).go);
    kit.page("live").button("Go mode, off").action("data-do");
    let hinted = kit.page("live");
    assert_eq!(hinted.named("Go mode, off, everything seems there").len(), 1);
    kit.change(json!({"slot": 1, "dungeon": "ET", "state": "required"}));
    assert!(!inventory(&kit).looks_ready());
    assert_eq!(kit.change(json!({"slot": 1, "go": true})).words.as_deref(), Some("Alice: Go mode on"));
    assert!(!kit.act(json!({"slot": 1, "go": true})).changed);
}

#[test]
fn automatic_counts_come_by_the_randomizers_names() {
    let auto = |item: &str, count: Value| json!({"type": "host:auto", "slot": 1, "source": "test", "item": item, "count": count});
    for item in &ITEMS {
        let mut kit = session();
        kit.change(auto(item.canonical, json!(1)));
        assert_eq!(count(&kit, item.id), 1, "{}", item.canonical);
        kit.act(auto(item.canonical, json!(u32::MAX)));
        assert_eq!(count(&kit, item.id), u64::from(item.max), "a pool may hold more than is tracked");
    }
    let mut kit = session();
    kit.change(auto("Triforce", json!(2)));
    assert_eq!(inventory(&kit).items.get("triforces.power"), 1);
    assert!(!kit.act(auto("Triforce", json!(1))).changed, "it never lowers");
    kit.change(auto("Progressive Bow", json!(2)));
    assert!(!kit.act(auto("Progressive Bow", json!(1))).changed, "it never lowers");
    assert_eq!(kit.refusal(auto("Boomerang", json!(1))).code, "unknown_item");
    assert_eq!(kit.refusal(auto("Whip", json!(-1))).code, "bad_count");
    assert_eq!(kit.refusal(auto("Whip", json!(null))).code, "bad_count");
    assert_eq!(kit.refusal(json!({"type": "host:auto", "item": "Whip", "count": 1})).code, "unknown_slot");
}

#[test]
fn without_a_slot_an_action_is_about_the_actors_own() {
    let kit = session();
    let request = |participant: Value, slot: Value| {
        json!({"state": kit.state, "actions": [{
            "action": {"type": "host:auto", "slot": slot, "item": "Whip", "count": 1},
            "ctx": {"now_ms": 1, "random": "", "participants": [{"slot": 1, "label": "Alice"}, {"slot": 2, "label": "Bob"}],
                "actor": {"id": "", "name": "", "role": "host", "participant": participant}}}]})
    };
    for (participant, slot, whips) in [
        (json!(2), json!(null), Some([0, 1])),
        (json!(2), json!(1), Some([1, 0])),
        (json!(null), json!(2), Some([0, 1])),
        (json!(3), json!(null), None),
        (json!(2), json!(3), None),
    ] {
        let answer =
            regie_sdk::hooks::update(&Ssr, &request(participant, slot).to_string()).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let found =
            ["1", "2"].map(|slot| answer["state"]["slots"][slot]["items"]["whip"].as_u64().expect("a count"));
        match whips {
            Some(whips) => assert_eq!(found, whips),
            None => assert_eq!(answer["results"][0]["fault"]["code"], "unknown_slot"),
        }
    }
}

#[test]
fn a_preset_for_everybody_and_a_preset_by_slot_start_a_session() {
    let start = |seed: Value| Kit::new(Ssr).participants(["Alice", "Bob"]).start_from(Some(seed));
    let bows = |seed: Value| {
        let kit = start(seed).expect("a session");
        ["1", "2"].map(|slot| kit.state["slots"][slot]["items"]["bow"].as_u64().expect("a count"))
    };
    assert_eq!(bows(json!({"participant": {"items": {"bow": 2}, "go": true}})), [2, 2]);
    assert_eq!(
        bows(json!({"state": {"slots": {"1": {"items": {"bow": 3}}}}})),
        [3, 3],
        "one slot is for all"
    );
    let two = json!({"1": {"items": {"bow": 1}}, "2": {"items": {"bow": 2}}, "3": {}});
    assert_eq!(bows(json!({"state": {"slots": two}})), [1, 2]);
    assert_eq!(bows(json!({"state": {"slots": {"2": {"items": {"bow": 1}}, "3": {}}}})), [0, 1]);
    for (seed, path) in [
        (json!({"participant": {"items": {"bow": 4}}}), "seed.participant.items"),
        (json!({"state": {"slots": {"1": {"go": 7}}}}), "seed.state.slots.1.go"),
        (json!({"state": {}}), "seed.state"),
        (json!({}), "seed"),
        (json!([]), "seed"),
    ] {
        let Err(fault) = start(seed.clone()) else { panic!("{seed} was taken") };
        assert_eq!((fault.code.as_str(), fault.path.as_deref()), ("bad_seed", Some(path)), "{seed}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_the_place() {
    let cases = [
        (json!({"slot": 1, "item": "boat", "step": 1}), "unknown_item", "actions[0].action.item"),
        (json!({"slot": 9, "item": "bow", "step": 1}), "unknown_slot", "actions[0].action.slot"),
        (json!({"item": "bow", "step": 1}), "unknown_slot", "actions[0].action.slot"),
        (json!({"slot": 1, "item": "bow", "count": -1}), "bad_count", "actions[0].action.count"),
        (json!({"slot": 1, "item": "bow"}), "bad_action", "actions[0].action"),
        (json!({"slot": 1, "item": "bow", "step": 1, "count": 1}), "bad_action", "actions[0].action"),
        (json!({"slot": 1, "item": "bow", "go": true, "step": 1}), "bad_action", "actions[0].action"),
        (json!({"slot": 1, "item": "bow", "step": 0.5}), "bad_action", "actions[0].action.step"),
        (json!({"slot": -1, "item": "bow", "step": 1}), "bad_action", "actions[0].action.slot"),
        (json!({"slot": 1, "dungeon": "XX", "step": 1}), "unknown_dungeon", "actions[0].action.dungeon"),
        (json!({"slot": 1, "dungeon": "SV", "state": "gone"}), "bad_action", "actions[0].action.state"),
        (json!({"slot": 1, "type": "host:reset"}), "unknown_action", "actions[0].action.type"),
        (json!({"slot": 1}), "bad_action", "actions[0].action"),
        (json!("bow"), "bad_action", "actions[0].action"),
    ];
    let mut kit = session();
    for (action, code, path) in cases {
        let fault = kit.refusal(action.clone());
        assert_eq!(
            (fault.code.as_str(), fault.path.as_deref()),
            (code, Some(path)),
            "{action}: {}",
            fault.message
        );
    }
}

#[test]
fn a_document_that_says_more_than_the_game_has_is_refused() {
    for (items, why) in [
        (json!({"bow": 4}), "\"bow\" goes up to 3, not 4"),
        (json!({"boat": 1}), "there is no item \"boat\""),
        (json!({"bow": -1}), "invalid value"),
    ] {
        let mut kit = session();
        kit.state["slots"]["1"]["items"] = items;
        let fault = kit.render("live").expect_err("refused");
        assert_eq!(fault.code, "bad_state");
        assert!(fault.message.contains(why), "{}", fault.message);
        assert_eq!(fault.path.as_deref().map(|path| path.starts_with("state.slots.1.items")), Some(true));
    }
    let mut kit = session();
    kit.state = json!({"slots": {"1": {"items": {"bow": 2}}}});
    assert_eq!(kit.page("live").named("Bow, 2 of 3").len(), 1, "what is left out counts nothing");
}

#[test]
fn words_say_what_happened() {
    let mut kit = session();
    let mut say = |action: Value| kit.change(action).words.expect("words");
    assert_eq!(say(step("bow", 1)), "Alice: Bow: found");
    assert_eq!(say(step("bow", 1)), "Alice: Bow → Iron Bow");
    assert_eq!(say(step("bow", -2)), "Alice: Iron Bow → nothing");
    assert_eq!(say(step("whip", 1)), "Alice: Whip: found");
    assert_eq!(say(step("tadtones", 4)), "Alice: Tadtones 0 → 4");
    assert_eq!(say(json!({"slot": 2, "dungeon": "FS", "step": 1})), "Bob: Fire Sanctuary: required");
    let mut alone = Kit::new(Ssr).start();
    assert_eq!(alone.change(step("gratitude", 5)).words.as_deref(), Some("Gratitude Crystals 0 → 5"));
}

#[test]
fn no_action_breaks_it() {
    let examples = [
        step("epee", 1),
        step("gratitude", 5),
        step("triforces", -1),
        json!({"slot": 1, "item": "bottle", "count": 3}),
        json!({"slot": 2, "dungeon": "AC", "step": 1}),
        json!({"slot": 1, "dungeon": "SK", "state": "done"}),
        json!({"slot": 1, "go": true}),
        json!({"type": "host:auto", "slot": 2, "item": "Progressive Sword", "count": 2, "source": "x"}),
    ];
    session().assert_total(&examples, 300);
}

fn any_action() -> impl Strategy<Value = Value> {
    let ids: Vec<&str> =
        ITEMS.iter().map(|item| item.id).chain(["gratitude", "tablets", "triforces", "boat"]).collect();
    let codes: Vec<&str> = DUNGEONS.iter().map(|dungeon| dungeon.code).chain(["XX"]).collect();
    let names: Vec<&str> = ITEMS.iter().map(|item| item.canonical).chain(["Triforce", "Boat"]).collect();
    let slot = 0..4_u32;
    let number = prop_oneof![-90..90_i64, any::<i64>()];
    prop_oneof![
        (slot.clone(), prop::sample::select(ids.clone()), number.clone())
            .prop_map(|(slot, item, step)| json!({"slot": slot, "item": item, "step": step})),
        (slot.clone(), prop::sample::select(ids), number.clone())
            .prop_map(|(slot, item, count)| json!({"slot": slot, "item": item, "count": count})),
        (slot.clone(), prop::sample::select(codes), number.clone())
            .prop_map(|(slot, code, step)| json!({"slot": slot, "dungeon": code, "step": step})),
        (slot.clone(), any::<bool>()).prop_map(|(slot, go)| json!({"slot": slot, "go": go})),
        (slot, prop::sample::select(names), number).prop_map(
            |(slot, item, count)| json!({"type": "host:auto", "slot": slot, "item": item, "count": count})
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The kit makes every call twice and compares; decoding the state checks its bounds.
    #[test]
    fn update_is_total_and_deterministic_and_stays_within_bounds(actions in prop::collection::vec(any_action(), 0..32)) {
        let mut kit = session();
        kit.act_all(actions);
        let state: State = serde_json::from_value(kit.state.clone()).expect("within bounds");
        for inventory in state.slots.values() {
            prop_assert!(inventory.items.gratitude() <= GRATITUDE_MAX);
            for item in &ITEMS {
                prop_assert!(inventory.items.at(index_of(item.id).expect("known")) <= item.max);
            }
        }
    }

    #[test]
    fn a_batch_does_what_its_actions_do_one_by_one(actions in prop::collection::vec(any_action(), 0..12)) {
        let (mut batch, mut single) = (session(), session());
        batch.act_all(actions.clone());
        for action in actions {
            single.act(action);
        }
        prop_assert_eq!(batch.state, single.state);
    }
}

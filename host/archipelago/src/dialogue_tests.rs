use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{config::Options, packet};

fn config(game: Option<&str>, password: Option<&str>) -> Config {
    Config {
        address: "room.example".into(),
        name: "One".into(),
        password: password.map(Into::into),
        game: game.map(Into::into),
        options: Options::default(),
    }
}

fn frame(dialogue: &mut Dialogue, packets: Value) -> Result<(Value, Option<Value>), Fault> {
    let reaction = dialogue.frame(packet::read(&packets.to_string()).unwrap())?;
    let sent = serde_json::from_str(&packet::write(&reaction.send)).unwrap();
    Ok((sent, reaction.counts.map(|counts| json!(counts))))
}

fn greeting() -> Value {
    json!({"cmd": "RoomInfo", "version": {"major": 0, "minor": 6, "build": 4, "class": "Version"}, "seed_name": "s",
           "games": ["Game"], "datapackage_checksums": {"Game": "g", "Archipelago": "a"}})
}

fn connected() -> Value {
    json!({"cmd": "Connected", "team": 0, "slot": 2, "players": [], "missing_locations": [], "checked_locations": [],
           "slot_info": {"1": {"name": "Other", "game": "Else", "type": 1}, "2": {"name": "One", "game": "Game", "type": 1}}})
}

fn package() -> Value {
    json!({"cmd": "DataPackage", "data": {"games": {
        "Game": {"item_name_to_id": {"Lamp": 1, "Rope": 2}, "location_name_to_id": {}, "checksum": "g"},
        "Archipelago": {"item_name_to_id": {"Nothing": -1}, "location_name_to_id": {}, "checksum": "a"},
    }}})
}

fn items(index: u64, ids: &[i64]) -> Value {
    let items: Vec<_> =
        ids.iter().map(|id| json!({"item": id, "location": 1, "player": 1, "flags": 0})).collect();
    json!({"cmd": "ReceivedItems", "index": index, "items": items})
}

#[test]
fn a_slot_is_joined_its_items_named_and_then_told() {
    let (config, mut cache) = (config(None, None), Cache::default());
    let mut dialogue = Dialogue::new(&config, "uuid", &mut cache);
    assert_eq!(dialogue.awaits(), Awaits::Greeting);
    let (sent, _) = frame(&mut dialogue, json!([greeting()])).unwrap();
    assert_eq!(
        sent,
        json!([{"cmd": "Connect", "password": null, "game": "", "name": "One", "uuid": "uuid", "items_handling": 7,
                "version": {"major": 0, "minor": 6, "build": 4, "class": "Version"}, "tags": ["Tracker", "NoText"],
                "slot_data": false}])
    );
    assert_eq!((dialogue.awaits(), dialogue.is_connected()), (Awaits::Answer, false));
    // Items that come before their names wait for them.
    let (sent, told) = frame(&mut dialogue, json!([connected(), items(0, &[1, 1, -1])])).unwrap();
    assert_eq!(sent, json!([{"cmd": "GetDataPackage", "games": ["Game", "Archipelago"]}]));
    assert_eq!((told, dialogue.items(), dialogue.is_connected()), (None, 3, true));
    let (sent, told) = frame(&mut dialogue, json!([package()])).unwrap();
    assert_eq!((sent, told), (json!([]), Some(json!({"Lamp": 2, "Nothing": 1}))));
    assert_eq!(dialogue.awaits(), Awaits::Nothing);

    // The next connection to the same room knows the names; one that forgets its items says so.
    let mut dialogue = Dialogue::new(&config, "uuid", &mut cache);
    frame(&mut dialogue, json!([greeting()])).unwrap();
    let (sent, told) = frame(&mut dialogue, json!([connected()])).unwrap();
    assert_eq!((sent, told), (json!([]), Some(json!({}))));
    let (_, told) =
        frame(&mut dialogue, json!([items(0, &[2]), {"cmd": "PrintJSON"}, items(1, &[3])])).unwrap();
    assert_eq!(told, Some(json!({"Rope": 1, "Item 3": 1})), "one breath, told once");
}

#[test]
fn a_gap_is_asked_about_once_and_only_the_whole_list_ends_it() {
    let (config, mut cache) = (config(None, None), Cache::default());
    let mut dialogue = Dialogue::new(&config, "uuid", &mut cache);
    frame(&mut dialogue, json!([greeting()])).unwrap();
    frame(&mut dialogue, json!([connected(), items(0, &[1])])).unwrap();
    frame(&mut dialogue, json!([package()])).unwrap();
    let mut step = |packet: Value| {
        let (sent, told) = frame(&mut dialogue, json!([packet])).unwrap();
        (sent, told, dialogue.awaits())
    };
    assert_eq!(step(items(3, &[2])), (json!([{"cmd": "Sync"}]), None, Awaits::Items));
    assert_eq!(step(items(4, &[2])), (json!([]), None, Awaits::Items));
    assert_eq!(step(items(0, &[1, 2, 2])), (json!([]), Some(json!({"Lamp": 1, "Rope": 2})), Awaits::Nothing));
    assert_eq!(step(items(3, &[1])), (json!([]), Some(json!({"Lamp": 2, "Rope": 2})), Awaits::Nothing));
}

#[test]
fn a_refusal_says_what_to_do() {
    for (errors, game, password, words) in [
        (json!(["InvalidSlot"]), None, None, "no slot `One`"),
        (json!(["InvalidGame", "InvalidSlot"]), Some("Chess"), None, "no slot `One`"),
        (json!(["InvalidPassword"]), None, None, "asks for its password"),
        (json!(["InvalidPassword"]), None, Some("x"), "another password"),
        (json!(["InvalidGame"]), Some("Chess"), None, "does not play `Chess`"),
        (json!(["IncompatibleVersion"]), None, None, "0.6.4"),
        (json!(["Tuesday\n"]), None, None, "refused the slot: Tuesday "),
        (json!([]), None, None, "without a reason"),
    ] {
        let (config, mut cache) = (config(game, password), Cache::default());
        let mut dialogue = Dialogue::new(&config, "uuid", &mut cache);
        frame(&mut dialogue, json!([greeting()])).unwrap();
        let refusal = json!([{"cmd": "ConnectionRefused", "errors": errors}]);
        let fault = frame(&mut dialogue, refusal).unwrap_err();
        assert!(matches!(&fault, Fault::Refused(text) if text.contains(words)), "{fault}");
    }
}

#[test]
fn what_comes_out_of_turn_changes_nothing() {
    let (config, mut cache) = (config(None, None), Cache::default());
    let mut dialogue = Dialogue::new(&config, "uuid", &mut cache);
    let early = json!([connected(), items(0, &[1]), package(), {"cmd": "ConnectionRefused"}]);
    assert_eq!(frame(&mut dialogue, early).unwrap(), (json!([]), None));
    assert_eq!(dialogue.awaits(), Awaits::Greeting);
    frame(&mut dialogue, json!([greeting()])).unwrap();
    let again = json!([greeting(), items(0, &[1]), package()]);
    assert_eq!(frame(&mut dialogue, again).unwrap(), (json!([]), None));
    assert_eq!((dialogue.awaits(), dialogue.items()), (Awaits::Answer, 0));
}

/// A packet that is one of the protocol's, its numbers and words anything, some of it missing.
fn anything() -> impl Strategy<Value = Value> {
    let number =
        prop_oneof![any::<i64>().prop_map(|n| json!(n)), (0..4).prop_map(|n| json!(n)), Just(json!("x"))];
    let word = prop_oneof![Just("Game"), Just("1"), Just("2"), Just("g"), Just("")];
    let packet = (0..8, number.clone(), word, prop::collection::vec(-2i64..4, 0..4));
    packet.prop_map(|(kind, number, word, ids)| match kind {
        0 => json!({"cmd": "RoomInfo", "seed_name": word, "datapackage_checksums": {word: word}}),
        1 => json!({"cmd": "Connected", "slot": number, "slot_info": {word: {"game": word}, "1": {"game": "Game"}}}),
        2 => json!({"cmd": "DataPackage", "data": {"games": {word: {"item_name_to_id": {word: number}}}}}),
        3 => json!({"cmd": "ReceivedItems", "index": number, "items": []}),
        4 => json!({"cmd": word}),
        5 => greeting(),
        6 => connected(),
        _ => items(ids.len() as u64 % 3, &ids),
    })
}

proptest! {
    #[test]
    fn whatever_a_room_says_is_counted_or_refused(frames in prop::collection::vec(prop::collection::vec(anything(), 0..4), 0..12)) {
        let (config, mut cache) = (config(None, None), Cache::default());
        let mut dialogue = Dialogue::new(&config, "uuid", &mut cache);
        for frame in frames {
            let packets = packet::read(&json!(frame).to_string());
            let Ok(reaction) = packets.and_then(|packets| dialogue.frame(packets)) else { break };
            if let Some(counts) = reaction.counts {
                prop_assert_eq!(counts.values().map(|n| u64::from(*n)).sum::<u64>(), dialogue.items());
            }
            prop_assert!(dialogue.is_connected() || dialogue.items() == 0);
        }
    }
}

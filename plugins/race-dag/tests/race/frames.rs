//! What players' games report, and what the host tells.

use race_dag::generate::Wish;
use regie_sdk::Effect;
use serde_json::{Value, json};

use crate::support::{Room, entered, flag, generated, label, route, status};

fn seed() -> Value {
    generated(&Wish { layers: 10, paths: 3, branching: 60, arenas: 50 })
}

fn running() -> (Room, Vec<String>) {
    let room = Room::running(&seed());
    let route = route(&room.graph, 0);
    (room, route)
}

/// A flag of the gate before that node.
fn flag_of(room: &Room, node: &str) -> u64 {
    let found = room.graph.event_map.iter().find(|(_, to)| *to == node);
    found.unwrap().0.parse().unwrap()
}

fn notified(effects: &[Effect]) -> Vec<(u32, Value)> {
    let message = |effect: &Effect| match effect {
        Effect::Notify { participant, message } => Some((*participant, json!(message))),
        _ => None,
    };
    effects.iter().filter_map(message).collect()
}

#[test]
fn a_start_puts_everybody_at_the_start_and_tells_their_games() {
    let mut room = Room::new(&seed(), 2);
    assert_eq!(room.refused(1, status(0, 0)), "not_playing");
    room.status = "running".into();
    let told = notified(&room.host(json!({"type": "host:start"})).effects);
    assert_eq!(told.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [1, 2]);
    let start = room.graph.start().unwrap();
    assert_eq!(told[0].1["type"], "zone_update");
    assert_eq!(told[0].1["node_id"], start);
    assert_eq!(told[0].1["display_name"], *room.graph.nodes[start].display_name);
    assert_eq!(room.visits(1), [(start.to_owned(), 0)]);
}

#[test]
fn one_who_starts_alone_starts_nobody_else() {
    let mut room = Room::new(&seed(), 2);
    room.host(json!({"type": "host:start", "slot": 2}));
    assert_eq!(room.refused(1, status(5, 0)), "not_playing");
    room.frame(2, status(5, 0));
}

#[test]
fn a_new_zone_has_words_and_tells_the_game_where_it_is() {
    let (mut room, route) = running();
    let node = room.graph.nodes[&route[1]].clone();
    for frame in
        [entered(&route[1], 9_000), entered(&node.zones[0], 9_000), flag(flag_of(&room, &route[1]), 9_000)]
    {
        let mut room = Room::running(&room.seed);
        let result = room.frame(1, frame);
        assert_eq!(result.words, Some(format!("{} → {} (layer 1)", label(1), node.display_name)));
        let told = notified(&result.effects);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0, &told[0].1["node_id"]), (1, &json!(route[1])));
        assert_eq!(told[0].1["tier"], json!(node.tier));
        let exits = told[0].1["exits"].as_array().unwrap();
        assert_eq!(exits.len(), node.exits.len());
        assert_eq!(exits[0], json!({"text": node.exits[0].text, "to_name": "", "discovered": false}));
    }
    room.frame(1, entered(&route[1], 9_000));
    assert_eq!(room.standing(1)["layer_entry_igt"], 9_000);
}

#[test]
fn a_gate_is_known_once_its_runner_was_behind_it_and_nobody_elses_walk_tells() {
    let (mut room, route) = running();
    room.frame(1, entered(&route[1], 10));
    let back = notified(&room.frame(1, entered(&route[0], 20)).effects);
    let named = |told: &Value| {
        let exits = told["exits"].as_array().unwrap();
        exits.iter().filter(|exit| exit["discovered"] == true && exit["to_name"] != "").count()
    };
    assert_eq!(named(&back[0].1), 1);
    let other = notified(&room.frame(2, json!({"type": "zone_query", "map_id": 1})).effects);
    assert_eq!((other[0].0, named(&other[0].1)), (2, 0));
}

#[test]
fn a_question_for_the_zone_is_answered_and_changes_nothing() {
    let (mut room, route) = running();
    let query = json!({"type": "zone_query", "grace_entity_id": 5, "map_id": "m10", "position": [1, 2, 3]});
    let result = room.frame(3, query);
    assert!(!result.changed && result.words.is_none());
    assert_eq!(notified(&result.effects)[0].1["node_id"], *route[0]);
}

#[test]
fn a_clock_that_moves_says_nothing_and_is_still_kept() {
    let (mut room, _) = running();
    let result = room.frame(1, status(1_234, 2));
    assert_eq!((result.changed, &result.words, result.effects.len()), (true, &None, 0));
    assert_eq!((&room.standing(1)["igt_ms"], &room.standing(1)["death_count"]), (&json!(1_234), &json!(2)));
    assert!(!room.frame(1, status(1_234, 2)).changed);
}

#[test]
fn times_that_are_none_are_refused_by_name() {
    let cases = [
        (json!(-1), "bad_igt"),
        (json!(1.5), "bad_igt"),
        (json!(1e300), "bad_igt"),
        (json!("12"), "bad_igt"),
        (json!([1]), "bad_igt"),
        (json!(true), "bad_igt"),
        (json!(1_u64 << 53), "bad_igt"),
        (json!(u64::MAX), "bad_igt"),
        (json!(null), "missing_igt"),
    ];
    let (mut room, route) = running();
    for kind in ["status_update", "zone_entered", "event_flag", "finished"] {
        let frame = |igt: Option<&Value>| {
            let flag = flag_of(&Room::running(&seed()), &route[1]);
            let mut frame = json!({"type": kind, "to_zone": route[1], "flag_id": flag});
            if let Some(igt) = igt {
                frame["igt_ms"] = igt.clone();
            }
            frame
        };
        for (igt, code) in &cases {
            assert_eq!(room.refused(1, frame(Some(igt))), *code, "{kind} {igt}");
        }
        assert_eq!(room.refused(1, frame(None)), "missing_igt", "{kind}");
    }
}

#[test]
fn a_clock_never_runs_backwards_but_late_news_finds_its_place() {
    let (mut room, route) = running();
    room.frame(1, status(50_000, 0));
    assert_eq!(room.refused(1, status(49_999, 0)), "igt_regressed");
    assert_eq!(room.refused(1, json!({"type": "finished", "igt_ms": 49_999})), "igt_regressed");
    room.frame(1, entered(&route[2], 40_000));
    let late = room.frame(1, entered(&route[1], 20_000));
    assert!(late.words.is_some() && late.effects.is_empty(), "they are further by now: {late:?}");
    let expected = [(route[0].clone(), 0), (route[1].clone(), 20_000), (route[2].clone(), 40_000)];
    assert_eq!(room.visits(1), expected);
    assert_eq!(
        (&room.standing(1)["igt_ms"], &room.standing(1)["current_layer"]),
        (&json!(50_000), &json!(2))
    );
}

#[test]
fn a_flag_told_again_changes_nothing_whatever_its_time() {
    let (mut room, route) = running();
    let number = flag_of(&room, &route[1]);
    room.frame(1, flag(number, 30_000));
    room.frame(1, entered(&route[2], 60_000));
    for igt in [30_000, 20_000, 90_000] {
        let again = room.frame(1, flag(number, igt));
        assert_eq!((again.changed, again.words, again.effects.len()), (false, None, 0), "{igt}");
    }
}

#[test]
fn a_stay_known_by_a_late_frame_begins_when_an_earlier_one_says() {
    let (mut room, route) = running();
    room.frame(
        1,
        json!({"type": "status_update", "igt_ms": 9_000, "current_zone": route[1], "current_layer": 7}),
    );
    room.frame(1, entered(&route[1], 8_000));
    assert_eq!(room.visits(1), [(route[0].clone(), 0), (route[1].clone(), 8_000)]);
    assert_eq!(room.standing(1)["current_layer"], 1, "the layer is the zone's");
}

#[test]
fn a_layer_never_falls_and_no_step_is_too_far() {
    let (mut room, route) = running();
    let end = route.last().unwrap();
    room.frame(1, entered(end, 5_000));
    room.frame(1, entered(&route[1], 6_000));
    let standing = room.standing(1);
    assert_eq!(standing["current_zone"], *route[1]);
    assert_eq!(standing["progress"], 9.0);
    assert_eq!(standing["layer_entry_igt"], 5_000);
}

#[test]
fn deaths_count_for_the_latest_visit_of_the_zone() {
    let (mut room, route) = running();
    let deaths = |room: &Room| -> Vec<u64> {
        let standing = room.standing(1);
        let visits = standing["zone_history"].as_array().unwrap();
        visits.iter().map(|visit| visit["deaths"].as_u64().unwrap_or(0)).collect()
    };
    room.frame(1, status(1_000, 1));
    room.frame(1, entered(&route[1], 2_000));
    room.frame(1, status(3_000, 3));
    room.frame(1, entered(&route[0], 4_000));
    room.frame(1, status(5_000, 4));
    room.frame(1, status(6_000, 2));
    assert_eq!(deaths(&room), [1, 2, 1], "a lower count is an old one");
    let named = json!({"type": "status_update", "igt_ms": 7_000, "death_count": 9, "current_zone": route[1]});
    room.frame(1, named);
    assert_eq!(deaths(&room)[..3], [1, 7, 1]);
    assert_eq!(room.standing(1)["death_count"], 9);
    assert_eq!(
        room.refused(1, json!({"type": "status_update", "igt_ms": 8_000, "death_count": -1})),
        "bad_death_count"
    );
}

#[test]
fn what_is_not_in_the_seed_is_refused_but_a_clock_counts_anyway() {
    let (mut room, _) = running();
    assert_eq!(room.refused(1, entered("nowhere", 1)), "unknown_zone");
    assert_eq!(room.refused(1, json!({"type": "zone_entered", "igt_ms": 1})), "unknown_zone");
    assert_eq!(room.refused(1, flag(1, 1)), "unknown_flag");
    assert_eq!(room.refused(1, json!({"type": "event_flag", "igt_ms": 1, "flag_id": "x"})), "unknown_flag");
    assert_eq!(room.refused(1, json!({"type": "dance"})), "unknown_type");
    room.frame(1, json!({"type": "status_update", "igt_ms": 700, "current_zone": "a loading screen"}));
    assert_eq!(room.standing(1)["igt_ms"], 700);
}

#[test]
fn the_last_flag_ends_the_run_even_if_a_younger_clock_was_told() {
    let (mut room, _) = running();
    room.frame(1, status(3_661_500, 0));
    let result = room.frame(1, flag(room.graph.finish_event.unwrap(), 3_661_000));
    assert_eq!(result.effects, [Effect::Finished { participant: 1 }]);
    assert_eq!(result.words, Some(format!("{} finished in 1:01:01", label(1))));
    assert_eq!(room.standing(1)["igt_ms"], 3_661_000);
    for frame in [
        status(4_000_000, 0),
        json!({"type": "finished", "igt_ms": 4_000_000}),
        json!({"type": "zone_query"}),
    ] {
        assert_eq!(room.refused(1, frame), "already_ended");
    }
}

#[test]
fn nobody_finishes_after_they_gave_up_unless_that_is_taken_back() {
    let finished = json!({"type": "finished", "igt_ms": 9_000});
    for status in ["abandoned", "disqualified"] {
        let (mut room, _) = running();
        room.end(1, status);
        assert_eq!(room.refused(1, finished.clone()), "already_ended");
        room.host(json!({"type": "host:undo", "slot": 1}));
        assert_eq!(room.frame(1, finished.clone()).effects, [Effect::Finished { participant: 1 }]);
    }
}

#[test]
fn a_finish_that_is_taken_back_leaves_the_clock_that_was_before() {
    let (mut room, _) = running();
    room.frame(1, status(5_000, 0));
    room.frame(1, json!({"type": "finished", "igt_ms": 9_000}));
    room.host(json!({"type": "host:finish"}));
    assert_eq!(room.refused(2, status(9_000, 0)), "not_playing");
    room.host(json!({"type": "host:undo", "slot": 1}));
    room.statuses.insert(1, "playing".into());
    room.frame(1, status(6_000, 0));
    assert_eq!(room.standing(1)["igt_ms"], 6_000);
    room.frame(2, status(6_000, 0));
}

#[test]
fn a_reset_forgets_the_race_and_keeps_who_takes_part() {
    let (mut room, route) = running();
    let fresh = Room::new(&room.seed, 3).state;
    room.frame(1, entered(&route[1], 10));
    room.end(2, "abandoned");
    room.host(json!({"type": "host:reset"}));
    assert_eq!(room.state, fresh);
}

#[test]
fn who_joins_a_race_that_runs_plays_and_who_leaves_is_gone() {
    let (mut room, _) = running();
    room.statuses.insert(4, "playing".into());
    let told = notified(&room.host(json!({"type": "host:join", "slot": 4})).effects);
    assert_eq!(told[0].0, 4);
    room.frame(4, status(10, 0));
    assert!(!room.host(json!({"type": "host:join", "slot": 4})).changed);
    room.host(json!({"type": "host:leave", "slot": 4}));
    assert_eq!(room.refused(4, status(20, 0)), "not_playing");
}

#[test]
fn what_a_newer_host_tells_changes_nothing() {
    let (mut room, _) = running();
    for action in [
        json!({"type": "host:weather", "slot": 1}),
        json!({"type": "host:ready", "slot": 1}),
        json!({"type": "host:abandon", "slot": 77}),
        json!({"type": "host:join"}),
        json!({"type": "host:start", "slot": -1}),
    ] {
        assert!(!room.host(action.clone()).changed, "{action}");
    }
    assert_eq!(room.act(None, &status(1, 0)).fault.unwrap().code, "not_playing");
}

#[test]
fn going_back_and_forth_for_ever_stays_small_and_loses_no_first_visit_and_no_death() {
    let (mut room, route) = running();
    for step in 1..1_200 {
        room.frame(1, status(step * 10 - 1, step / 2));
        room.frame(1, entered(&route[(step % 3) as usize], step * 10));
    }
    let visits = room.standing(1)["zone_history"].as_array().unwrap().clone();
    assert!(visits.len() <= 400, "{}", visits.len());
    assert_eq!(room.visits(1)[..2], [(route[0].clone(), 0), (route[1].clone(), 10)]);
    let deaths: u64 = visits.iter().map(|visit| visit["deaths"].as_u64().unwrap_or(0)).sum();
    assert_eq!(room.standing(1)["death_count"], deaths);
    assert!(visits.windows(2).all(|pair| pair[0]["node_id"] != pair[1]["node_id"]));
}

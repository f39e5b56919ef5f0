//! What is told, in order, as readers of the specification expect it.

use std::{collections::BTreeSet, sync::Arc};

use regie_sdk::protocol::{Standing, Standings};
use serde_json::{Value, json, value::to_raw_value};

use super::{Game, Told};
use crate::{
    Class, Shown, Who,
    model::{Dialect, Participant, Race, RaceStatus},
};

const NOW: i64 = 1_770_212_280_000;

fn race(dialect: Dialect, status: RaceStatus) -> Race {
    let started = match status {
        RaceStatus::Countdown => Some("2026-02-04T13:38:10Z"),
        RaceStatus::Running | RaceStatus::Finished => Some("2026-02-04T13:38:00Z"),
        _ => None,
    };
    let participant = |slot: u32, name: &str| {
        json!({
            "id": format!("id-{slot}"), "user_id": format!("user-{slot}"), "name": name, "status": "playing",
            "token_generation": 1, "slot": slot, "colour": slot - 1, "joined_at": "2026-02-04T13:00:00Z",
        })
    };
    let mut race: Race = serde_json::from_value(json!({
        "schema": 1, "id": "race", "name": "Sunday", "organizer_id": "o", "mode": "probe", "state_version": 1,
        "status": "open", "config": {}, "scheduled_start": "2026-02-04T13:38:00Z", "created_at": "2026-02-04T12:00:00Z",
        "started_at": started, "participants": [participant(1, "Ada"), participant(2, "Bob")],
    }))
    .unwrap();
    race.status = status;
    race.config.dialect = dialect;
    race
}

fn standings(clock: u64, more: Value) -> Standings {
    let standing = |slot: u32, igt_ms: u64| Standing {
        participant: slot,
        place: slot,
        status: "playing".into(),
        progress: 3.0,
        igt_ms: Some(igt_ms),
        more: json!({"current_zone": format!("z{slot}"), "current_layer": 3, "death_count": 1})
            .as_object()
            .unwrap()
            .clone(),
        ..Standing::default()
    };
    Standings {
        participants: vec![standing(1, clock), standing(2, 500)],
        more: more.as_object().unwrap().clone(),
    }
}

fn shown(race: Race, standings: Standings) -> Shown {
    Shown {
        class: Class::now(Who::Participant(1)),
        seq: 1,
        at_ms: NOW,
        version: 1,
        race: Arc::new(race),
        connected: Arc::new(BTreeSet::from([1])),
        standings: Arc::new(standings),
        view: to_raw_value(&()).unwrap().into(),
        revealed: None,
    }
}

/// A picture of a race that runs, with the first player's clock there.
pub(crate) fn example(clock: u64) -> Shown {
    shown(race(Dialect::Source, RaceStatus::Running), standings(clock, nothing()))
}

fn begin() -> Value {
    json!({
        "seed": {"total_layers": 12, "event_ids": [7]}, "leader_splits": {"3": 400},
        "resume": [{"type": "zone_update", "node_id": "z1"}],
    })
}

fn nothing() -> Value {
    json!({"seed": {"total_layers": 12, "event_ids": [7]}})
}

/// The types of `messages`, with the status where there is one.
fn types(messages: &[String]) -> Vec<String> {
    let word = |text: &String| {
        let message: Value = serde_json::from_str(text).unwrap();
        let kind = message["type"].as_str().unwrap().to_owned();
        message["status"].as_str().map_or(kind.clone(), |status| format!("{kind} {status}"))
    };
    messages.iter().map(word).collect()
}

fn open(dialect: Dialect, status: RaceStatus, more: Value) -> (Game, Vec<String>) {
    let shown = shown(race(dialect, status), standings(100, more));
    let player = shown.race.participants[0].clone();
    Game::open(&shown, &player, NOW)
}

#[test]
fn auth_ok_says_all_that_a_client_of_either_dialect_reads() {
    let (_, messages) = open(Dialect::Source, RaceStatus::Open, nothing());
    let told: Value = serde_json::from_str(&messages[0]).unwrap();
    assert_eq!(
        told,
        json!({
            "type": "auth_ok", "participant_id": "id-1", "protocol_version": "1.3",
            "race": {
                "id": "race", "name": "Sunday", "mode": "probe", "status": "open",
                "scheduled_start": "2026-02-04T13:38:00Z", "started_at": null, "finished_at": null,
                "countdown_seconds": 10, "created_at": "2026-02-04T12:00:00Z", "seeds_released_at": null,
            },
            "seed": {"total_layers": 12, "event_ids": [7]},
            "participants": [player(1, "Ada", 100, true), player(2, "Bob", 500, false)],
            "server_time": "2026-02-04T13:38:00Z", "server_time_ms": NOW,
        })
    );
}

fn player(slot: u32, name: &str, igt_ms: u64, is_connected: bool) -> Value {
    json!({
        "id": format!("id-{slot}"), "name": name, "twitch_username": name, "twitch_display_name": name,
        "status": "playing", "finished": false, "slot": slot, "color_index": slot - 1,
        "mod_connected": is_connected, "place": slot, "progress": 3.0, "igt_ms": igt_ms, "gap_ms": null,
        "current_zone": format!("z{slot}"), "current_layer": 3, "death_count": 1, "current_layer_tier": null,
        "zone_history": null, "layer_entry_igt": null, "is_live": false, "stream_url": null,
        "layer": 3, "zone_id": format!("z{slot}"),
    })
}

#[test]
fn before_a_mode_says_anything_clients_still_read_numbers_where_they_expect_some() {
    let shown = shown(race(Dialect::Public, RaceStatus::Open), Standings::default());
    let (_, messages) = Game::open(&shown, &shown.race.participants[1].clone(), NOW);
    let told: Value = serde_json::from_str(&messages[0]).unwrap();
    assert_eq!(told["race"]["status"], "setup");
    assert_eq!(told["seed"], json!({"total_layers": 0}));
    for member in ["igt_ms", "death_count", "current_layer", "layer"] {
        assert_eq!(told["participants"][1][member], 0, "{member}");
    }
}

#[test]
fn in_source_the_countdown_runs_on_the_scheduled_start_and_race_start_is_its_end() {
    let (mut game, messages) = open(Dialect::Source, RaceStatus::Open, nothing());
    assert_eq!(types(&messages), ["auth_ok", "leaderboard_update"]);
    assert_eq!(game.start(None, 10, NOW), None);
    let countdown = shown(race(Dialect::Source, RaceStatus::Countdown), standings(100, nothing()));
    let messages = game.picture(&countdown, NOW);
    assert_eq!(types(&messages), ["race_status_change countdown"]);
    let told: Value = serde_json::from_str(&messages[0]).unwrap();
    assert_eq!(
        (&told["scheduled_start"], &told["started_at"]),
        (&"2026-02-04T13:38:10Z".into(), &"2026-02-04T13:38:10Z".into())
    );
    let running = shown(race(Dialect::Source, RaceStatus::Running), standings(100, begin()));
    let messages = game.picture(&running, NOW);
    assert_eq!(
        types(&messages),
        ["race_start", "zone_update", "race_status_change running", "leaderboard_update"]
    );
}

#[test]
fn in_public_race_start_begins_the_countdown_and_statuses_are_three() {
    let (mut game, _) = open(Dialect::Public, RaceStatus::Open, nothing());
    let start = game.start(None, 10, NOW).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&start).unwrap(),
        json!({
            "type": "race_start", "countdown_seconds": 10,
            "server_time": "2026-02-04T13:38:00Z", "server_time_ms": NOW,
        })
    );
    let countdown = shown(race(Dialect::Public, RaceStatus::Countdown), standings(100, nothing()));
    assert_eq!(types(&game.picture(&countdown, NOW)), [""; 0]);
    let running = shown(race(Dialect::Public, RaceStatus::Running), standings(100, begin()));
    assert_eq!(
        types(&game.picture(&running, NOW)),
        ["zone_update", "race_status_change running", "leaderboard_update"]
    );
}

#[test]
fn what_the_mode_says_before_the_start_waits_for_it_and_is_said_once() {
    for dialect in [Dialect::Source, Dialect::Public] {
        let zone = Arc::new(json!({"type": "zone_update", "node_id": "z1"}).as_object().unwrap().clone());
        let (mut game, _) = open(dialect, RaceStatus::Countdown, nothing());
        assert_eq!(game.notify(1, &zone), None, "nothing of the seed is told before the start");
        let running = shown(race(dialect, RaceStatus::Running), standings(100, begin()));
        let told = types(&game.picture(&running, NOW));
        assert_eq!(told.iter().filter(|kind| *kind == "zone_update").count(), 1, "{told:?}");

        let (mut game, _) = open(dialect, RaceStatus::Countdown, nothing());
        let told = types(&game.picture(&running, NOW));
        assert_eq!(told.iter().filter(|kind| *kind == "zone_update").count(), 1, "{told:?}");
        assert_eq!(game.notify(1, &zone), None, "it was told with the start");
        assert!(game.notify(1, &zone).is_some(), "but a second one is news");
        assert_eq!(game.notify(2, &zone), None, "what is meant for another is not told");
    }
}

#[test]
fn a_client_that_comes_back_is_told_where_it_stands_and_then_how_all_do() {
    for dialect in [Dialect::Source, Dialect::Public] {
        let (_, messages) = open(dialect, RaceStatus::Running, begin());
        assert_eq!(types(&messages), ["auth_ok", "zone_update", "leaderboard_update"]);
    }
    let (mut game, messages) = open(Dialect::Public, RaceStatus::Countdown, nothing());
    assert_eq!(types(&messages), ["auth_ok", "race_start", "leaderboard_update"]);
    let start: Value = serde_json::from_str(&messages[1]).unwrap();
    assert_eq!(start["countdown_seconds"], 10, "what is left of it");
    let running = shown(race(Dialect::Public, RaceStatus::Running), standings(100, begin()));
    assert!(!types(&game.picture(&running, NOW)).contains(&"race_start".to_owned()));
}

#[test]
fn an_automatic_finish_is_the_state_the_status_and_the_leaderboard_without_the_graph() {
    for dialect in [Dialect::Source, Dialect::Public] {
        let (mut game, _) = open(dialect, RaceStatus::Running, begin());
        let mut finished = shown(race(dialect, RaceStatus::Finished), standings(900, begin()));
        finished.revealed = Some(("all".into(), to_raw_value(&json!({"nodes": ["secret"]})).unwrap().into()));
        let messages = game.picture(&finished, NOW);
        assert_eq!(types(&messages), ["race_state", "race_status_change finished", "leaderboard_update"]);
        let state: Value = serde_json::from_str(&messages[0]).unwrap();
        assert_eq!(state["seed"]["graph_json"], Value::Null);
        // The finish is taken back: the race goes on, and does not start again.
        let again = shown(race(dialect, RaceStatus::Running), standings(900, begin()));
        assert_eq!(types(&game.picture(&again, NOW))[0], "race_status_change running");
    }
}

#[test]
fn who_starts_alone_is_told_alone() {
    for dialect in [Dialect::Source, Dialect::Public] {
        let (mut game, _) = open(dialect, RaceStatus::Running, nothing());
        assert_eq!(game.start(Some(2), 10, NOW), None);
        assert!(game.start(Some(1), 10, NOW).is_some());
    }
}

#[test]
fn one_who_moved_is_one_update_and_an_overtaking_is_a_leaderboard() {
    let at = |clock| shown(race(Dialect::Source, RaceStatus::Running), standings(clock, nothing()));
    let mut told = Told::of(&at(100));
    assert_eq!(types(&told.spectate(&at(100))), [""; 0]);
    assert_eq!(types(&told.spectate(&at(200))), ["player_update"]);
    let mut overtaken = at(200);
    let mut standings = (*overtaken.standings).clone();
    standings.participants[0].place = 2;
    standings.participants[1].place = 1;
    standings.participants.swap(0, 1);
    overtaken.standings = Arc::new(standings);
    assert_eq!(types(&told.spectate(&overtaken)), ["leaderboard_update"]);
    let mut gone = at(200);
    gone.connected = Arc::default();
    told = Told::of(&at(200));
    assert_eq!(types(&told.spectate(&gone)), ["leaderboard_update"], "who is connected concerns the room");
}

#[test]
fn a_clock_is_told_at_once_and_not_again_with_the_picture_that_follows() {
    let at = |clock| shown(race(Dialect::Source, RaceStatus::Running), standings(clock, nothing()));
    let mut told = Told::of(&at(100));
    let update: Value = serde_json::from_str(&told.clock(1, 700, Some(1)).unwrap()).unwrap();
    assert_eq!(update, json!({"type": "player_update", "player": player(1, "Ada", 700, true)}));
    assert_eq!(told.clock(1, 700, Some(1)), None);
    assert_eq!(told.clock(9, 700, None), None);
    assert_eq!(types(&told.spectate(&at(700))), [""; 0]);
}

#[test]
fn what_a_reader_may_see_of_the_seed_is_told_whole_when_it_changes() {
    let mut now = shown(race(Dialect::Source, RaceStatus::Running), standings(100, nothing()));
    let mut told = Told::of(&now);
    now.revealed = Some(("d1".into(), to_raw_value(&json!({"nodes": {"a": 1}})).unwrap().into()));
    let messages = told.spectate(&now);
    assert_eq!(types(&messages), ["race_state"]);
    let state: Value = serde_json::from_str(&messages[0]).unwrap();
    assert_eq!(
        state["seed"],
        json!({"total_layers": 12, "event_ids": [7], "graph_json": {"nodes": {"a": 1}}})
    );
    assert_eq!(state["race"]["status"], "running");
    assert_eq!(types(&told.spectate(&now)), [""; 0]);
}

#[test]
fn a_token_of_an_older_generation_is_good_no_more() {
    let (game, _) = open(Dialect::Source, RaceStatus::Open, nothing());
    let mut race = race(Dialect::Source, RaceStatus::Open);
    assert!(game.is_admitted(&race, 1));
    race.participants[0].token_generation = 2;
    assert!(!game.is_admitted(&race, 1));
    race.participants.remove(0);
    assert!(!game.is_admitted(&race, 1));
}

/// Of a participant that stands nowhere yet.
#[test]
fn whoever_joined_is_told_though_the_mode_does_not_know_them_yet() {
    let mut race = race(Dialect::Source, RaceStatus::Open);
    let late = Participant { slot: 7, name: "Late".into(), ..race.participants[0].clone() };
    race.participants.push(late);
    let told = Told::of(&shown(race, standings(0, nothing())));
    assert_eq!(told.everybody()[2]["name"], "Late");
    assert_eq!(told.everybody()[2]["place"], Value::Null);
}

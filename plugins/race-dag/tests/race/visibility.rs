//! Who may see what. Every answer is searched as bytes for what must not be in it.

use std::collections::BTreeSet;

use race_dag::graph::Graph;
use regie_sdk::Standing;
use serde_json::{Value, json};

use crate::support::{Room, Seed, entered, route, seeds, status};

/// A race on this seed: 1 is in the second layer, 2 has finished, 3 is ahead on another way.
fn midway(seed: &Seed) -> Room {
    let mut room = Room::running(&seed.document);
    let ways: Vec<Vec<String>> = (0..3).map(|turn| route(&room.graph, turn)).collect();
    room.frame(1, entered(&ways[0][1], 10_000));
    room.frame(1, entered(&ways[0][2], 20_000));
    room.frame(1, status(25_000, 2));
    for (slot, way) in [(2, &ways[1]), (3, &ways[2])] {
        for (step, node) in way.iter().enumerate().skip(1) {
            room.frame(slot, entered(node, step as u64 * 3_000));
        }
    }
    room.frame(2, json!({"type": "finished", "igt_ms": 111_111}));
    room
}

/// Everything in a seed that could give a node away: id, name, zones, and for nodes never seen the texts of their gates.
fn words<'a>(graph: &'a Graph, ids: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    let of = |id: &'a String| {
        let node = &graph.nodes[id];
        [id, &node.display_name].into_iter().chain(&node.zones).filter(|text| !text.is_empty()).cloned()
    };
    ids.into_iter().flat_map(of).collect()
}

fn assert_silent(bytes: &str, words: &BTreeSet<String>, about: &str) {
    for word in words {
        // As JSON text, and as HTML: whole words, for a zone may be a part of a longer one.
        let at = bytes.match_indices(word.as_str()).find(|(at, _)| {
            let edge = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            edge(bytes[..*at].chars().next_back()) && edge(bytes[at + word.len()..].chars().next())
        });
        assert!(at.is_none(), "{about}: `{word}` is told");
    }
}

#[test]
fn before_the_start_nobody_sees_anything_and_the_organizer_what_they_asked_for() {
    for seed in seeds() {
        let mut room = Room::new(&seed.document, 3);
        for phase in ["draft", "open", "countdown", "cancelled", "some new phase"] {
            room.status = phase.into();
            let all = words(&room.graph, room.graph.nodes.keys());
            for (role, slot) in [
                ("public", None),
                ("caster", None),
                ("nobody", None),
                ("participant", Some(1)),
                ("spy", None),
            ] {
                let about = format!("{} {phase} {role}", seed.name);
                assert_silent(&room.bytes(role, slot, None), &all, &about);
                let projected = room.project(role, slot, None);
                assert_eq!(projected.reveal, None, "{about}");
                let told = &projected.standings.more["seed"];
                let known: Vec<&String> = told.as_object().unwrap().keys().collect();
                if role == "participant" && !room.graph.event_map.is_empty() {
                    assert_eq!(known, ["total_layers", "event_ids", "finish_event"], "{about}");
                } else {
                    assert_eq!(known, ["total_layers"], "{about}");
                }
            }
            let revealed = room.project("organizer", None, None).reveal.unwrap();
            let part = room.reveal(&revealed);
            assert_eq!(part["nodes"].as_object().unwrap().len(), room.graph.nodes.len());
        }
    }
}

#[test]
fn while_it_runs_a_participant_sees_their_own_way_and_its_nameless_neighbours() {
    for seed in seeds() {
        let room = midway(&seed);
        let own: BTreeSet<String> = room.visits(1).into_iter().map(|(node, _)| node).collect();
        let others: BTreeSet<&String> = room.graph.nodes.keys().filter(|id| !own.contains(*id)).collect();
        // A zone of a node that was seen may be one of another.
        let seen = words(&room.graph, &own);
        let hidden: BTreeSet<String> = words(&room.graph, others).difference(&seen).cloned().collect();
        assert_silent(&room.bytes("participant", Some(1), None), &hidden, &seed.name);
        let projected = room.project("participant", Some(1), None);
        let part = room.reveal(projected.reveal.as_ref().unwrap());
        assert_eq!(part["seed"], Value::Null, "the number would give the rest away");
        assert_eq!(part["event_map"], Value::Null);
        let behind: BTreeSet<&String> = room
            .graph
            .edges
            .iter()
            .filter(|e| own.contains(&e.from) && !own.contains(&e.to))
            .map(|e| &e.to)
            .collect();
        let nodes = part["nodes"].as_object().unwrap();
        let is_hidden = |node: &&Value| node["type"] == "hidden";
        assert_eq!(nodes.values().filter(is_hidden).count(), behind.len(), "{}", seed.name);
        assert_eq!(nodes.len(), own.len() + behind.len());
        for node in nodes.values().filter(is_hidden) {
            let known: BTreeSet<&str> = node.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(known, BTreeSet::from(["type", "display_name", "layer"]));
            assert_eq!(node["display_name"], "");
        }
        for edge in part["edges"].as_array().unwrap() {
            assert!(own.contains(edge["from"].as_str().unwrap()), "only gates of nodes they were in");
            assert!(nodes.contains_key(edge["to"].as_str().unwrap()));
        }
        assert_eq!(part["way"]["links"].as_array().unwrap().len(), 2);
        assert_eq!(part["way"]["at"], room.standing(1)["current_zone"]);
    }
}

#[test]
fn of_the_others_a_participant_gets_a_leaderboard() {
    for seed in seeds() {
        let projected = midway(&seed).project("participant", Some(1), None);
        let told =
            |slot: u32| projected.standings.participants.iter().find(|one| one.participant == slot).unwrap();
        for other in [2, 3] {
            let Standing { progress, igt_ms, more, .. } = told(other);
            assert!(*progress > 0.0 && igt_ms.is_some());
            for field in ["current_zone", "zone_history", "current_layer_tier"] {
                assert_eq!(more[field], Value::Null, "{field}");
            }
            assert!(!more["current_layer"].is_null() && !more["death_count"].is_null());
        }
        assert!(!told(1).more["current_zone"].is_null());
        assert_eq!(projected.standings.more["resume"][0]["type"], "zone_update");
        assert_eq!(projected.standings.more["resume"][0]["node_id"], told(1).more["current_zone"]);
    }
}

#[test]
fn while_it_runs_the_rest_see_everything_or_nothing_by_their_role() {
    for seed in seeds() {
        let mut room = midway(&seed);
        let all = words(&room.graph, room.graph.nodes.keys());
        for (role, slot) in
            [("public", None), ("caster", None), ("organizer", None), ("participant", Some(2))]
        {
            let projected = room.project(role, slot, None);
            assert_eq!(projected.reveal, Some(json!("all")), "{role}");
            assert!(projected.standings.participants.iter().all(|one| !one.more["zone_history"].is_null()));
            assert!(projected.standings.more.get("resume").is_none(), "{role}");
            let flags = projected.standings.more["seed"].get("event_ids").is_some();
            assert_eq!(flags, role == "participant" && !room.graph.event_map.is_empty());
        }
        for (role, slot) in [("nobody", None), ("participant", Some(9)), ("participant", None), ("spy", None)]
        {
            assert_silent(&room.bytes(role, slot, None), &all, role);
            let projected = room.project(role, slot, None);
            for one in &projected.standings.participants {
                let bare = Standing {
                    participant: one.participant,
                    place: one.place,
                    status: one.status.clone(),
                    ..Standing::default()
                };
                assert_eq!(*one, bare, "{role}: no number");
            }
            let order: Vec<(u32, u32)> =
                projected.standings.participants.iter().map(|one| (one.participant, one.place)).collect();
            assert_eq!(order, [(2, 1), (1, 2), (3, 2)], "{role}: statuses, then slots");
        }
        room.statuses.insert(3, "ready".into());
        assert_silent(&room.bytes("participant", Some(3), None), &all, "one who has not started");
        room.status = "finished".into();
        for (role, slot) in [("public", None), ("nobody", None), ("participant", Some(1))] {
            assert_eq!(room.project(role, slot, None).reveal, Some(json!("all")), "{role} afterwards");
        }
    }
}

#[test]
fn a_participant_who_ended_sees_everything_whichever_way_they_ended() {
    for status in ["abandoned", "disqualified"] {
        let mut room = midway(&seeds()[0]);
        room.end(1, status);
        assert_eq!(room.project("participant", Some(1), None).reveal, Some(json!("all")));
        room.host(json!({"type": "host:undo", "slot": 1}));
        room.statuses.insert(1, "playing".into());
        assert_ne!(room.project("participant", Some(1), None).reveal, Some(json!("all")));
    }
}

#[test]
fn at_an_earlier_time_nothing_later_has_happened() {
    for seed in seeds() {
        let mut room = midway(&seed);
        room.status = "finished".into();
        let visits: Vec<(String, u64)> = (1..=3).flat_map(|slot| room.visits(slot)).collect();
        for cut in [0, 2_999, 3_000, 10_000, 111_110, 111_111, 999_999] {
            let projected = room.project("public", None, Some(cut));
            for one in &projected.standings.participants {
                let about = format!("{} at {cut}: {one:?}", seed.name);
                let history = one.more["zone_history"].as_array().unwrap();
                assert!(history.iter().all(|visit| visit["igt_ms"].as_u64().unwrap() <= cut), "{about}");
                assert_eq!(history.last().unwrap()["node_id"], one.more["current_zone"], "{about}");
                assert!(one.igt_ms.unwrap() <= cut, "{about}");
                assert!(one.more["layer_entry_igt"].as_u64().unwrap() <= cut, "{about}");
            }
            let status = |slot: u32| {
                let all = &projected.standings.participants;
                all.iter().find(|one| one.participant == slot).unwrap().status.clone()
            };
            assert_eq!(status(2), if cut < 111_111 { "playing" } else { "finished" }, "{cut}");
            let splits = projected.standings.more["leader_splits"].as_object().unwrap();
            assert!(splits.values().all(|igt| igt.as_u64().unwrap() <= cut));
            let spots: BTreeSet<&String> = projected.view["nodes"].as_object().unwrap().keys().collect();
            let entered = visits.iter().filter(|(_, igt)| *igt <= cut).map(|(node, _)| node);
            assert_eq!(spots, entered.collect(), "{} at {cut}", seed.name);
        }
        let start = room.project("public", None, Some(0));
        assert!(start.standings.participants.iter().all(|one| one.place == 1), "all are equal at the start");
        assert_eq!(start.standings.participants[0].more["death_count"], 0);
    }
}

#[test]
fn what_is_revealed_has_a_short_name_that_changes_only_with_what_is_known() {
    for seed in seeds() {
        let mut room = midway(&seed);
        let part = |room: &Room| room.project("participant", Some(1), None).reveal.unwrap();
        let before = part(&room);
        assert!(before.to_string().len() <= 4 << 10);
        room.frame(1, status(30_000, 5));
        room.frame(3, status(90_000_000, 5));
        assert_eq!(part(&room), before);
        assert_eq!(room.reveal(&before), room.reveal(&before));
    }
}

#[test]
fn what_stands_for_a_hidden_node_stays_the_same_until_it_is_seen() {
    for seed in seeds() {
        let mut room = midway(&seed);
        let hidden = |room: &Room| -> BTreeSet<String> {
            let part = room.reveal(&room.project("participant", Some(1), None).reveal.unwrap());
            let nodes = part["nodes"].as_object().unwrap();
            nodes.iter().filter(|(_, node)| node["type"] == "hidden").map(|(id, _)| id.clone()).collect()
        };
        let before = hidden(&room);
        let way = route(&room.graph, 0);
        room.frame(1, entered(&way[3], 40_000));
        let after = hidden(&room);
        assert_eq!(before.difference(&after).count(), 1, "{}: one of them was entered", seed.name);
    }
}

#[test]
fn a_part_that_is_none_is_refused() {
    let room = midway(&seeds()[0]);
    for part in [json!(null), json!("some"), json!({"own": 1}), json!([])] {
        let request = json!({"seed": room.seed, "derived": room.derived, "reveal": part});
        let fault = regie_sdk::hooks::reveal(&race_dag::Dag, &request.to_string()).unwrap_err();
        assert_eq!(fault.code, "bad_reveal");
    }
    let junk = json!({"own": {"slot": 1, "nodes": "zzff", "links": "ffffffffffffffffffffffffffffffffff", "at": 60_000}});
    room.reveal(&junk);
}

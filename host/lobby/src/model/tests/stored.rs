//! What comes from outside: records of the store, and messages of any kind.

use proptest::prelude::*;
use regie_lobby_client::wire::{Form, Place, State};
use serde_json::{Value, json};

use super::table::{at, doc};
use crate::model::{Fault, Gone, Mark, Member, Record, Rules, Said, Session};

#[test]
fn a_record_of_each_schema_is_read_and_written_as_it_was() {
    let body = include_str!("../fixtures/session-1.json");
    let record = Record::read(body.as_bytes()).unwrap();
    assert_eq!((record.schema, record.state, record.version), (1, State::Open, 5));
    assert_eq!(
        record.member("client-uuid-2").map(|m| (m.incarnation, m.name.as_deref())),
        Some((3, Some("Ada")))
    );
    assert_eq!(record.burial("client-uuid-9").map(|burial| burial.how), Some(Gone::Difference));
    let again: Record = serde_json::from_value(serde_json::to_value(&record).unwrap()).unwrap();
    assert_eq!(again, record);
    assert_eq!(
        serde_json::to_value(&record).unwrap()["observed"],
        serde_json::from_str::<Value>(body).unwrap()["observed"]
    );
    let session = Session::restore(record, Rules::default(), at(0));
    assert_eq!(session.view(at(0)).members.len(), 3);
    assert_eq!(session.offset_ms(), Some(3_600_000));
}

#[test]
fn a_record_of_a_newer_server_is_refused_and_names_itself() {
    let newer = json!({"schema": 2, "session_id": "abc", "what": "ever"}).to_string();
    let refusal = Record::read(newer.as_bytes()).unwrap_err();
    let source = std::error::Error::source(&refusal).unwrap().to_string();
    assert!(source.contains("abc") && source.contains('2'), "{source}");
    assert!(Record::read(b"{").is_err());
}

#[test]
fn what_a_record_holds_that_is_not_known_is_kept() {
    let mut body: Value = serde_json::from_str(include_str!("../fixtures/session-1.json")).unwrap();
    body["colour"] = json!({"of": "later"});
    let record = Record::read(body.to_string().as_bytes()).unwrap();
    let mut session = Session::restore(record, Rules::default(), at(0));
    session.link_up(true);
    session.link_settled(at(0));
    let said = Said::SeedSync { client_id: "new".into(), timestamp: "1".into(), retained: false };
    assert!(session.observe(said, at(1)).commit);
    let stored = serde_json::to_value(session.record()).unwrap();
    assert_eq!(stored["colour"], json!({"of": "later"}));
    assert_eq!(session.record().members.len(), 4);
}

/// `expected`: the fault, or nothing.
fn check(change: impl FnOnce(&mut Value), expected: Option<&str>) {
    let mut body = serde_json::to_value(doc(2, "ca", 1)).unwrap();
    change(&mut body);
    let read = Fault::read("s", body.to_string().as_bytes());
    let fault = read.as_ref().err().map(ToString::to_string);
    match expected {
        None => assert_eq!(fault, None, "{body}"),
        Some(words) => {
            assert!(fault.as_ref().is_some_and(|fault| fault.contains(words)), "{body}: {fault:?}")
        }
    }
}

#[test]
fn states_are_read_strictly_where_it_matters_and_leniently_else() {
    check(|body| body["version"] = json!("five"), Some("does not fit"));
    check(|body| body["version"] = json!(-1), Some("does not fit"));
    check(|body| body["version"] = Value::Null, Some("does not fit"));
    check(|body| body["version"] = json!(u64::MAX), Some("2^52"));
    check(|body| body["state"] = json!("paused"), Some("paused"));
    check(|body| body["session_id"] = json!("t"), Some("\"t\""));
    check(|body| body["connected_instances"] = json!("c"), Some("does not fit"));
    check(|body| body["connected_instances"] = json!(["c", ""]), Some("client id"));
    check(|body| body["connected_instances"] = json!(["c", "a/b"]), Some("client id"));
    check(|body| body["connected_instances"] = json!(vec!["x"; 1_001]), Some("1001 instances"));
    check(|body| body["_protocol"] = json!(2), Some("protocol 2"));
    check(|body| *body = json!([1]), Some("does not fit"));
    check(|body| body["model_name"] = json!("x".repeat(300_000)), Some("262144"));
    check(|body| body["_protocol"] = json!(1), None);
    check(|body| body["last_updated"] = json!(12.5), None);
    check(|body| body["last_heartbeat"] = Value::Null, None);
    check(|body| body["created_at"] = json!("once upon a time"), None);
    check(|body| body["_by"] = json!("me"), None);
    check(|body| body["_arb"] = json!({"host": 1}), None);
    check(|body| body["anything"] = json!({"else": []}), None);
    let twice = br#"{"session_id":"s","creator_client_id":"c","state":"open","version":1,"connected_instances":["c","c"],"x":1}"#;
    let doc = Fault::read("s", twice).unwrap();
    assert_eq!((doc.connected_instances, doc.other.len(), doc.num_players_max), (vec!["c".to_owned()], 0, 0));
}

#[test]
fn every_message_of_the_wire_is_read() {
    let client_id = || "a".to_owned();
    let check = |topic: &str, payload: &str, expected: Option<Said>| {
        let place = Place::read(topic).unwrap();
        assert_eq!(Said::read(&place, payload.as_bytes(), false).unwrap(), expected, "{topic}");
    };
    check("s/session_state", "", Some(Said::StateEmptied { form: Form::Suffix, retained: false }));
    let discovery = Said::Discovery { client_id: client_id(), retained: false };
    check("session_discovery/s", r#"{"session_id":"s","clientId":"a"}"#, Some(discovery));
    let sign = Said::SeedSync { client_id: client_id(), timestamp: "t".into(), retained: false };
    check("s/session_seed_sync", r#"{"seed":7,"clientId":"a","is_leader":true,"timestamp":"t"}"#, Some(sign));
    let ready = Said::Ready { client_id: client_id(), retained: false };
    check("s/session_instance_ready/a", r#"{"clientId":"a"}"#, Some(ready));
    check("s/session_instance_ready/a", "", Some(Said::ReadyEmptied { client_id: client_id() }));
    let registration = Said::Registration { client_id: client_id(), player: "Ada".into() };
    check(
        "s/session_player_registration/Ada",
        r#"{"clientId":"a","assigned_player_name":"Ada"}"#,
        Some(registration),
    );
    let disconnect = Said::Disconnect { client_id: client_id(), timestamp: String::new() };
    check("s/session_player_disconnect/a", r#"{"clientId":"a"}"#, Some(disconnect));
    let reserve =
        Said::Reservation { client_id: client_id(), player: "Ada".into(), reserve: true, retained: false };
    check(
        "s/session_player_reservation/Ada",
        r#"{"clientId":"a","player_name":"Ada","action":"reserve"}"#,
        Some(reserve),
    );
    check("s/session_game_start", "{}", Some(Said::GameStart));
    check("s/session_all_players_selected", "{}", Some(Said::AllPlayersSelected));
    let will = Said::Will { client_id: client_id(), incarnation: 4 };
    check("s/session_will/a", r#"{"clientId":"a","incarnation":4}"#, Some(will));
    let foreign = Place::read("s/session_will/b").unwrap();
    assert!(
        Said::read(&foreign, br#"{"clientId":"a","incarnation":4}"#, false).is_err(),
        "a will for somebody else"
    );
    check("s/session_seed_sync", "", None);
    check("s/session_refusal/a", "{}", None);
    let place = Place::read("s/session_seed_sync").unwrap();
    for bad in [r#"{"clientId":""}"#, r#"{"clientId":"a+"}"#, "{}", "nonsense", "[]"] {
        assert!(Said::read(&place, bad.as_bytes(), false).is_err(), "{bad}");
    }
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[abcd]", 1 => "\\PC{0,6}"]
}

/// JSON that resembles a state, or does not.
fn state() -> impl Strategy<Value = Value> {
    let version = prop_oneof![3 => (0..12_u64).prop_map(|v| json!(v)), 1 => any::<i64>().prop_map(|v| json!(v)), 1 => Just(json!("1"))];
    let state = prop_oneof![Just("open"), Just("starting"), Just("in_progress"), Just("closed"), Just("nap")];
    let time = prop_oneof![
        "\\PC{0,12}",
        Just("2026-02-02T04:40:00".to_owned()),
        Just("9999-12-31T23:59:59".to_owned())
    ];
    (version, state, prop::collection::vec(id(), 0..5), time, id(), any::<Option<u64>>()).prop_map(
        |(version, state, members, time, by, incarnation)| {
            let mut doc = json!({
                "session_id": "s", "creator_client_id": "c", "model_name": "Tide pools", "state": state,
                "connected_instances": members, "num_players_min": 1, "num_players_max": 3,
                "created_at": time, "last_updated": time, "last_heartbeat": time, "version": version,
            });
            if let Some(incarnation) = incarnation {
                doc["_by"] = json!({"clientId": by, "incarnation": incarnation});
            }
            doc
        },
    )
}

fn message() -> impl Strategy<Value = (String, Vec<u8>)> {
    let topics = [
        "session_state/s",
        "s/session_state",
        "session_discovery/s",
        "s/session_seed_sync",
        "s/session_instance_ready/a",
        "s/session_player_disconnect/a",
        "s/session_player_reservation/a",
        "s/session_player_registration/a",
        "s/session_will/a",
        "s/session_game_start",
    ];
    let sender = (id(), any::<u64>(), any::<bool>()).prop_map(|(id, number, reserve)| {
        let action = if reserve { "reserve" } else { "release" };
        json!({"clientId": id, "player_name": id, "timestamp": number.to_string(), "incarnation": number, "action": action})
    });
    let payload = prop_oneof![
        6 => state().prop_map(|doc| doc.to_string().into_bytes()),
        4 => sender.prop_map(|said| said.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => Just(Vec::new()),
    ];
    (prop::sample::select(topics.to_vec()).prop_map(str::to_owned), payload)
}

proptest! {
    #[test]
    fn nothing_that_anybody_says_breaks_it(
        messages in prop::collection::vec((message(), any::<bool>(), 0..20_000_u64), 0..60),
    ) {
        let (mut session, _) = Session::found(Form::Prefix, doc(1, "c", 0), false, Rules::default(), at(0));
        let mark = Mark { host: "host".into(), epoch: 1 };
        let mut ms = 0;
        for ((topic, payload), retained, after) in messages {
            ms += after;
            let now = at(ms);
            let place = Place::read(&topic).unwrap();
            let effects = match Said::read(&place, &payload, retained) {
                Ok(Some(said)) => session.observe(said, now),
                Ok(None) => continue,
                Err(_) => session.garbled(Form::Prefix, now),
            };
            let state = session.record().state;
            let effects = effects.and(session.tick(now));
            prop_assert!(session.record().state >= state, "states only advance");
            let record = session.record();
            let mut ids: Vec<_> = record.members.iter().map(|member: &Member| &member.client_id).collect();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), record.members.len());
            prop_assert!(record.members.iter().all(|member| record.burial(&member.client_id).is_none()));
            let stored = serde_json::to_vec(record).unwrap();
            prop_assert_eq!(&Record::read(&stored).unwrap(), record);
            if effects.correct && !session.is_over() {
                for form in Form::ALL {
                    let Some(doc) = session.correction(form, &mark, now) else { continue };
                    prop_assert!(doc.version >= session.record().version);
                    session.published(form, &doc, now);
                    prop_assert_eq!(session.correction(form, &mark, now), None);
                }
            }
        }
    }
}

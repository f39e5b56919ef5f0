//! A broker that is away.

use regie_tests::Regie;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    field::{Field, On, arbitrates},
    peers::{Peers, set},
};

#[tokio::test]
async fn while_the_broker_is_away_all_else_works_and_when_it_is_back_nothing_was_forgotten() {
    let mut field = Field::with(On::Mosquitto, &["tracker-probe"]).await;
    let (ada, ben) = (field.regie.user("ada", "viewer").await, field.regie.user("ben", "viewer").await);
    let names = ["one", "two", "three"];
    field.peers.make(&names, json!({"patient": true})).await;
    field.peers.create("one", "s", 9).await;
    for peer in ["two", "three"] {
        field.peers.join(peer, "s").await;
        field.peers.until("it is in", 5, |peers| peers.view(peer).marked.then_some(())).await;
    }
    let new = json!({"model_name": "Dunes", "num_players_min": 1, "num_players_max": 4});
    let made = ask(&field.regie, &ada, "", new).await;
    let own = made["session_id"].as_str().unwrap().to_owned();
    field.until_session("s", |s| s.is_some_and(|s| members(s) == set(names))).await;

    field.mosquitto.as_mut().unwrap().kill();
    let away = |status: &Value| status["broker"]["state"] == "away" && status["broker"]["error"].is_string();
    field.regie.until("/api/lobby", away).await;
    let ready = field.regie.get("/readyz").await;
    assert!(ready.status.is_success(), "{}", ready.text);
    assert_eq!(ready.json()["lobby"]["broker"]["state"], "away", "{}", ready.text);
    field.regie.restream("meanwhile", "tracker-probe", &["Ada", "Ben"]).await;
    let joined = ask(&field.regie, &ben, &format!("/{own}/join"), json!({})).await;
    assert_eq!(joined["connected_instances"].as_array().unwrap().len(), 2, "{joined}");
    for _ in 0..12 {
        field.peers.pass(5.0).await;
        // Their pages are open.
        for person in [&ada, &ben] {
            let list = field.regie.call_as(Some(person), Method::GET, "/api/lobby/sessions", None).await;
            assert_eq!(list.json()["items"].as_array().unwrap().len(), 2, "{}", list.text);
        }
    }

    field.mosquitto.as_mut().unwrap().start_again().await;
    arbitrates(&field.regie).await;
    field.peers.watch("after", &["session_state/#", "+/session_state"]).await;
    for (session, expected) in [("s", set(names)), (own.as_str(), members(&joined))] {
        for topic in [format!("session_state/{session}"), format!("{session}/session_state")] {
            let look = |peers: &Peers| {
                let last = peers.heard("after").filter(|(on, ..)| *on == topic).last()?;
                let doc: Value = serde_json::from_str(last.1).ok()?;
                (doc["state"] == "open" && members(&doc) == expected).then_some(())
            };
            field.peers.until(&format!("{expected:?} on {topic}"), 10, look).await;
        }
    }
    // Also when all had the time to be silent.
    field.peers.pass(17.0).await;
    assert_eq!(members(&field.session("s").await.unwrap()), set(names));
    assert_eq!(members(&field.session(&own).await.unwrap()), members(&joined));
    assert!(field.stat("reconnects").await >= 1);
    assert_eq!(field.stat("lost").await, 0);
}

/// Answers the session.
async fn ask(regie: &Regie, person: &str, path: &str, body: Value) -> Value {
    let path = format!("/api/lobby/sessions{path}");
    let answer = regie.call_as(Some(person), Method::POST, &path, Some(body)).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.json()
}

fn members(doc: &Value) -> std::collections::BTreeSet<String> {
    set(doc["connected_instances"].as_array().into_iter().flatten().filter_map(Value::as_str))
}

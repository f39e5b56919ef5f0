//! Each refusal says what is the case.

use serde_json::{Value, json};

use crate::support::{Hall, names};

/// A 409 of this code, with the session beside it.
async fn refused(hall: &Hall, who: &str, id: &str, verb: &str, code: &str) -> Value {
    let answer = hall.post(who, id, verb, None).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (409, code),
        "{who} {verb}: {}",
        answer.text
    );
    let state = answer.json()["state"].clone();
    assert_eq!(state["session_id"], id, "{}", answer.text);
    assert_eq!(state, hall.see(who, id).await, "as it is");
    state
}

#[tokio::test]
async fn a_full_session_takes_nobody() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 2).await;
    hall.ok("ben", &id, "join").await;
    let state = refused(&hall, "cas", &id, "join", "full").await;
    assert_eq!((names(&state), &state["mine"]), (vec!["ada", "ben"], &json!(false)));
    hall.ok("ben", &id, "leave").await;
    assert_eq!(names(&hall.ok("cas", &id, "join").await), ["ada", "cas"]);
}

#[tokio::test]
async fn a_session_of_too_few_does_not_start_and_one_that_started_takes_nobody() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    refused(&hall, "ada", &id, "start", "too_few").await;
    hall.ok("ben", &id, "join").await;
    hall.ok("ada", &id, "start").await;
    assert_eq!(refused(&hall, "cas", &id, "join", "not_open").await["state"], "started");
    refused(&hall, "ada", &id, "start", "not_open").await;
}

#[tokio::test]
async fn people_are_in_one_session_at_a_time_and_may_switch() {
    let hall = Hall::open().await;
    let (first, second) = (hall.create("ada", 4).await, hall.create("ben", 4).await);
    hall.ok("cas", &first, "join").await;
    let state = refused(&hall, "cas", &second, "join", "in_another_session").await;
    assert_eq!(names(&state), ["ben"]);
    assert_eq!(names(&hall.see("cas", &first).await), ["ada", "cas"], "they stay where they are");
    let switched = hall.post("cas", &second, "join", Some(json!({"switch": true}))).await;
    assert_eq!(switched.status, 200, "{}", switched.text);
    assert_eq!(names(&switched.json()), ["ben", "cas"]);
    assert_eq!(names(&hall.see("cas", &first).await), ["ada"]);
    // Who is in one makes no other; the answer says which they are in.
    let made = hall.try_create("cas", json!({"model_name": "Dunes"})).await;
    assert_eq!((made.status.as_u16(), made.code().as_str()), (409, "in_another_session"), "{}", made.text);
    assert_eq!(made.json()["state"]["session_id"], second);
    // A creator who switches closes theirs.
    let switched = hall.post("ada", &second, "join", Some(json!({"switch": true}))).await;
    assert_eq!(names(&switched.json()), ["ben", "cas", "ada"], "{}", switched.text);
    assert_eq!(hall.list().await.len(), 1);
    let odd = hall.post("ada", &second, "join", Some(json!({"swich": true}))).await;
    assert_eq!((odd.status.as_u16(), &odd.json()["error"]["path"]), (400, &json!("swich")), "{}", odd.text);
}

#[tokio::test]
async fn what_is_no_session_is_not_found_whatever_its_name() {
    let hall = Hall::open().await;
    for id in ["none", "a%2Fb", "%23", "session_x", "a%20b", "%E2%9C%93", "..%2f..%2fetc"] {
        for verb in ["join", "leave", "start", "close"] {
            let answer = hall.post("ada", id, verb, None).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"), "{id} {verb}");
        }
        for path in ["", "/history"] {
            let answer = hall.regie.get(&format!("/api/lobby/sessions/{id}{path}")).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"), "{id} {path}");
        }
    }
    let unreadable = hall.post("ada", "%FF", "join", None).await;
    assert_eq!((unreadable.status.as_u16(), unreadable.code().as_str()), (400, "bad_request"));
}

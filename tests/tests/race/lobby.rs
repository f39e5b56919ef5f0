//! A race that is tied to a session of the lobby.

use regie_tests::{Answer, Link};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    mqtt::Peer,
    support::{Room, can, of},
};

/// A session that `who` made and `others` joined; answers its id.
async fn session(room: &Room, who: &str, others: &[&str]) -> String {
    room.regie.until("/api/lobby", |status| status["arbiter"]["active"] == true).await;
    let form = json!({"model_name": "Tide pools", "num_players_min": 1, "num_players_max": 0});
    let made = room.call(who, Method::POST, "/api/lobby/sessions", Some(form)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["session_id"].as_str().unwrap().to_owned();
    for other in others {
        let path = format!("/api/lobby/sessions/{id}/join");
        let joined = room.call(other, Method::POST, &path, Some(json!({}))).await;
        assert_eq!(joined.status, 200, "{}", joined.text);
    }
    id
}

async fn tie(room: &Room, who: &str, session: &str) -> Answer {
    let path = format!("/api/races/{}/lobby", room.id);
    room.call(who, Method::PUT, &path, Some(json!({"session_id": session}))).await
}

async fn take(room: &Room) -> Value {
    let answer = room.post("org", "lobby/take", json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

fn names<'a>(taken: &'a Value, list: &str) -> Vec<&'a str> {
    taken[list].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn members_become_participants_on_one_click_and_again_changes_nothing() {
    let room = Room::draft(json!({})).await;
    let session = session(&room, "ada", &["ben"]).await;
    let mut boat = Peer::join(room.regie.lobby(), "boat-7", &session).await;
    boat.register("Skipper").await;
    let tied = tie(&room, "org", &session).await;
    assert_eq!(tied.status, 200, "{}", tied.text);
    let race = room.until("org", |race| race["lobby"]["members"][2]["name"] == "Skipper").await;
    let lobby = &race["lobby"];
    assert_eq!((&lobby["session_id"], &lobby["title"]), (&json!(session), &json!("Tide pools")));
    assert_eq!((&lobby["there"], &lobby["state"]), (&json!(true), &json!("open")));
    assert!(can(&race).contains(&"lobby"));

    let taken = take(&room).await;
    assert_eq!((names(&taken, "added"), names(&taken, "invited")), (vec!["ada", "ben"], vec!["Skipper"]));
    assert_eq!((&taken["there"], &taken["refused"]), (&json!([]), &json!([])));
    let race = room.see("org").await;
    assert_eq!((&of(&race, "ada")["slot"], &of(&race, "ben")["slot"]), (&json!(1), &json!(2)));
    assert_eq!(race["invites"][0]["url"], taken["invited"][0]["invite"]["url"]);

    let again = take(&room).await;
    assert_eq!((&again["added"], &again["invited"]), (&json!([]), &json!([])));
    assert_eq!(names(&again, "there"), ["ada", "ben", "Skipper"]);
    assert_eq!((&again["there"][0]["awaited"], &again["there"][2]["awaited"]), (&json!(false), &json!(true)));
    assert_eq!(room.see("org").await["version"], race["version"], "nothing was written");
}

#[tokio::test]
async fn whoever_came_by_their_invitation_is_there_by_whatever_name() {
    let room = Room::draft(json!({})).await;
    let session = session(&room, "ada", &[]).await;
    let _boat = Peer::join(room.regie.lobby(), "boat-7", &session).await;
    tie(&room, "org", &session).await;
    room.until("org", |race| race["lobby"]["members"][1]["name"] == "boat-7").await;
    let taken = take(&room).await;
    let token = taken["invited"][0]["invite"]["token"].as_str().unwrap();
    let path = format!("/api/invites/{token}");
    let accepted = room.call("eve", Method::POST, &path, Some(json!({}))).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    let again = take(&room).await;
    assert_eq!(names(&again, "there"), ["ada", "boat-7"]);
    assert_eq!(again["invited"], json!([]), "nobody is invited twice");
    assert_eq!(again["there"][1]["awaited"], false);
}

#[tokio::test]
async fn whom_the_race_does_not_admit_is_told_one_by_one() {
    let room = Room::draft(json!({"max_participants": 1})).await;
    let session = session(&room, "ada", &["ben"]).await;
    tie(&room, "org", &session).await;
    let full = take(&room).await;
    assert_eq!((names(&full, "added"), names(&full, "refused")), (vec!["ada"], vec!["ben"]));
    assert_eq!(full["refused"][0]["code"], "race_full");

    room.patch("org", json!({"config": {"max_participants": 8, "countdown_seconds": 0}})).await;
    room.ok("org", "open").await;
    room.ok("ada", "ready").await;
    room.ok("org", "start").await;
    room.until("org", |race| race["status"] == "running").await;
    let started = take(&room).await;
    assert_eq!((names(&started, "there"), names(&started, "refused")), (vec!["ada"], vec!["ben"]));
    assert_eq!(started["refused"][0]["code"], "started");
}

#[tokio::test]
async fn only_the_organizer_ties_a_race_and_only_to_a_session_that_is_there() {
    let room = Room::open(json!({"countdown_seconds": 0})).await;
    let session = session(&room, "eve", &[]).await;
    assert_eq!(room.post("org", "lobby/take", json!({})).await.code(), "not_tied");
    let unknown = tie(&room, "org", "nowhere").await;
    let path = unknown.json()["error"]["path"].clone();
    assert_eq!((unknown.status.as_u16(), path), (404, json!("session_id")));
    for (who, status) in [("nobody", 401), ("eve", 403), ("cas", 403)] {
        assert_eq!(tie(&room, who, &session).await.status, status, "{who}");
        assert_eq!(room.delete(who, "lobby").await.status, status, "{who}");
        assert_eq!(room.post(who, "lobby/take", json!({})).await.status, status, "{who}");
    }
    assert_eq!(tie(&room, "org", &session).await.status, 200);
    for who in ["eve", "cas", "ada", "nobody"] {
        assert_eq!(room.see(who).await.get("lobby"), None, "{who}");
    }
    room.start().await;
    room.ok("org", "finish").await;
    assert_eq!(tie(&room, "org", &session).await.status, 409);
    assert_eq!(room.delete("org", "lobby").await.status, 409);
    assert_eq!(room.post("org", "lobby/take", json!({})).await.status, 409);
}

#[tokio::test]
async fn a_session_that_was_closed_is_told_and_leaves_who_was_taken() {
    let mut room = Room::draft(json!({})).await;
    let session = session(&room, "ada", &["ben"]).await;
    tie(&room, "org", &session).await;
    take(&room).await;
    let closed = format!("/api/lobby/sessions/{session}/close");
    assert_eq!(room.call("ada", Method::POST, &closed, None).await.status, 200);
    let race = room.see("org").await;
    assert_eq!((&race["lobby"]["there"], &race["lobby"]["state"]), (&json!(false), &Value::Null));
    assert_eq!((&race["lobby"]["title"], &race["lobby"]["members"]), (&json!("Tide pools"), &json!([])));
    assert_eq!(race["participants"].as_array().unwrap().len(), 2);
    assert_eq!(room.post("org", "lobby/take", json!({})).await.code(), "session_gone");
    room.regie.kill();
    room.regie.start().await;
    assert_eq!(room.see("org").await["lobby"]["title"], "Tide pools", "also after a restart");
    let untied = room.delete("org", "lobby").await;
    assert_eq!((untied.status.as_u16(), untied.json().get("lobby")), (200, None));
    assert_eq!(room.delete("org", "lobby").await.status, 200, "and again");
}

#[tokio::test]
async fn the_live_topic_tells_those_who_work_on_the_race() {
    let room = Room::open(json!({})).await;
    let session = session(&room, "eve", &[]).await;
    let mut crew = Link::open(&room.regie.url, Some(room.token("cas"))).await;
    crew.subscribe(&format!("race/{}/caster", room.id), json!({"as": "state"})).await;
    let mut public = Link::open(&room.regie.url, None).await;
    public.subscribe(&format!("race/{}/public", room.id), json!({"as": "state"})).await;
    crew.until(|frame| frame["state"]["id"] == room.id.as_str()).await;
    public.until(|frame| frame["state"]["id"] == room.id.as_str()).await;
    let tied = tie(&room, "org", &session).await;
    let version = tied.json()["version"].as_u64().unwrap_or_else(|| panic!("{}", tied.text));
    let told = crew.until(|frame| frame["state"]["lobby"].is_object()).await;
    assert_eq!(told["state"]["lobby"], json!({"session_id": session, "title": "Tide pools"}));
    let seen = public.until(|frame| frame["state"]["version"].as_u64() >= Some(version)).await;
    assert_eq!(seen["state"].get("lobby"), None);
}

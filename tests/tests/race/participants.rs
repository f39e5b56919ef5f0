use serde_json::json;

use crate::support::{Room, of};

#[tokio::test]
async fn the_organizer_adds_people_by_name_and_invites_those_without_an_account() {
    let room = Room::draft(json!({"max_participants": 2})).await;
    let added = room.post("org", "participants", json!({"name": "ADA"})).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let participant = &added.json()["participant"];
    assert_eq!((&participant["name"], &participant["slot"]), (&json!("ada"), &json!(1)));
    assert_eq!(room.post("org", "participants", json!({"name": "ada"})).await.code(), "already_joined");
    let invited = room.post("org", "participants", json!({"twitch_username": "Newcomer"})).await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    let invite = &invited.json()["invite"];
    let token = invite["token"].as_str().unwrap();
    assert!(invite["url"].as_str().unwrap().ends_with(&format!("/invite/{token}")), "{invite}");
    let again = room.post("org", "participants", json!({"name": "newcomer"})).await.json();
    assert_eq!(&again["invite"]["token"], token, "one link for one name");
    for bad in
        [json!({}), json!({"name": "a", "twitch_username": "b"}), json!({"name": " "}), json!({"name": 7})]
    {
        assert_eq!(room.post("org", "participants", bad.clone()).await.status, 400, "{bad}");
    }
    room.post("org", "participants", json!({"name": "ben"})).await;
    let full = room.post("org", "participants", json!({"name": "eve"})).await;
    assert_eq!((full.status.as_u16(), full.code().as_str()), (409, "race_full"));
}

#[tokio::test]
async fn an_organizer_is_added_to_a_draft_as_anybody_else_is() {
    let room = Room::draft(json!({})).await;
    assert_eq!(room.post("org", "join", json!({})).await.code(), "not_open");
    let added = room.post("org", "participants", json!({"name": "org"})).await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(added.json()["participant"]["name"], "org");
}

#[tokio::test]
async fn slots_are_never_given_twice_and_colours_are() {
    let room = Room::open(json!({})).await;
    room.ok("ada", "leave").await;
    room.ok("ada", "join").await;
    let race = room.see("org").await;
    assert_eq!((&of(&race, "ada")["slot"], &of(&race, "ada")["colour"]), (&json!(3), &json!(0)));
    assert_eq!(of(&race, "ben")["slot"], 2);
}

#[tokio::test]
async fn late_players_join_while_they_may() {
    let room = Room::running().await;
    assert_eq!(room.post("eve", "join", json!({})).await.code(), "started");
    let changed = room.patch("org", json!({"config": {"late_join_minutes": 5}})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    room.ok("eve", "join").await;
    let race = room.ok("eve", "ready").await;
    assert_eq!(of(&race, "eve")["status"], "playing");
}

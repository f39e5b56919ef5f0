use reqwest::Method;
use serde_json::json;

use crate::support::{Room, of};

#[tokio::test]
async fn a_link_for_somebody_is_good_once_and_makes_an_account_on_the_way() {
    let room = Room::draft(json!({})).await;
    let invited = room.post("org", "participants", json!({"name": "Zoe"})).await.json();
    let path = format!("/api/invites/{}", invited["invite"]["token"].as_str().unwrap());
    let shown = room.call("nobody", Method::GET, &path, None).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert_eq!(shown.json()["kind"], "race");
    assert_eq!((&shown.json()["race"]["name"], &shown.json()["name"]), (&json!("Sunday"), &json!("Zoe")));
    assert_eq!(room.call("nobody", Method::POST, &path, Some(json!({}))).await.status, 401);
    let account = json!({"name": "Zoe", "password": "correct horse battery"});
    let accepted = room.call("nobody", Method::POST, &path, Some(account)).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    assert!(accepted.headers.contains_key("set-cookie"), "and is signed in");
    assert_eq!(accepted.json()["url"], format!("/race/{}", room.id));
    assert_eq!(of(&room.see("org").await, "Zoe")["status"], "registered");
    assert_eq!(room.call("eve", Method::POST, &path, Some(json!({}))).await.status, 404, "it is used up");
}

#[tokio::test]
async fn an_open_link_is_good_for_all_who_have_an_account() {
    let room = Room::draft(json!({})).await;
    let made = room.post("org", "invites", json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let path = format!("/api/invites/{token}");
    for who in ["ada", "ben", "ada"] {
        let accepted = room.call(who, Method::POST, &path, Some(json!({}))).await;
        assert_eq!(accepted.status, 200, "{who}: {}", accepted.text);
    }
    let account = json!({"name": "Zoe", "password": "correct horse battery"});
    assert_eq!(room.call("nobody", Method::POST, &path, Some(account)).await.status, 401);
    let race = room.see("org").await;
    assert_eq!(race["participants"].as_array().unwrap().len(), 2);
    assert_eq!(race["invites"][0]["token"], *token);
    assert!(room.see("ada").await.get("invites").is_none(), "links are the organizer's");
    assert_eq!(room.delete("org", &format!("invites/{token}")).await.status, 204);
    assert_eq!(room.call("eve", Method::POST, &path, Some(json!({}))).await.status, 404);
}

#[tokio::test]
async fn an_invitation_that_the_race_refuses_leaves_no_account() {
    let room = Room::draft(json!({"max_participants": 1})).await;
    let invited = room.post("org", "participants", json!({"name": "Zoe"})).await.json();
    room.post("org", "participants", json!({"name": "ada"})).await;
    let path = format!("/api/invites/{}", invited["invite"]["token"].as_str().unwrap());
    let account = json!({"name": "Zoe", "password": "correct horse battery"});
    assert_eq!(room.call("nobody", Method::POST, &path, Some(account)).await.code(), "race_full");
    assert_eq!(room.regie.get("/api/users/Zoe").await.status, 404);
}

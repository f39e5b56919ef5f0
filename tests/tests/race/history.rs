use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Room;

#[tokio::test]
async fn the_history_is_the_organizers_until_the_race_is_over_and_then_everybodys() {
    let room = Room::running().await;
    let path = format!("/api/races/{}/history", room.id);
    assert_eq!(room.call("ada", Method::GET, &path, None).await.status, 403);
    let history = room.call("org", Method::GET, &path, None).await.json();
    let words: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|e| e["words"].as_str().unwrap()).collect();
    for said in ["created Sunday", "opened the race", "ada joined", "ada is ready", "the race runs"] {
        assert!(words.contains(&said), "{said}: {words:?}");
    }
    room.ok("org", "finish").await;
    let first = room.call("nobody", Method::GET, &format!("{path}?limit=2"), None).await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let next = format!("{path}?limit=2&after={}", first["next"]);
    let second = room.call("nobody", Method::GET, &next, None).await.json();
    let version = |list: &Value, n: usize| list["items"][n]["version"].as_u64().unwrap();
    assert!(version(&second, 0) < version(&first, 1));
}

#[tokio::test]
async fn an_organizer_who_plays_reads_it_only_once_they_have_ended() {
    let room = Room::open(json!({"countdown_seconds": 0})).await;
    room.ok("org", "join").await;
    room.ok("org", "ready").await;
    room.start().await;
    let path = format!("/api/races/{}/history", room.id);
    assert_eq!(room.call("org", Method::GET, &path, None).await.code(), "plays");
    assert_eq!(room.post("org", "overlay-key", json!({"overlay": "map"})).await.code(), "plays");
    let org = room.pid("org").await;
    room.ok("org", &format!("participants/{org}/abandon")).await;
    assert_eq!(room.call("org", Method::GET, &path, None).await.status, 200);
    assert_eq!(room.post("org", "overlay-key", json!({"overlay": "map"})).await.status, 201);
}

#[tokio::test]
async fn who_joins_keeps_no_address_of_what_casters_see() {
    let room = Room::open(json!({})).await;
    let made = room.post("cas", "overlay-key", json!({"overlay": "map"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let keys = async || {
        let listed = room.regie.get("/api/keys").await.json();
        listed["items"].as_array().unwrap().iter().map(|key| key["label"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(keys().await, ["map of cas, Sunday"]);
    room.ok("cas", "join").await;
    assert!(keys().await.is_empty());
    room.post("cas", "hud-key", json!({})).await;
    let url = room.post("cas", "hud-key", json!({})).await.json()["url"].as_str().unwrap().to_owned();
    assert!(url.contains(&format!("/overlay/{}/hud?key=", room.id)), "{url}");
    assert_eq!(keys().await, ["hud of cas, Sunday"], "a new one revokes the old");
    assert_eq!(room.post("cas", "overlay-key", json!({"overlay": "map"})).await.code(), "plays");
}

#[tokio::test]
async fn a_race_that_is_over_can_be_seen_again() {
    let room = Room::running().await;
    let path = format!("/api/races/{}/replay", room.id);
    assert_eq!(room.call("org", Method::GET, &path, None).await.code(), "not_finished");
    room.ok("org", "finish").await;
    let replay = room.call("nobody", Method::GET, &format!("{path}?surface=overlay:map"), None).await;
    assert_eq!(replay.status, 200, "{}", replay.text);
    let replay = replay.json();
    assert!(replay["html"].as_str().unwrap().contains("data-plugin") || replay["html"].is_string());
    assert_eq!(replay["standings"]["participants"].as_array().unwrap().len(), 2);
    assert_eq!(
        room.call("nobody", Method::GET, &format!("{path}?surface=overlay:none"), None).await.status,
        404
    );
}

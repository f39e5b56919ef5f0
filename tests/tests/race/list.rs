use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Room;

async fn ids(room: &Room, who: &str, query: &str) -> Vec<String> {
    let answer = room.call(who, Method::GET, &format!("/api/races{query}"), None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let list = answer.json();
    list["items"].as_array().unwrap().iter().map(|race| race["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn drafts_and_unlisted_races_are_listed_for_their_own_people_only() {
    let mut room = Room::draft(json!({})).await;
    let draft = room.id.clone();
    room.id = room.create(json!({"visibility": "unlisted"})).await;
    room.ok("org", "open").await;
    room.ok("ada", "join").await;
    let unlisted = room.id.clone();
    room.id = room.create(json!({})).await;
    room.ok("org", "open").await;
    let public = room.id.clone();
    for (who, query, expected) in [
        ("nobody", "", vec![&public]),
        ("eve", "", vec![&public]),
        ("ada", "", vec![&public, &unlisted]),
        ("ada", "?mine=true", vec![&unlisted]),
        ("eve", "?mine=true", vec![]),
        ("nobody", "?mine=true", vec![]),
        ("org", "", vec![&public, &unlisted, &draft]),
        ("org", "?status=draft", vec![&draft]),
        ("org", "?status=draft,open&limit=2", vec![&public, &unlisted]),
        ("admin", "", vec![&public, &unlisted, &draft]),
    ] {
        assert_eq!(ids(&room, who, query).await.iter().collect::<Vec<_>>(), expected, "{who} {query}");
    }
    let seen = room.call("eve", Method::GET, &format!("/api/races/{unlisted}"), None).await;
    assert_eq!(seen.status, 200, "whoever has the address sees it");
    let first = room.call("org", Method::GET, "/api/races?limit=2", None).await.json();
    let next = first["next"].as_str().unwrap();
    assert_eq!(ids(&room, "org", &format!("?after={next}")).await, [draft]);
    let item = &first["items"][1];
    assert_eq!(
        (&item["participants"][0]["name"], &item["organizer"]["name"]),
        (&json!("ada"), &json!("org"))
    );
    assert_eq!(room.call("org", Method::GET, "/api/races?status=later", None).await.status, 400);
}

#[tokio::test]
async fn who_has_ended_is_not_in_the_list_of_a_race_that_is_seen_late() {
    let room = Room::open(json!({"countdown_seconds": 0, "public_view": "delayed"})).await;
    room.start().await;
    let ada = room.pid("ada").await;
    room.ok("ada", &format!("participants/{ada}/abandon")).await;
    let status = |list: &Value| list["items"][0]["participants"][0]["status"].clone();
    for (who, expected) in
        [("nobody", "playing"), ("eve", "playing"), ("cas", "abandoned"), ("org", "abandoned")]
    {
        let list = room.call(who, Method::GET, "/api/races", None).await.json();
        assert_eq!(status(&list), expected, "{who}: {list}");
    }
}

#[tokio::test]
async fn the_page_of_a_player_has_their_races() {
    let room = Room::running().await;
    room.ok("org", "finish").await;
    let ada = room.call("nobody", Method::GET, "/api/users/ada", None).await.json();
    assert_eq!(ada["name"], "ada");
    let race = &ada["races"][0];
    assert_eq!((&race["id"], &race["status"]), (&json!(room.id), &json!("finished")));
    assert_eq!((&race["of"], &race["status_of"]), (&json!(2), &json!("abandoned")));
    assert_eq!(ada["totals"], json!({"races": 1, "finished": 0, "abandoned": 1, "disqualified": 0}));
    room.patch("org", json!({"config": {"visibility": "unlisted"}})).await;
    for (who, races) in [("nobody", 0), ("eve", 0), ("ben", 1), ("ada", 1), ("admin", 1)] {
        let seen = room.call(who, Method::GET, "/api/users/ada", None).await.json();
        assert_eq!(seen["races"].as_array().unwrap().len(), races, "{who}");
    }
    assert_eq!(room.regie.get("/api/users/nobody-of-that-name").await.status, 404);
}

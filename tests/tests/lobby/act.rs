use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Hall, names};

#[tokio::test]
async fn people_join_and_leave_and_each_may_ask_twice() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    let joined = hall.ok("ben", &id, "join").await;
    assert_eq!((names(&joined), &joined["mine"]), (vec!["ada", "ben"], &json!(true)));
    assert_eq!(names(&hall.ok("ben", &id, "join").await), ["ada", "ben"]);
    let left = hall.ok("ben", &id, "leave").await;
    assert_eq!((names(&left), &left["mine"]), (vec!["ada"], &json!(false)));
    assert_eq!(names(&hall.ok("ben", &id, "leave").await), ["ada"]);
    let path = format!("/api/lobby/sessions/{id}");
    let history = hall.regie.get(&format!("{path}/history")).await.json();
    let kinds: Vec<_> = history["items"].as_array().unwrap().iter().map(|i| &i["detail"]["kind"]).collect();
    assert_eq!(kinds, ["left", "joined", "joined", "created"], "asking again is nothing: {history}");
    let before = joined["version"].as_u64();
    hall.regie.until(&path, |session| session["version"].as_u64() > before).await;
    assert_eq!(names(&hall.ok("ben", &id, "join").await), ["ada", "ben"], "who left may come back");
}

#[tokio::test]
async fn a_session_is_started_by_its_creator_and_goes_on_without_its_starter() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    hall.ok("ben", &id, "join").await;
    let started = hall.ok("ada", &id, "start").await;
    assert_eq!(started["state"], "started", "{started}");
    assert_eq!(names(&started), ["ada", "ben"]);
    assert_eq!(hall.list().await.len(), 1, "what runs is listed");
    let closed = hall.ok("ada", &id, "close").await;
    assert_eq!(closed["state"], "closed");
    assert_eq!(hall.ok("ada", &id, "close").await["state"], "closed", "once more changes nothing");
    assert_eq!(hall.list().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_session_closes_when_its_creator_leaves() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    hall.ok("ben", &id, "join").await;
    assert_eq!(hall.ok("ada", &id, "leave").await["state"], "closed");
    assert_eq!(hall.list().await, Vec::<Value>::new());
    let other = hall.create("ben", 4).await;
    assert_eq!(names(&hall.see("ada", &other).await), ["ben"], "a closed session holds nobody");
}

#[tokio::test]
async fn a_history_says_who_came_and_went() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    hall.ok("ben", &id, "join").await;
    hall.ok("ben", &id, "leave").await;
    let path = format!("/api/lobby/sessions/{id}/history");
    let whole = hall.call("eve", Method::GET, &path, None).await.json();
    let items = whole["items"].as_array().unwrap();
    assert!(items.len() >= 3, "{whole}");
    assert_eq!(items[0]["actor"]["name"], "ben", "{whole}");
    assert_eq!(items.last().unwrap()["actor"]["name"], "ada", "{whole}");
    assert!(items.iter().all(|item| item["at"].as_str().is_some_and(|at| at.ends_with('Z'))), "{whole}");
    // In pages it is the same.
    let mut paged = Vec::new();
    let mut next = Value::Null;
    loop {
        let after = next.as_u64().map_or_else(String::new, |after| format!("&after={after}"));
        let page = hall.call("eve", Method::GET, &format!("{path}?limit=1{after}"), None).await.json();
        paged.extend(page["items"].as_array().unwrap().clone());
        next = page["next"].clone();
        if next.is_null() {
            break;
        }
    }
    assert_eq!(&paged, items);
}

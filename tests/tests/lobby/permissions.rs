use regie_tests::Regie;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Hall;

#[tokio::test]
async fn each_may_do_what_the_table_says() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    hall.ok("ben", &id, "join").await;
    let (get, post) = (Method::GET, Method::POST);
    let form = json!({"model_name": ""});
    // Statuses for: nobody, somebody, a member, the creator, an admin. In this order: nothing changes for the next.
    let table: [(&Method, &str, Option<Value>, [u16; 5]); 9] = [
        (&get, "/api/lobby", None, [401, 200, 200, 200, 200]),
        (&get, "/api/lobby/sessions", None, [401, 200, 200, 200, 200]),
        (&get, "/api/lobby/sessions/{id}", None, [401, 200, 200, 200, 200]),
        (&get, "/api/lobby/sessions/{id}/history", None, [401, 200, 200, 200, 200]),
        (&post, "/api/lobby/sessions", Some(form), [401, 400, 400, 400, 400]),
        (&post, "/api/lobby/sessions/none/join", None, [401, 404, 404, 404, 404]),
        (&post, "/api/lobby/sessions/none/start", None, [401, 404, 404, 404, 404]),
        (&post, "/api/lobby/sessions/{id}/start", None, [401, 403, 403, 200, 409]),
        (&post, "/api/lobby/sessions/{id}/close", None, [401, 403, 403, 200, 200]),
    ];
    for (method, path, body, expected) in table {
        let path = path.replace("{id}", &id);
        for (who, expected) in ["nobody", "eve", "ben", "ada", "admin"].into_iter().zip(expected) {
            let answer = hall.call(who, method.clone(), &path, body.clone()).await;
            assert_eq!(answer.status, expected, "{who} {method} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn an_admin_starts_and_closes_what_others_made() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    hall.ok("ben", &id, "join").await;
    assert_eq!(hall.ok("admin", &id, "start").await["state"], "started");
    assert_eq!(hall.ok("admin", &id, "close").await["state"], "closed");
}

#[tokio::test]
async fn a_token_of_another_thing_opens_no_lobby() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let made = regie.post("/api/restreams/a/auto-tokens", json!({"name": "lua"})).await.json();
    let token = made["token"].as_str().unwrap();
    for (method, path) in [
        (Method::GET, "/api/lobby"),
        (Method::GET, "/api/lobby/sessions"),
        (Method::POST, "/api/lobby/sessions/x/join"),
    ] {
        let answer = regie.call_as(Some(token), method, path, None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (403, "forbidden"),
            "{path}: {}",
            answer.text
        );
    }
    let mut link = regie_tests::Link::open(&regie.url, Some(token)).await;
    link.subscribe("lobby", json!({"as": "state"})).await;
    assert_eq!(link.until(|f| f["topic"] == "lobby").await["error"]["code"], "forbidden");
}

#[tokio::test]
async fn the_short_address_leads_to_the_page() {
    let hall = Hall::open().await;
    let answer = hall.call("nobody", Method::GET, "/lobby", None).await;
    assert_eq!((answer.status.as_u16(), &answer.headers["location"]), (303, &"/app/lobby".parse().unwrap()));
}

use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};

async fn n(regie: &Regie, id: u64) -> i64 {
    let stream = regie.http.get(format!("{}/a/tracker/stream", regie.url)).send().await.unwrap();
    drop(stream);
    let mut link = Link::open(&regie.url, None).await;
    link.subscribe(&format!("tracker/{id}/main"), json!({"as": "state"})).await;
    link.until(|f| f["state"].is_object()).await["state"]["state"]["n"].as_i64().unwrap()
}

async fn undo(regie: &Regie, token: &str, body: Value) -> regie_tests::Answer {
    regie.call_as(Some(token), Method::POST, "/api/restreams/a/undo", Some(body)).await
}

async fn act(regie: &Regie, token: &str, action: Value) -> u64 {
    let body = json!({"action": action});
    let done = regie.call_as(Some(token), Method::POST, "/a/tracker/update", Some(body)).await;
    assert_eq!(done.status, 200, "{}", done.text);
    done.json()["version"].as_u64().unwrap()
}

#[tokio::test]
async fn an_undo_takes_back_ones_own_and_leaves_what_others_did_since() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let (ann, ben) = (regie.user("ann", "editor").await, regie.user("ben", "editor").await);
    act(&regie, &ann, json!({"do": "count", "by": 1})).await;
    let anns = act(&regie, &ann, json!({"do": "count", "by": 10})).await;
    let bens = act(&regie, &ben, json!({"do": "count", "by": 100})).await;
    let done = undo(&regie, &ann, json!({})).await;
    assert_eq!((done.status.as_u16(), done.json()["undone"].as_u64()), (200, Some(anns)), "{}", done.text);
    assert_eq!(n(&regie, id).await, 101);
    assert_eq!(undo(&regie, &ann, json!({"version": bens})).await.status, 403, "that is Ben's");
    assert_eq!(
        undo(&regie, &ann, json!({"version": anns})).await.code(),
        "undo_conflict",
        "it is undone already"
    );
    assert_eq!(undo(&regie, &ann, json!({})).await.status, 200);
    assert_eq!(n(&regie, id).await, 100);
    assert_eq!(undo(&regie, &ann, json!({})).await.code(), "nothing_to_undo");
    let redo = regie.call_as(Some(&ann), Method::POST, "/api/restreams/a/redo", Some(json!({}))).await;
    assert_eq!(redo.status, 200, "{}", redo.text);
    assert_eq!(n(&regie, id).await, 101, "what was undone last comes back first");
    // A restreamer takes back anybody's.
    assert_eq!(regie.post("/api/restreams/a/undo", json!({"version": bens})).await.status, 200);
    assert_eq!(n(&regie, id).await, 1);
    let history = regie.get("/api/restreams/a/history").await.json();
    let kinds: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|i| i["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["undo", "redo", "undo", "undo", "action", "action", "action", "create"]);
    let of =
        |version: u64| history["items"].as_array().unwrap().iter().find(|i| i["version"] == version).unwrap();
    assert_eq!((&of(bens)["undone"], &of(anns)["undone"]), (&json!(true), &json!(true)));
    assert_eq!(of(bens)["words"], "n = 111");
    assert_eq!(of(bens)["actor"]["name"], "ben");
}

#[tokio::test]
async fn an_undo_that_later_actions_need_is_a_conflict_that_names_them() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let ann = regie.user("ann", "editor").await;
    let counted = act(&regie, &ann, json!({"do": "count"})).await;
    act(&regie, &ann, json!({"do": "spend"})).await;
    let refused = undo(&regie, &ann, json!({"version": counted})).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (409, "undo_conflict"),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("there is nothing to spend"), "{}", refused.text);
    assert_eq!(n(&regie, id).await, 0);
}

#[tokio::test]
async fn a_reset_stops_undo_and_is_taken_back_as_the_newest_entry() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let first = regie.act("a", json!({"do": "count", "by": 5})).await.json()["version"].clone();
    let reset = regie.post("/api/restreams/a/tracker/reset", json!({})).await;
    assert_eq!(reset.status, 200, "{}", reset.text);
    assert_eq!(n(&regie, id).await, 0);
    let refused = regie.post("/api/restreams/a/undo", json!({"version": first})).await;
    assert_eq!(refused.code(), "undo_conflict", "{}", refused.text);
    let back = regie.post("/api/restreams/a/undo", json!({})).await;
    assert_eq!(
        (back.status.as_u16(), &back.json()["undone"]),
        (200, &reset.json()["version"]),
        "{}",
        back.text
    );
    assert_eq!(n(&regie, id).await, 5);
    // The reset and its restoring together are nothing: what was before can be taken back again.
    assert_eq!(regie.post("/api/restreams/a/undo", json!({"version": first})).await.status, 200);
    assert_eq!(n(&regie, id).await, 0);
    // Once somebody goes on after a reset, it stays.
    let reset = regie.post("/api/restreams/a/tracker/reset", json!({})).await.json()["version"].clone();
    regie.act("a", json!({"do": "count"})).await;
    assert_eq!(regie.post("/api/restreams/a/undo", json!({"version": reset})).await.code(), "undo_conflict");
}

#[tokio::test]
async fn an_undo_that_is_sent_again_is_done_once() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let token = regie.user("ann", "editor").await;
    for _ in 0..3 {
        act(&regie, &token, json!({"do": "count"})).await;
    }
    let mut link = Link::open(&regie.url, Some(&token)).await;
    for _ in 0..2 {
        let topic = format!("tracker/{id}/main");
        link.send(json!({"do": {"topic": topic, "key": "undo-1", "action": {"type": "host:undo"}}})).await;
        let done = link.until(|f| f["done"] == "undo-1").await;
        assert_eq!(done["version"], 5, "{done}");
    }
    assert_eq!(n(&regie, id).await, 2);
    let topic = format!("tracker/{id}/main");
    link.send(json!({"do": {"topic": topic, "key": "other", "action": {"type": "host:auto"}}})).await;
    let refused = link.until(|f| f["done"] == "other").await;
    assert_eq!(refused["error"]["code"], "forbidden", "a page cannot speak as the host: {refused}");
}

#[tokio::test]
async fn undoing_everything_in_any_order_returns_to_the_first_state() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    // At once, so that they share batches and commits.
    let acts = (0..60).map(|by| regie.act("a", json!({"do": "count", "by": by})));
    let mut versions: Vec<u64> = futures::future::join_all(acts)
        .await
        .iter()
        .map(|done| done.json()["version"].as_u64().unwrap())
        .filter(|version| *version > 0)
        .collect();
    let sum: i64 = (0..60).sum();
    assert_eq!(n(&regie, id).await, sum);
    // One adds nothing and made no version of its own.
    versions.sort_unstable();
    versions.dedup();
    // Neither first to last nor last to first.
    versions.sort_by_key(|version| (version * 37) % 61);
    for version in &versions {
        let done = regie.post("/api/restreams/a/undo", json!({"version": version})).await;
        if done.code() == "undo_conflict" && *version == 1 {
            continue;
        }
        assert_eq!(done.status, 200, "{}", done.text);
    }
    let file = regie.file(id, 1 + 2 * 59).await;
    assert_eq!(file["state"]["n"], 0, "{file}");
    assert_eq!(n(&regie, id).await, 0);
}

#[tokio::test]
async fn a_replaced_session_comes_back_with_its_tracker() {
    let regie = Regie::with(&["tracker-probe", "tracker-ssr"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count", "by": 7})).await;
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"tracker_type": "tracker-ssr"}))).await;
    regie.get("/a/live").await;
    let history = regie.get("/api/restreams/a/history").await.json();
    let removed = history["items"].as_array().unwrap().iter().find(|i| i["kind"] == "delete").unwrap();
    let back = regie.post("/api/restreams/a/restore", json!({"version": removed["version"]})).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(regie.get("/api/restreams/a").await.json()["tracker_type"], "tracker-probe");
    assert_eq!(n(&regie, id).await, 7);
    // Also one whose panel is empty now.
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"tracker_type": "none"}))).await;
    let history = regie.get("/api/restreams/a/history").await.json();
    assert_eq!(history["items"][0]["kind"], "delete");
    let version = history["items"][0]["version"].clone();
    assert_eq!(regie.post("/api/restreams/a/restore", json!({"version": version})).await.status, 200);
    assert_eq!(n(&regie, id).await, 7);
}

#[tokio::test]
async fn labels_that_change_in_between_are_no_barrier() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let version = regie.act("a", json!({"do": "count", "by": 3})).await.json()["version"].clone();
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"participants": [{"label": "Ada"}]}))).await;
    let done = regie.post("/api/restreams/a/undo", json!({"version": version})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let file = regie.file(id, done.json()["version"].as_u64().unwrap()).await;
    assert_eq!((&file["state"]["n"], &file["participants"][0]["label"]), (&json!(0), &json!("Ada")));
}

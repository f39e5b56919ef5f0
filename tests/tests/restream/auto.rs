use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};

async fn count(regie: &Regie, token: &str, count: u32) -> regie_tests::Answer {
    let body = json!({"slot": 1, "source": "lua", "items": [{"item": "N", "count": count}]});
    regie.call_as(Some(token), Method::POST, "/api/restreams/a/auto", Some(body)).await
}

async fn set_up() -> (Regie, u64, String) {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let made = regie.post("/api/restreams/a/auto-tokens", json!({"name": "lua"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    (regie, id, token)
}

#[tokio::test]
async fn the_higher_of_click_and_count_wins_until_somebody_lowers_it() {
    let (regie, id, token) = set_up().await;
    let n = |version: u64| {
        let regie = &regie;
        async move { regie.file(id, version).await["state"]["n"].as_i64().unwrap() }
    };
    let done = count(&regie, &token, 2).await;
    assert_eq!(
        (done.status.as_u16(), &done.json()["changed"], &done.json()["version"]),
        (200, &json!(1), &json!(2)),
        "{}",
        done.text
    );
    assert_eq!(n(2).await, 2);
    regie.act("a", json!({"do": "count", "by": 3})).await;
    count(&regie, &token, 3).await;
    assert_eq!(n(4).await, 5, "a lower count takes nothing away");
    regie.act("a", json!({"do": "count", "by": -4})).await;
    let same = count(&regie, &token, 3).await;
    assert_eq!((&same.json()["changed"], &same.json()["version"]), (&json!(0), &json!(5)), "{}", same.text);
    assert_eq!(n(5).await, 1, "who lowered it wins");
    count(&regie, &token, 4).await;
    assert_eq!(n(6).await, 4, "until the source counts further");
    let history = regie.get("/api/restreams/a/history").await.json();
    assert_eq!(history["items"][0]["actor"]["name"], "lua", "the source is named");
    // A reset begins anew.
    regie.post("/api/restreams/a/tracker/reset", json!({})).await;
    count(&regie, &token, 1).await;
    assert_eq!(n(8).await, 1);
}

#[tokio::test]
async fn its_token_is_good_for_nothing_else() {
    let (regie, _, token) = set_up().await;
    regie.restream("b", "tracker-probe", &["Alice"]).await;
    let as_token = |method: Method, path: &'static str, body: Option<Value>| {
        regie.call_as(Some(&token), method, path, body)
    };
    assert_eq!(
        as_token(Method::POST, "/a/tracker/update", Some(json!({"action": {"do": "count"}}))).await.status,
        403
    );
    assert_eq!(as_token(Method::GET, "/api/restreams/a/history", None).await.status, 403);
    let items = json!({"slot": 1, "source": "lua", "items": []});
    assert_eq!(as_token(Method::POST, "/api/restreams/b/auto", Some(items.clone())).await.status, 403);
    assert_eq!(as_token(Method::POST, "/api/restreams/a/auto", Some(items)).await.status, 200);
    assert_eq!(regie.call(Method::DELETE, "/api/restreams/a", None).await.status, 204);
    let gone = as_token(Method::GET, "/api/trackers", None).await;
    assert_eq!(gone.status, 401, "it goes with its restream");
}

#[tokio::test]
async fn what_a_source_says_wrongly_is_named_and_the_rest_counts() {
    let (regie, _, token) = set_up().await;
    let post = |body: Value| {
        let (regie, token) = (&regie, &token);
        async move { regie.call_as(Some(token), Method::POST, "/api/restreams/a/auto", Some(body)).await }
    };
    let mixed = post(
        json!({"slot": 1, "source": "s", "items": [{"item": "X", "count": 1}, {"item": "N", "count": 1}]}),
    )
    .await;
    assert_eq!((mixed.status.as_u16(), &mixed.json()["changed"]), (200, &json!(1)), "{}", mixed.text);
    assert_eq!(mixed.json()["refused"][0]["item"], "X");
    for (body, path) in [
        (json!({"slot": 9, "source": "s", "items": []}), "slot"),
        (json!({"slot": 1, "source": "", "items": []}), "source"),
        (json!({"slot": 1, "source": "s", "items": [{"item": "", "count": 1}]}), "items[0].item"),
        (json!({"slot": 1, "source": "s", "items": [{"item": "N", "count": 99_999_999}]}), "items[0].count"),
        (json!({"slot": 1, "source": "s", "items": vec![json!({"item": "N", "count": 1}); 513]}), "items"),
    ] {
        let refused = post(body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()["error"]["path"].as_str()),
            (400, Some(path)),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn the_same_frames_count_over_the_link_once_for_their_key() {
    let (regie, id, token) = set_up().await;
    let mut link = Link::open(&regie.url, Some(&token)).await;
    let action = json!({"type": "auto", "slot": 1, "source": "lua", "items": [{"item": "N", "count": 6}]});
    for _ in 0..2 {
        link.send(json!({"do": {"topic": format!("tracker/{id}/main"), "key": "one", "action": action}}))
            .await;
        assert_eq!(link.until(|f| f["done"] == "one").await["version"], 2);
    }
    assert_eq!(regie.file(id, 2).await["state"]["n"], 6);
    let mut anyone = Link::open(&regie.url, None).await;
    anyone.send(json!({"do": {"topic": format!("tracker/{id}/main"), "key": "two", "action": action}})).await;
    assert_eq!(anyone.until(|f| f["done"] == "two").await["error"]["code"], "unauthenticated");
    anyone.subscribe("presence/a", json!({"as": "state"})).await;
    let seen = anyone.until(|f| f["state"].is_object()).await;
    assert_eq!(seen["state"]["sources"][0]["source"], "lua", "{seen}");
}

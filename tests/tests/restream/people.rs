use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_role_that_a_restream_grants_is_good_there_alone_and_at_once() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.restream("b", "tracker-probe", &["Alice"]).await;
    let token = regie.user("vi", "viewer").await;
    let mut link = Link::open(&regie.url, Some(&token)).await;
    link.subscribe(&format!("tracker/{id}/main"), json!({})).await;
    let before = link.until(|f| f["html"].is_string()).await;
    assert!(!before["html"].as_str().unwrap().contains("data-do"));
    let granted = regie
        .call(
            Method::PUT,
            "/api/restreams/a/roles",
            Some(json!({"items": [{"user": "vi", "role": "editor"}]})),
        )
        .await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    assert_eq!(granted.json()["items"][0]["name"], "vi");
    link.until(|f| f["html"].as_str().is_some_and(|html| html.contains("data-do"))).await;
    let act = |path: &'static str| {
        regie.call_as(Some(&token), Method::POST, path, Some(json!({"action": {"do": "count"}})))
    };
    assert_eq!(act("/a/tracker/update").await.status, 200);
    assert_eq!(act("/b/tracker/update").await.status, 403);
    let mine = regie.call_as(Some(&token), Method::GET, "/api/restreams/a", None).await.json();
    assert_eq!(mine["my_role"], "editor");
    let history = regie.call_as(Some(&token), Method::GET, "/api/restreams/a/history?mine=true", None).await;
    assert_eq!(history.json()["items"].as_array().unwrap().len(), 1, "{}", history.text);
    regie.call(Method::PUT, "/api/restreams/a/roles", Some(json!({"items": []}))).await;
    assert_eq!(act("/a/tracker/update").await.status, 403);
    link.until(|f| f["html"].as_str().is_some_and(|html| !html.contains("data-do"))).await;
}

#[tokio::test]
async fn an_invitation_makes_an_editor_of_whoever_opens_it() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let made = regie.post("/api/restreams/a/invites", json!({"role": "editor", "uses": 2})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let (token, url) =
        (made.json()["token"].as_str().unwrap().to_owned(), made.json()["url"].as_str().unwrap().to_owned());
    assert!(url.ends_with(&format!("/app/invite?token={token}")), "{url}");
    let seen = regie.call_as(None, Method::GET, &format!("/api/invites/{token}"), None).await;
    assert_eq!((seen.status.as_u16(), seen.json()["title"].as_str()), (200, Some("a")), "{}", seen.text);
    let known = regie.user("vi", "viewer").await;
    let accepted =
        regie.call_as(Some(&known), Method::POST, &format!("/api/invites/{token}"), Some(json!({}))).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    let act = json!({"action": {"do": "count"}});
    assert_eq!(
        regie.call_as(Some(&known), Method::POST, "/a/tracker/update", Some(act.clone())).await.status,
        200
    );
    // Somebody without an account makes one.
    let request = regie
        .http
        .post(format!("{}/api/invites/{token}", regie.url))
        .header("origin", &regie.url)
        .json(&json!({"name": "newcomer", "password": "correct horse battery"}));
    let welcomed = Regie::answer(request).await;
    assert_eq!(welcomed.status, 200, "{}", welcomed.text);
    let cookie = welcomed.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let clicked = regie
        .http
        .post(format!("{}/a/tracker/update", regie.url))
        .header("cookie", cookie)
        .header("origin", &regie.url)
        .json(&act)
        .send()
        .await
        .unwrap();
    assert_eq!(clicked.status(), 200);
    let third = regie.user("third", "viewer").await;
    let late =
        regie.call_as(Some(&third), Method::POST, &format!("/api/invites/{token}"), Some(json!({}))).await;
    assert_eq!(late.status, 404, "it was good for two: {}", late.text);
    let list = regie.get("/api/restreams/a/invites").await.json();
    assert_eq!(list["items"][0]["used"], 2);
    let roles = regie.get("/api/restreams/a/roles").await.json();
    assert_eq!(roles["items"].as_array().unwrap().len(), 2);
    for (form, path) in [
        (json!({"role": "admin"}), "role"),
        (json!({"role": "editor", "expires": "tomorrow"}), "expires"),
        (json!({"role": "editor", "uses": 0}), "uses"),
    ] {
        let refused = regie.post("/api/restreams/a/invites", form).await;
        assert_eq!((refused.status.as_u16(), refused.json()["error"]["path"].as_str()), (400, Some(path)));
    }
    let id = list["items"][0]["id"].as_str().unwrap();
    assert_eq!(regie.call(Method::DELETE, &format!("/api/restreams/a/invites/{id}"), None).await.status, 204);
    assert_eq!(regie.call_as(None, Method::GET, &format!("/api/invites/{token}"), None).await.status, 404);
}

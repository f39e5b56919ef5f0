use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn each_role_may_do_what_the_table_says() {
    let regie = Regie::with(&["tracker-probe", "indices-board"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let sheet = json!({"indices_template": "indices-board"});
    assert_eq!(regie.call(Method::PATCH, "/api/restreams/a", Some(sheet)).await.status, 200);
    let category = {
        let words = regie.get("/a/indices/completions").await;
        assert_eq!(words.status, 200, "{}", words.text);
        words.json().as_object().unwrap().keys().find(|key| *key != "words").cloned()
    };
    let category = category.expect("an empty board has categories");
    for label in ["one", "two"] {
        let made = regie.post("/api/trackers/tracker-probe/presets", json!({"label": label})).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    regie.restream("hidden", "tracker-probe", &["Alice"]).await;
    regie.post("/api/restreams/hidden/disable", json!({})).await;
    let mut tokens = vec![None];
    for role in ["viewer", "editor", "restreamer", "admin"] {
        tokens.push(Some(regie.user(role, role).await));
    }
    // Statuses for: nobody, viewer, editor, restreamer, admin.
    for (method, path, body, expected) in [
        (Method::GET, "/", None, [200, 200, 200, 200, 200]),
        (Method::GET, "/a", None, [200, 200, 200, 200, 200]),
        (Method::GET, "/a/live", None, [200, 200, 200, 200, 200]),
        (Method::GET, "/a/overlay", None, [200, 200, 200, 200, 200]),
        (Method::GET, "/hidden/live", None, [404, 404, 200, 200, 200]),
        (Method::GET, "/hidden/overlay", None, [404, 404, 200, 200, 200]),
        (Method::GET, "/hidden/tracker/stream", None, [404, 404, 200, 200, 200]),
        (Method::GET, "/api/restreams/hidden", None, [404, 404, 200, 200, 200]),
        (
            Method::POST,
            "/a/tracker/update",
            Some(json!({"action": {"do": "count"}})),
            [401, 403, 200, 200, 200],
        ),
        (
            Method::POST,
            "/hidden/tracker/update",
            Some(json!({"action": {"do": "count"}})),
            [404, 404, 200, 200, 200],
        ),
        (Method::PATCH, "/api/restreams/a", Some(json!({"title": "t"})), [401, 403, 403, 200, 200]),
        (Method::POST, "/api/restreams", Some(json!({"slug": "a", "title": "t"})), [401, 403, 403, 409, 409]),
        (Method::POST, "/api/restreams/a/enable", None, [401, 403, 403, 200, 200]),
        (Method::GET, "/api/restreams/a/history", None, [401, 403, 403, 200, 200]),
        // Hint sheets.
        (Method::GET, "/a/indices", None, [200, 200, 200, 200, 200]),
        (Method::GET, "/a/overlay/indices", None, [200, 200, 200, 200, 200]),
        (Method::GET, "/a/indices/completions", None, [200, 200, 200, 200, 200]),
        (Method::GET, "/hidden/indices/stream", None, [404, 404, 404, 404, 404]),
        (
            Method::POST,
            "/a/indices/update-category",
            Some(json!({"category": category, "lines": ["x"]})),
            [401, 403, 200, 200, 200],
        ),
        (Method::POST, "/api/restreams/a/indices/reset-all", None, [401, 403, 403, 200, 200]),
        // History. Nobody has anything of their own to undo on the sheet after its reset but those who reset it.
        (Method::GET, "/api/restreams/a/history?mine=true", None, [401, 403, 200, 200, 200]),
        (Method::POST, "/api/restreams/a/undo", Some(json!({"version": 999})), [401, 403, 409, 409, 409]),
        (Method::POST, "/api/restreams/a/redo", Some(json!({"version": 999})), [401, 403, 409, 409, 409]),
        (Method::POST, "/api/restreams/a/restore", Some(json!({"version": 1})), [401, 403, 403, 200, 200]),
        (Method::POST, "/api/restreams/a/tracker/reset", Some(json!({})), [401, 403, 403, 200, 200]),
        (
            Method::POST,
            "/api/restreams/a/presets/apply",
            Some(json!({"preset_slug": "one"})),
            [401, 403, 403, 200, 200],
        ),
        (Method::POST, "/hidden/tracker/reset", None, [404, 404, 404, 404, 404]),
        (Method::POST, "/api/restreams/hidden/tracker/reset", Some(json!({})), [404, 404, 403, 200, 200]),
        // Presets.
        (Method::GET, "/api/trackers/tracker-probe/presets", None, [401, 403, 403, 200, 200]),
        (Method::GET, "/api/trackers/tracker-probe/presets/one", None, [401, 403, 403, 200, 200]),
        (Method::GET, "/api/trackers/tracker-probe/presets/one/export", None, [401, 403, 403, 200, 200]),
        (Method::GET, "/api/trackers/tracker-probe/presets/one/versions", None, [401, 403, 403, 200, 200]),
        (Method::GET, "/api/trackers/tracker-probe/presets/one/versions/1", None, [401, 403, 403, 200, 200]),
        (Method::GET, "/preset/tracker-probe/one/editor", None, [401, 403, 403, 200, 200]),
        (
            Method::POST,
            "/api/trackers/tracker-probe/presets",
            Some(json!({"label": "another"})),
            [401, 403, 403, 403, 201],
        ),
        (
            Method::POST,
            "/api/trackers/tracker-probe/presets/import",
            Some(json!({"label": "x"})),
            [401, 403, 403, 403, 400],
        ),
        (
            Method::PATCH,
            "/api/trackers/tracker-probe/presets/one",
            Some(json!({"notes": "n"})),
            [401, 403, 403, 403, 200],
        ),
        (
            Method::POST,
            "/api/trackers/tracker-probe/presets/one/restore",
            Some(json!({"version": 1})),
            [401, 403, 403, 403, 200],
        ),
        (Method::DELETE, "/api/trackers/tracker-probe/presets/two", None, [401, 403, 403, 403, 204]),
        // People and programs.
        (Method::GET, "/api/restreams/a/roles", None, [401, 403, 403, 200, 200]),
        (Method::PUT, "/api/restreams/a/roles", Some(json!({"items": []})), [401, 403, 403, 200, 200]),
        (Method::GET, "/api/restreams/a/invites", None, [401, 403, 403, 200, 200]),
        (
            Method::POST,
            "/api/restreams/a/invites",
            Some(json!({"role": "editor"})),
            [401, 403, 403, 201, 201],
        ),
        (Method::DELETE, "/api/restreams/a/invites/absent", None, [401, 403, 403, 404, 404]),
        (Method::POST, "/api/restreams/a/auto-tokens", Some(json!({"name": "n"})), [401, 403, 403, 201, 201]),
        (Method::GET, "/api/restreams/a/auto-tokens", None, [401, 403, 403, 200, 200]),
        (
            Method::POST,
            "/api/restreams/a/auto",
            Some(json!({"slot": 1, "source": "s", "items": []})),
            [401, 403, 200, 200, 200],
        ),
        (Method::GET, "/api/restreams/a/archipelago", None, [401, 403, 403, 200, 200]),
        (
            Method::PUT,
            "/api/restreams/a/archipelago",
            Some(json!({"slot": 9, "address": "127.0.0.1:1", "name": "x"})),
            [401, 403, 403, 400, 400],
        ),
        (Method::DELETE, "/api/restreams/a/archipelago?slot=1", None, [401, 403, 403, 404, 404]),
        // Operators.
        (Method::GET, "/api/links", None, [401, 403, 403, 200, 200]),
        (Method::POST, "/api/links/reload", Some(json!({})), [401, 403, 403, 200, 200]),
        (
            Method::PUT,
            "/api/plugins/tracker-probe/settings",
            Some(json!({"values": {}})),
            [401, 403, 403, 403, 200],
        ),
        (
            Method::PUT,
            "/api/plugins/tracker-probe/grants",
            Some(json!({"allow_scripts": false})),
            [401, 403, 403, 403, 200],
        ),
        (Method::GET, "/api/plugins/tracker-probe/logs", None, [401, 403, 403, 403, 200]),
        (Method::POST, "/api/plugins/tracker-probe/reload", None, [401, 403, 403, 403, 200]),
        (Method::GET, "/api/plugins", None, [401, 403, 200, 200, 200]),
        (Method::POST, "/api/plugins/rescan", None, [401, 403, 403, 403, 200]),
        (Method::GET, "/api/users", None, [401, 403, 403, 403, 200]),
        (Method::GET, "/api/keys", None, [401, 403, 403, 200, 200]),
        (Method::GET, "/api/admin/state", None, [401, 403, 403, 403, 200]),
        (Method::GET, "/api/trackers", None, [200, 200, 200, 200, 200]),
    ] {
        for (token, status) in tokens.iter().zip(expected) {
            let mut request = regie.http.request(method.clone(), format!("{}{path}", regie.url));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            } else {
                request = request.header("origin", &regie.url);
            }
            if let Some(body) = &body {
                request = request.json(body);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{method} {path} as {token:?}");
        }
    }
}

#[tokio::test]
async fn a_foreign_origin_acts_neither_by_post_nor_by_link() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.user("ed", "editor").await;
    let login = Regie::answer(
        regie
            .http
            .post(format!("{}/api/auth/login", regie.url))
            .header("origin", &regie.url)
            .json(&json!({"name": "ed", "password": "correct horse battery"})),
    )
    .await;
    let cookie = login.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    for (origin, status) in [
        (Some(regie.url.as_str()), 200),
        (Some("https://evil.example"), 403),
        (Some("null"), 403),
        (None, 403),
    ] {
        let mut request = regie
            .http
            .post(format!("{}/a/tracker/update", regie.url))
            .header("cookie", &cookie)
            .json(&json!({"action": {"do": "count"}}));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{origin:?}");
    }
    for (origin, opens) in [
        (Some(regie.url.as_str()), true),
        (Some("https://evil.example"), false),
        (Some("null"), false),
        (None, false),
    ] {
        assert_eq!(Link::try_open(&regie.url, Some(&cookie), origin).await.is_ok(), opens, "{origin:?}");
    }
    let rebound =
        regie.http.get(format!("{}/a/live", regie.url)).header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 421);
}

#[tokio::test]
async fn an_obs_key_opens_what_it_names_until_it_is_revoked() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("hidden", "tracker-probe", &["Alice"]).await;
    regie.post("/api/restreams/hidden/disable", json!({})).await;
    let made = regie
        .post(
            "/api/keys",
            json!({"label": "obs", "topics": [format!("tracker/{id}")], "surfaces": ["overlay:default"]}),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let key = made.json()["key"].as_str().unwrap().to_owned();
    let anonymous = |path: String| regie.call_as(None, Method::GET, path.leak(), None);
    assert_eq!(anonymous(format!("/hidden/overlay?key={key}")).await.status, 200);
    assert_eq!(anonymous(format!("/hidden/live?key={key}")).await.status, 404, "another surface");
    assert_eq!(anonymous("/hidden/overlay?key=nonsense".into()).await.status, 404);
    let mut link = Link::open(&regie.url, None).await;
    link.subscribe(&format!("tracker/{id}/main"), json!({"surface": "overlay:default", "key": key})).await;
    link.until(|f| f["html"].is_string()).await;
    let kid = key.split('.').next().unwrap();
    assert_eq!(regie.call(Method::DELETE, &format!("/api/keys/{kid}"), None).await.status, 204);
    // Either the topic is refused or the link is closed; no further picture comes.
    let told = link.next().await;
    assert!(told.is_none_or(|f| f["error"].is_object()), "a revoked key still gets pictures");
    assert_eq!(anonymous(format!("/hidden/overlay?key={key}")).await.status, 404);
    assert!(!regie.log().contains(&key), "the log holds the key");
}

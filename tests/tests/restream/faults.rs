//! The common faults of such systems, one test each.

use std::collections::HashSet;

use futures::future::join;
use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn two_editors_do_not_overwrite_each_others_whole_slot() {
    let regie = Regie::with(&["tracker-ssr"]).await;
    let id = regie.restream("a", "tracker-ssr", &["Alice"]).await;
    // Both saw version 1.
    regie.get("/a/live").await;
    let act = |item: &'static str| {
        let body = json!({"base_version": 1, "action": {"slot": 1, "item": item, "step": 1}});
        regie.post("/a/tracker/update", body)
    };
    let (one, other) = join(act("bow"), act("whip")).await;
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (200, 200));
    let slot = &regie.file(id, 3).await["state"]["slots"]["1"]["items"];
    assert_eq!((&slot["bow"], &slot["whip"]), (&json!(1), &json!(1)), "{slot}");
}

#[tokio::test]
async fn an_editor_cannot_write_label_slot_or_final_time_through_an_action() {
    let regie = Regie::with(&["tracker-ssr"]).await;
    let id = regie.restream("a", "tracker-ssr", &["Alice"]).await;
    let editor = regie.user("ed", "editor").await;
    regie.act("a", json!({"slot": 1, "item": "bow", "step": 1})).await;
    for action in [
        json!({"participants": [{"slot": 1, "label": "Mallory"}]}),
        json!({"slot": 1, "item": "bow", "step": 1, "label": "Mallory", "final_time": "0:00"}),
        json!({"slot": 7, "item": "bow", "step": 1}),
    ] {
        regie
            .call_as(Some(&editor), Method::POST, "/a/tracker/update", Some(json!({"action": action})))
            .await;
    }
    let restream = regie.get("/api/restreams/a").await.json();
    assert_eq!(
        (&restream["participants"][0]["label"], &restream["participants"][0]["final_time"]),
        (&json!("Alice"), &json!(null))
    );
    let file = regie.file(id, 2).await;
    assert_eq!(file["participants"], json!([{"slot": 1, "label": "Alice"}]));
    let patch = json!({"participants": [{"label": "Mallory"}]});
    let refused = regie.call_as(Some(&editor), Method::PATCH, "/api/restreams/a", Some(patch)).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn the_host_knows_no_game_and_any_number_of_slots() {
    let regie = Regie::with(&["tracker-ssr", "tracker-ootr"]).await;
    let labels: Vec<String> = (1..=32).map(|n| format!("P{n}")).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    for tracker in ["tracker-ssr", "tracker-ootr"] {
        let id = regie.restream(tracker, tracker, &labels).await;
        assert_eq!(regie.get(&format!("/{tracker}/overlay?slot=32")).await.status, 200);
        assert_eq!(regie.file(id, 1).await["participants"].as_array().unwrap().len(), 32);
    }
}

#[tokio::test]
async fn a_sheets_file_is_whole_whenever_it_is_read() {
    let regie = Regie::with(&["indices-board"]).await;
    let form = json!({"slug": "a", "title": "a", "indices_template": "indices-board"});
    assert_eq!(regie.post("/api/restreams", form).await.status, 201);
    let path = regie.instance.join("indices/sessions/a.json");
    regie.wait("the file", || path.exists().then_some(())).await;
    let text = std::fs::read_to_string(&path).unwrap();
    let category = serde_json::from_str::<serde_json::Value>(&text).unwrap()["categories"]
        .as_object()
        .unwrap()
        .keys()
        .next()
        .unwrap()
        .clone();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (read, stopped) = (path.clone(), stop.clone());
    let reader = std::thread::spawn(move || {
        let mut seen = HashSet::new();
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            let value: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(&read).unwrap()).expect("never half a file");
            seen.insert(value["version"].as_u64().unwrap());
        }
        seen
    });
    for round in 0..60 {
        let lines: Vec<_> = (0..40).map(|n| format!("line {n} of {round} {}", "x".repeat(100))).collect();
        let done =
            regie.post("/a/indices/update-category", json!({"category": category, "lines": lines})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    regie
        .wait("the last version", || {
            let text = std::fs::read_to_string(&path).ok()?;
            (serde_json::from_str::<serde_json::Value>(&text).ok()?["version"] == 61).then_some(())
        })
        .await;
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(reader.join().unwrap().len() > 1);
}

#[tokio::test]
async fn a_reset_or_another_template_destroys_no_work() {
    let regie = Regie::with(&["tracker-probe", "indices-board", "indices-ssr"]).await;
    let form = json!({"slug": "a", "title": "a", "tracker_type": "tracker-probe", "indices_template": "indices-board"});
    let id = regie.post("/api/restreams", form).await.json()["id"].as_u64().unwrap();
    regie.act("a", json!({"do": "count", "by": 9})).await;
    regie.post("/api/restreams/a/tracker/reset", json!({})).await;
    let back = regie.post("/api/restreams/a/restore", json!({"version": 2})).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(regie.file(id, 4).await["state"]["n"], 9);
    regie.call(Method::PATCH, "/api/restreams/a", Some(json!({"indices_template": "indices-ssr"}))).await;
    let history = regie.get("/api/restreams/a/history?panel=indices").await.json();
    let kinds: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|i| i["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["create", "delete", "create"]);
    let back = regie.post("/api/restreams/a/restore", json!({"panel": "indices", "version": 1})).await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert!(regie.get("/a/indices").await.text.contains(r#"data-plugin="indices-board""#));
}

#[tokio::test]
async fn a_foreign_page_cannot_act_with_somebodys_cookie() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.user("re", "restreamer").await;
    let login = regie
        .http
        .post(format!("{}/api/auth/login", regie.url))
        .header("origin", &regie.url)
        .json(&json!({"name": "re", "password": "correct horse battery"}));
    let login = Regie::answer(login).await;
    let cookie = login.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("SameSite=Lax") && cookie.contains("HttpOnly"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    for path in [
        "/a/tracker/update",
        "/a/indices/update-category",
        "/api/restreams/a/undo",
        "/api/restreams/a/restore",
        "/api/restreams/a/tracker/reset",
        "/api/restreams/a/invites",
        "/api/restreams/a/auto",
    ] {
        let request = regie
            .http
            .post(format!("{}{path}", regie.url))
            .header("cookie", &cookie)
            .header("origin", "https://evil.example")
            .json(&json!({}));
        assert_eq!(Regie::answer(request).await.status, 403, "{path}");
    }
}

/// 1,000 actions of two clients at the same moment, each of them sent twice.
#[tokio::test]
async fn no_click_is_counted_twice_or_lost_when_two_edit_one_slot_and_links_drop() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let (ann, ben) = (regie.user("ann", "editor").await, regie.user("ben", "editor").await);
    let client = |token: String, name: &'static str| {
        let url = regie.url.clone();
        async move {
            let topic = format!("tracker/{id}/main");
            for part in 0..10 {
                // The link drops with every answer under way, and all of it is sent again.
                for _ in 0..2 {
                    let mut link = Link::open(&url, Some(&token)).await;
                    for n in 0..50 {
                        let key = format!("{name}-{part}-{n}");
                        link.send(json!({"do": {"topic": topic, "key": key, "action": {"do": "count"}}}))
                            .await;
                    }
                }
                let mut link = Link::open(&url, Some(&token)).await;
                for n in 0..50 {
                    let key = format!("{name}-{part}-{n}");
                    link.send(json!({"do": {"topic": topic, "key": key, "action": {"do": "count"}}})).await;
                    let done = link.until(|f| f["done"] == key.as_str()).await;
                    assert!(done["error"].is_null(), "{done}");
                }
            }
        }
    };
    join(client(ann, "ann"), client(ben, "ben")).await;
    let file = regie.file(id, 1001).await;
    assert_eq!((&file["state"]["n"], &file["version"]), (&json!(1000), &json!(1001)));
    let mut actions = 0;
    let mut after = String::new();
    loop {
        let page = regie.get(&format!("/api/restreams/a/history?limit=200{after}")).await.json();
        actions += page["items"].as_array().unwrap().iter().filter(|i| i["kind"] == "action").count();
        match page["next"].as_u64() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(actions, 1000);
}

#[tokio::test]
async fn one_link_serves_a_page_and_the_seventh_page_loads_too() {
    let regie = Regie::with(&["tracker-probe", "indices-board"]).await;
    let form = json!({"slug": "a", "title": "a", "tracker_type": "tracker-probe", "indices_template": "indices-board"});
    let id = regie.post("/api/restreams", form).await.json()["id"].as_u64().unwrap();
    let mut links = Vec::new();
    for _ in 0..9 {
        let mut link = Link::open(&regie.url, None).await;
        let topics = [format!("tracker/{id}/main"), "indices/a".to_owned(), "presence/a".to_owned()];
        for topic in &topics {
            link.subscribe(topic, json!({"as": "state"})).await;
        }
        let mut seen = HashSet::new();
        while seen.len() < 3 {
            let frame = link.until(|f| f["state"].is_object()).await;
            seen.insert(frame["topic"].as_str().unwrap().to_owned());
        }
        links.push(link);
    }
    assert_eq!(links.len(), 9);
}

#[tokio::test]
async fn one_tracker_is_on_two_streams() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let form = json!({"slug": "b", "title": "b", "panels": [{"key": "main", "tracker_type": "none", "source": "a/main"}]});
    let made = regie.post("/api/restreams", form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    regie.act("a", json!({"do": "count", "by": 77})).await;
    for slug in ["a", "b"] {
        assert!(regie.get(&format!("/{slug}/overlay")).await.text.contains(">77<"), "{slug}");
    }
}

#[tokio::test]
async fn a_session_that_a_stream_opened_first_has_its_slots_and_labels() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice", "Bob"]).await;
    let stream = regie.http.get(format!("{}/a/tracker/stream", regie.url)).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert_eq!(regie.file(id, 1).await["participants"][1], json!({"slot": 2, "label": "Bob"}));
}

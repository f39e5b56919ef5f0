use regie_tests::{Link, Regie};
use reqwest::Method;
use serde_json::json;

async fn patch(regie: &Regie, slug: &str, body: serde_json::Value) -> regie_tests::Answer {
    regie.call(Method::PATCH, &format!("/api/restreams/{slug}"), Some(body)).await
}

/// `b` shows the main panel of `a`.
async fn two(shared: bool) -> (Regie, u64, u64) {
    let regie = Regie::with(&["tracker-probe", "tracker-ssr"]).await;
    let a = regie.restream("a", "tracker-probe", &["Alice", "Bob"]).await;
    let b = regie.restream("b", "tracker-ssr", &["Carol"]).await;
    let panels = json!([{"key": "theirs", "tracker_type": "none", "source": "a/main", "shared": shared}]);
    let edited = patch(&regie, "b", json!({"panels": panels})).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
    (regie, a, b)
}

#[tokio::test]
async fn one_session_is_shown_by_two_restreams_and_edited_where_it_is_shared() {
    for shared in [false, true] {
        let (regie, a, b) = two(shared).await;
        let token = regie.user("ed", "editor").await;
        let mut link = Link::open(&regie.url, Some(&token)).await;
        link.subscribe(&format!("tracker/{b}/theirs"), json!({})).await;
        link.until(|f| f["html"].is_string()).await;
        regie.act("a", json!({"do": "count"})).await;
        let picture = link.until(|f| f["html"].as_str().is_some_and(|h| h.contains(">1<"))).await;
        assert_eq!(picture["topic"], format!("tracker/{b}/theirs"));
        let act = json!({"panel": "theirs", "action": {"do": "count"}});
        let done = regie.call_as(Some(&token), Method::POST, "/b/tracker/update", Some(act)).await;
        assert_eq!(done.status, if shared { 200 } else { 403 }, "{}", done.text);
        link.send(
            json!({"do": {"topic": format!("tracker/{b}/theirs"), "key": "k", "action": {"do": "count"}}}),
        )
        .await;
        let done = link.until(|f| f["done"] == "k").await;
        assert_eq!(done["error"].is_null(), shared, "{done}");
        let version = if shared { 4 } else { 2 };
        assert_eq!(regie.file(a, version).await["state"]["n"], version - 1);
        assert_eq!(
            regie.get("/b/overlay?panel=theirs&slot=2").await.status,
            200,
            "slots are those of what is shown"
        );
        let own = regie.instance.join(format!("trackers/sessions/restream_{b}.theirs.json"));
        assert!(!own.exists(), "there is one file, the owner's");
        let view = regie.get("/api/restreams/b").await.json();
        let panel =
            view["panels_state"].as_array().unwrap().iter().find(|p| p["key"] == "theirs").unwrap().clone();
        assert_eq!((&panel["tracker_type"], &panel["editable"]), (&json!("tracker-probe"), &json!(shared)));
    }
}

#[tokio::test]
async fn what_is_shown_follows_a_move_and_leaves_a_place_when_it_goes() {
    let (regie, _, b) = two(false).await;
    patch(&regie, "a", json!({"slug": "moved"})).await;
    assert_eq!(regie.get("/api/restreams/b").await.json()["panels"][1]["source"], "moved/main");
    assert_eq!(regie.get("/b/overlay?panel=theirs").await.status, 200);
    regie.call(Method::DELETE, "/api/restreams/moved", None).await;
    assert_eq!(regie.get("/b/overlay?panel=theirs").await.status, 404);
    let page = regie.get("/b/live").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&format!("tracker/{b}/theirs")), "its place stays on the page");
    assert_eq!(regie.get("/b/tracker/stream?panel=theirs").await.status, 404);
}

#[tokio::test]
async fn a_panel_shows_what_there_is_and_no_chains_of_them() {
    let (regie, ..) = two(false).await;
    for (source, path) in [
        ("absent/main", "panels[0].source"),
        ("a/absent", "panels[0].source"),
        ("b/theirs", "panels[0].source"),
        ("c/main", "panels[1].source"),
    ] {
        regie.post("/api/restreams", json!({"slug": "c", "title": "c"})).await;
        let panels = json!([{"key": "x", "tracker_type": "none", "source": source}]);
        let refused = patch(&regie, "c", json!({"panels": panels})).await;
        assert!(refused.status == 400 || refused.status == 404, "{source}: {}", refused.text);
        assert!(
            refused.json()["error"]["path"].as_str().unwrap().ends_with("source"),
            "{path}: {}",
            refused.text
        );
    }
    for key in ["indices", "all"] {
        let panels = json!([{"key": key, "tracker_type": "tracker-probe"}]);
        assert_eq!(patch(&regie, "a", json!({"panels": panels})).await.status, 400, "{key}");
    }
}

#[tokio::test]
async fn panels_stand_where_they_were_put_on_the_page_and_on_the_composed_overlay() {
    let (regie, ..) = two(false).await;
    let layout = json!({
        "live": [{"panel": "theirs", "span": 4}, {"panel": "main", "span": 8}],
        "overlay": {"width": 1280, "height": 720, "panels": [
            {"panel": "main", "view": "player", "slot": 1, "x": 40, "y": 20, "scale": 0.5},
            {"panel": "theirs", "x": 700, "y": 20},
        ]},
    });
    let saved = patch(&regie, "b", json!({"layout": layout})).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    assert_eq!(saved.json()["layout"]["live"], layout["live"]);
    let page = regie.get("/b/live").await.text;
    let at = |key: &str| page.find(&format!("data-rg-panel=\"{key}\"")).unwrap();
    assert!(at("theirs") < at("main"));
    assert!(page.contains("--rg-span:4") && page.contains("--rg-span:8"));
    let overlay = regie.get("/b/overlay?panel=all").await.text;
    assert!(overlay.contains("--rg-width:1280px") && overlay.contains("left:40px;top:20px"), "{overlay}");
    assert!(overlay.contains(r#"data-rg-surface="overlay:player""#) && overlay.contains("zoom:0.5"));
    for (layout, path) in [
        (json!({"live": [{"panel": "main", "span": 13}]}), "layout.live[0].span"),
        (json!({"overlay": {"width": 1, "height": 720}}), "layout.overlay.width"),
        (
            json!({"overlay": {"width": 720, "height": 720, "panels": [{"panel": "main", "x": 0, "y": 0, "scale": 9}]}}),
            "layout.overlay.panels[0].scale",
        ),
    ] {
        let refused = patch(&regie, "b", json!({"layout": layout})).await;
        assert_eq!((refused.status.as_u16(), refused.json()["error"]["path"].as_str()), (400, Some(path)));
    }
    assert_eq!(regie.get("/b").await.status, 200);
}

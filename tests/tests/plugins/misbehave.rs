//! Loops, memory, panics, nonsense: refused with a reason, and nothing that was accepted is lost.

use regie_tests::{Link, Regie};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn an_action_that_makes_the_plugin_fail_is_refused_and_the_others_stand() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, StatusCode::OK);
    let mut version = 2;
    for how in ["loop", "eat", "panic", "stack", "invalid", "big"] {
        // A document of its own for each, so that no breaker opens.
        let slug = format!("bad-{how}");
        regie.restream(&slug, "tracker-probe", &["Alice"]).await;
        let answer = regie.act(&slug, json!({"do": how})).await;
        assert!(
            matches!(answer.status, StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE),
            "{how}: {} {}",
            answer.status,
            answer.text
        );
        assert!(
            !answer.json()["error"]["message"].as_str().unwrap_or_default().is_empty(),
            "{how}: {}",
            answer.text
        );
        let after = regie.act("a", json!({"do": "count"})).await;
        version += 1;
        assert_eq!(
            (after.status, after.json()["version"].as_u64()),
            (StatusCode::OK, Some(version)),
            "{how}"
        );
    }
}

#[tokio::test]
async fn a_batch_with_a_trapping_action_keeps_the_others() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let acts =
        (0..20).map(|i| regie.act("a", if i == 7 { json!({"do": "panic"}) } else { json!({"do": "count"}) }));
    let answers = futures::future::join_all(acts).await;
    let ok = answers.iter().filter(|a| a.status == StatusCode::OK).count();
    assert_eq!(ok, 19, "{:?}", answers.iter().map(|a| &a.text).collect::<Vec<_>>());
    let trapped = answers.iter().find(|a| a.status != StatusCode::OK).unwrap();
    assert_eq!(trapped.code(), "plugin.action_trapped", "{}", trapped.text);
    assert!(regie.get("/a/overlay").await.text.contains(r#"<span class="n">19</span>"#));
}

#[tokio::test]
async fn a_render_that_fails_keeps_the_last_block_on_the_air() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "count"})).await;
    let mut overlay = Link::open(&regie.url, None).await;
    overlay.subscribe(&format!("tracker/{id}/main"), json!({"surface": "overlay:default"})).await;
    let first = overlay.next().await.unwrap();
    assert!(first["html"].as_str().unwrap().contains(r#"<span class="n">1</span>"#), "{first}");
    for mode in ["loop", "panic", "big", "eat"] {
        let set = regie.act("a", json!({"do": "mode", "mode": mode})).await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.text);
        let page = regie.get("/a/overlay").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains(r#"<span class="n">1</span>"#), "{mode}: {}", page.text);
    }
    regie.act("a", json!({"do": "mode", "mode": ""})).await;
    regie.act("a", json!({"do": "count"})).await;
    overlay
        .until(|frame| {
            frame["html"].as_str().is_some_and(|html| html.contains(r#"<span class="n">2</span>"#))
        })
        .await;
}

#[tokio::test]
async fn a_log_flood_is_cut_and_the_call_goes_on() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.act("a", json!({"do": "flood"})).await;
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, StatusCode::OK);
    let longest = regie.log().lines().map(str::len).max().unwrap_or_default();
    assert!(longest < 20_000, "a log line of {longest} bytes");
    let lines = regie.log().lines().filter(|l| l.contains("xxxxxxxx")).count();
    assert!(lines <= 100, "{lines} lines of one call");
}

#[tokio::test]
async fn a_document_that_keeps_trapping_is_given_a_rest_and_others_are_served() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie.restream("b", "tracker-probe", &["Alice"]).await;
    for _ in 0..3 {
        regie.act("a", json!({"do": "panic"})).await;
    }
    let resting = regie.act("a", json!({"do": "count"})).await;
    assert_eq!(
        (resting.status, resting.code().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "plugin_unavailable"),
        "{}",
        resting.text
    );
    assert_eq!(regie.act("b", json!({"do": "count"})).await.status, StatusCode::OK);
    // It is tried again by itself.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while regie.act("a", json!({"do": "count"})).await.status != StatusCode::OK {
        assert!(std::time::Instant::now() < deadline, "the breaker never closed");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

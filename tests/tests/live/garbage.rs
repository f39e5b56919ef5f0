use regie_tests::{Link, Regie};
use serde_json::json;

#[tokio::test]
async fn frames_that_are_none_of_ours_are_named_and_the_link_stays() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    for frame in [
        json!([]),
        json!("x"),
        json!({"subscribe": 7}),
        json!({"subscribe": [{"topic": "../../etc"}]}),
        json!({"subscribe": [{"topic": "tracker/1/main", "surface": "absent"}]}),
        json!({"subscribe": [{"topic": "absent/1"}]}),
        json!({"do": {"topic": format!("tracker/{id}/main"), "action": {}}}),
        json!({"do": {"topic": format!("tracker/{id}/main"), "key": "k", "action": []}}),
    ] {
        let mut link = Link::open(&regie.url, None).await;
        link.send(frame.clone()).await;
        let told = link.until(|f| f["error"].is_object()).await;
        assert!(!told["error"]["message"].as_str().unwrap_or_default().is_empty(), "{frame}: {told}");
        link.subscribe(&format!("tracker/{id}/main"), json!({})).await;
        link.until(|f| f["html"].is_string()).await;
    }
}

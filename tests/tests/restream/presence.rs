use regie_tests::{Link, Regie};
use serde_json::json;

#[tokio::test]
async fn a_crew_sees_who_is_at_work_and_others_only_how_many() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let (ann, ben) = (regie.user("ann", "editor").await, regie.user("ben", "editor").await);
    let (mut ann, mut ben) =
        (Link::open(&regie.url, Some(&ann)).await, Link::open(&regie.url, Some(&ben)).await);
    let mut anyone = Link::open(&regie.url, None).await;
    ben.subscribe("presence/a", json!({"as": "state"})).await;
    anyone.subscribe("presence/a", json!({"as": "state"})).await;
    ben.until(|f| f["state"]["count"] == 0).await;
    let say = |key: &str, action: serde_json::Value| json!({"do": {"topic": "presence/a", "key": key, "action": action}});
    ann.send(say("1", json!({"type": "here", "panel": "main", "slot": 1}))).await;
    let seen = ben.until(|f| f["state"]["count"] == 1).await;
    let person = &seen["state"]["people"][0];
    assert_eq!(
        (&person["name"], &person["panel"], &person["slot"]),
        (&json!("ann"), &json!("main"), &json!(1))
    );
    let seen = anyone.until(|f| f["state"]["count"] == 1).await;
    assert_eq!(seen["state"]["people"], json!([]));
    anyone.send(say("2", json!({"type": "here"}))).await;
    assert_eq!(anyone.until(|f| f["done"] == "2").await["error"]["code"], "unauthenticated");
    ann.send(say("3", json!({"type": "gone"}))).await;
    ben.until(|f| f["state"]["count"] == 0).await;
}

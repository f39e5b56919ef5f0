use serde_json::json;

use crate::support::Hall;

#[tokio::test]
async fn sessions_are_listed_in_pages_the_oldest_first() {
    let hall = Hall::open().await;
    let mut made = Vec::new();
    for who in ["ada", "ben", "cas"] {
        made.push(hall.create(who, 4).await);
    }
    let ids = |list: &serde_json::Value| -> Vec<String> {
        list["items"].as_array().unwrap().iter().map(|s| s["session_id"].as_str().unwrap().into()).collect()
    };
    let first = hall.regie.get("/api/lobby/sessions?limit=2").await.json();
    assert_eq!(ids(&first), made[..2], "{first}");
    assert_eq!(first["broker"]["kind"], "embedded");
    // The page goes on where it was although that session is over.
    hall.ok("ben", &made[1], "close").await;
    let after = first["next"].as_str().unwrap();
    let rest = hall.regie.get(&format!("/api/lobby/sessions?limit=2&after={after}")).await.json();
    assert_eq!((ids(&rest), &rest["next"]), (made[2..].to_vec(), &json!(null)), "{rest}");
    for (query, path) in
        [("limit=0", "limit"), ("limit=201", "limit"), ("after=x", "after"), ("after=x.y", "after")]
    {
        let refused = hall.regie.get(&format!("/api/lobby/sessions?{query}")).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["error"]["path"]),
            (400, &json!(path)),
            "{query}"
        );
    }
}

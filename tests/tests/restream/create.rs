use regie_tests::Regie;
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_restream_is_made_listed_and_found() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let first = regie.restream("one", "tracker-probe", &["Alice", "Bob"]).await;
    let second = regie.restream("two", "none", &[]).await;
    assert_eq!(second, first + 1);
    let one = regie.get("/api/restreams/one").await.json();
    assert_eq!(one["participants"][1], json!({"slot": 2, "label": "Bob", "show_final_time": false}));
    assert_eq!(one["tracker"]["overlays"][0]["width"], 640);
    let page = regie.get("/api/restreams?limit=1").await.json();
    assert_eq!((&page["items"][0]["slug"], &page["next"]), (&json!("two"), &json!(second)));
    let rest = regie.get(&format!("/api/restreams?limit=1&after={second}")).await.json();
    assert_eq!((&rest["items"][0]["slug"], &rest["next"]), (&json!("one"), &json!(null)));
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_named() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("one", "none", &[]).await;
    for (form, status, path) in [
        (json!({"slug": "one", "title": "x"}), 409, "slug"),
        (json!({"slug": "api", "title": "x"}), 400, "slug"),
        (json!({"slug": "Not A Slug", "title": "x"}), 400, "slug"),
        (json!({"slug": "two", "title": ""}), 400, "title"),
        (json!({"slug": "two", "title": "x", "tracker_type": "absent"}), 400, "tracker_type"),
        (json!({"slug": "two", "title": "x", "indices_template": "absent"}), 400, "indices_template"),
        (json!({"slug": "two", "title": 7}), 400, "title"),
        (json!({"title": "x"}), 400, ""),
    ] {
        let answer = regie.post("/api/restreams", form.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{form}: {}", answer.text);
        let named = answer.json()["error"]["path"].as_str().unwrap_or_default().to_owned();
        assert!(named.contains(path), "{form}: {}", answer.text);
    }
    let broken = regie.http.post(format!("{}/api/restreams", regie.url)).bearer_auth(regie_tests::TOKEN);
    let broken = Regie::answer(broken.header("content-type", "application/json").body("{")).await;
    assert_eq!((broken.status, broken.code().as_str()), (StatusCode::BAD_REQUEST, "bad_request"));
    assert_eq!(
        regie.get("/api/restreams").await.json()["items"].as_array().unwrap().len(),
        1,
        "nothing half done"
    );
}

#[tokio::test]
async fn of_two_who_want_the_same_slug_one_gets_it() {
    let regie = Regie::with(&[]).await;
    let form = json!({"slug": "same", "title": "x"});
    let answers = futures::future::join_all((0..8).map(|_| regie.post("/api/restreams", form.clone()))).await;
    let mut statuses: Vec<_> = answers.iter().map(|a| a.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

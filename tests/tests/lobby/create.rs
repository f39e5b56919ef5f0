use regie_tests::{Answer, Regie};
use serde_json::{Value, json};

use crate::support::{Hall, names, tide_pools};

async fn with_key(hall: &Hall, who: &str, key: &str, form: &Value) -> Answer {
    let request = hall.regie.http.post(format!("{}/api/lobby/sessions", hall.regie.url));
    let request = request.bearer_auth(hall.token(who).unwrap()).header("Idempotency-Key", key);
    Regie::answer(request.json(form)).await
}

#[tokio::test]
async fn who_makes_a_session_is_its_creator_and_in_it() {
    let hall = Hall::open().await;
    let made = hall.try_create("ada", tide_pools(4)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let session = made.json();
    let ada = hall.instance("ada").await;
    assert_eq!(session["model_name"], "Tide pools");
    assert_eq!((&session["state"], &session["mine"]), (&json!("open"), &json!(true)));
    assert_eq!((&session["creator_client_id"], &session["creator_name"]), (&json!(ada), &json!("ada")));
    assert_eq!(session["connected_instances"], json!([ada]));
    assert_eq!((&session["num_players_min"], &session["num_players_max"]), (&json!(2), &json!(4)));
    let member = &session["members"][0];
    assert_eq!(
        (&member["client_id"], &member["name"], &member["you"]),
        (&json!(ada), &json!("ada"), &json!(true))
    );
    assert_eq!(format!("regie-{}", member["user_id"].as_str().unwrap()), ada);
    for time in ["created_at", "last_updated", "last_heartbeat"] {
        assert!(session[time].as_str().is_some_and(|text| text.ends_with('Z')), "{time}: {session}");
    }
    let seen = hall.see("ben", session["session_id"].as_str().unwrap()).await;
    assert_eq!((&seen["mine"], &seen["members"][0]["you"]), (&json!(false), &json!(false)));
    assert_eq!(names(&seen), ["ada"]);
}

#[tokio::test]
async fn a_session_is_made_once_for_a_key() {
    let hall = Hall::open().await;
    let form = tide_pools(4);
    let first = with_key(&hall, "ada", "k", &form).await;
    let again = with_key(&hall, "ada", "k", &form).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201), "{}", again.text);
    assert_eq!(first.json()["session_id"], again.json()["session_id"]);
    let (one, other) = tokio::join!(with_key(&hall, "ben", "k", &form), with_key(&hall, "ben", "k", &form));
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (201, 201), "{} {}", one.text, other.text);
    assert_eq!(one.json()["session_id"], other.json()["session_id"]);
    assert_ne!(one.json()["session_id"], first.json()["session_id"], "a key is its person's own");
    assert_eq!(hall.list().await.len(), 2);
    assert_eq!(
        with_key(&hall, "cas", &"k".repeat(65), &form).await.json()["error"]["path"],
        "Idempotency-Key"
    );
}

#[tokio::test]
async fn what_cannot_be_a_session_is_refused_with_its_place() {
    let hall = Hall::open().await;
    for (form, path) in [
        (json!({"model_name": ""}), "model_name"),
        (json!({"model_name": "  "}), "model_name"),
        (json!({"model_name": "x".repeat(101)}), "model_name"),
        (json!({"model_name": "a\nb"}), "model_name"),
        (json!({"model_name": 7}), "model_name"),
        (json!({"num_players_min": 2}), "body"),
        (json!({"model_name": "x", "num_players_min": -1}), "num_players_min"),
        (json!({"model_name": "x", "num_players_min": 4, "num_players_max": 2}), "num_players_min"),
        (json!({"model_name": "x", "colour": "red"}), "colour"),
    ] {
        let refused = hall.try_create("ada", form.clone()).await;
        assert_eq!(refused.status, 400, "{form}: {}", refused.text);
        assert_eq!(refused.json()["error"]["path"], path, "{form}: {}", refused.text);
    }
    assert!(hall.list().await.is_empty());
}

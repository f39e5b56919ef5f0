use serde_json::json;

use crate::support::{Room, can, of};

#[tokio::test]
async fn a_race_goes_from_draft_to_its_end_and_back() {
    let room = Room::draft(json!({"countdown_seconds": 1})).await;
    let draft = room.see("org").await;
    assert_eq!((&draft["status"], &draft["mode_name"]), (&json!("draft"), &json!("Layered graph race")));
    assert_eq!(draft["organizer"]["name"], "org");
    assert_eq!(room.post("ada", "join", json!({})).await.code(), "not_open");
    assert_eq!(room.post("org", "start", json!({})).await.status, 409);
    room.ok("org", "open").await;
    assert_eq!(room.post("org", "start", json!({})).await.code(), "no_participants");
    for name in ["ada", "ben"] {
        let joined = room.ok(name, "join").await;
        assert_eq!(of(&joined, name)["status"], "registered");
    }
    room.ok("ada", "ready").await;
    let refused = room.post("org", "start", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "not_ready"));
    let error = &refused.json()["error"];
    assert!(error["message"].as_str().unwrap().contains("ben"), "{error}");
    assert_eq!((&error["path"], &error["hint"]), (&json!("force"), &json!(r#"{"force":true}"#)));
    let started = room.post("org", "start", json!({"force": true})).await.json();
    assert_eq!(started["status"], "countdown");
    assert!(started["started_at"].is_string(), "status and start are one write: {started}");
    let running = room.until("org", |race| race["status"] == "running").await;
    assert_eq!(running["started_at"], started["started_at"]);
    assert_eq!(of(&running, "ada")["status"], "playing");
    assert_eq!(of(&running, "ben")["status"], "registered");
    let late = room.ok("ben", "ready").await;
    assert_eq!(of(&late, "ben")["status"], "playing", "who is ready after the start plays at once");

    let (ada, ben) = (room.pid("ada").await, room.pid("ben").await);
    assert_eq!(room.delete("org", &format!("participants/{ben}")).await.status, 409, "no kick in a run");
    room.ok("ada", &format!("participants/{ada}/abandon")).await;
    let over = room.ok("org", &format!("participants/{ben}/disqualify")).await;
    assert_eq!((&over["status"], over["finished_at"].is_string()), (&json!("finished"), true));
    assert_eq!(
        room.post("ada", &format!("participants/{ada}/abandon"), json!({})).await.code(),
        "already_ended"
    );

    let again = room.ok("org", &format!("participants/{ada}/undo")).await;
    assert_eq!((&again["status"], &again["finished_at"]), (&json!("running"), &json!(null)));
    assert_eq!(of(&again, "ada")["status"], "playing");
    let ended = room.ok("org", "finish").await;
    assert_eq!((&ended["status"], &of(&ended, "ada")["status"]), (&json!("finished"), &json!("abandoned")));
    let reset = room.ok("org", "reset").await;
    assert_eq!((&reset["status"], &reset["started_at"]), (&json!("open"), &json!(null)));
    assert_eq!(of(&reset, "ben")["status"], "registered");
    assert_eq!(room.ok("org", "cancel").await["status"], "cancelled");
    assert_eq!(room.post("org", "open", json!({})).await.status, 409);
}

#[tokio::test]
async fn a_countdown_goes_on_after_a_crash_and_ends_when_it_was_said_to() {
    let mut room = Room::open(json!({"countdown_seconds": 3})).await;
    room.ok("ada", "ready").await;
    room.ok("ben", "ready").await;
    let started = room.ok("org", "start").await;
    room.regie.kill();
    room.regie.start().await;
    let running = room.until("nobody", |race| race["status"] == "running").await;
    assert_eq!(running["started_at"], started["started_at"]);
}

#[tokio::test]
async fn everybody_is_told_what_they_may_do() {
    let room = Room::open(json!({})).await;
    for (who, expected) in [
        ("nobody", &[] as &[&str]),
        ("eve", &["join"]),
        ("cas", &["join"]),
        ("ada", &["leave", "ready", "hud"]),
    ] {
        let race = room.see(who).await;
        assert_eq!(can(&race), expected, "{who}");
    }
    let race = room.see("org").await;
    for may in ["edit", "delete", "start", "cancel", "reroll", "generate_zips", "invite", "add", "remove"] {
        assert!(can(&race).contains(&may), "{may}: {race}");
    }
    let classes = [("nobody", "public"), ("ada", "p1"), ("ben", "p2"), ("cas", "caster"), ("org", "caster")];
    for (who, class) in classes {
        assert_eq!(room.see(who).await["me"]["class"], class, "{who}");
    }
    let revealed = room.ok("org", "reveal").await;
    assert_eq!(revealed["me"]["class"], "organizer");
    assert_eq!(room.see("nobody").await["revealed_to"][0]["name"], "org", "and everybody sees it");
}

#[tokio::test]
async fn a_race_that_is_deleted_is_gone() {
    let room = Room::running().await;
    assert_eq!(
        room.call("org", reqwest::Method::DELETE, &format!("/api/races/{}", room.id), None).await.status,
        409
    );
    room.ok("org", "finish").await;
    let path = format!("/api/races/{}", room.id);
    assert_eq!(room.call("org", reqwest::Method::DELETE, &path, None).await.status, 204);
    assert_eq!(room.call("org", reqwest::Method::GET, &path, None).await.status, 404);
}

#[tokio::test]
async fn another_seed_is_taken_before_the_start_only() {
    let room = Room::open(json!({})).await;
    room.ok("ada", "ready").await;
    let rerolled = room.ok("org", "reroll-seed").await;
    assert_eq!(of(&rerolled, "ada")["status"], "registered", "they have to be ready for the new one");
    room.start().await;
    assert_eq!(room.post("org", "reroll-seed", json!({})).await.status, 409);
}

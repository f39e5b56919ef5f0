use serde_json::json;

use crate::support::{Room, can, of};

#[tokio::test]
async fn a_race_goes_from_draft_to_its_end_and_back() {
    let room = Room::draft(json!({"countdown_seconds": 1})).await;
    let draft = room.see("org").await;
    assert_eq!((&draft["status"], &draft["mode_name"]), (&json!("draft"), &json!("Race probe")));
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
async fn a_countdown_can_be_stopped_and_begun_again() {
    let room = Room::open(json!({"countdown_seconds": 600})).await;
    for name in ["ada", "ben"] {
        room.ok(name, "ready").await;
    }
    let counting = room.ok("org", "start").await;
    assert_eq!(counting["status"], "countdown");
    assert!(can(&counting).contains(&"reset"), "{counting}");
    assert_eq!(room.post("ada", "reset", json!({})).await.status, 403);
    let open = room.ok("org", "reset").await;
    assert_eq!(
        (&open["status"], &open["started_at"], &open["scheduled_start"]),
        (&json!("open"), &json!(null), &json!(null))
    );
    assert_eq!(of(&open, "ada")["status"], "registered");
    assert!(can(&open).contains(&"start") && !can(&open).contains(&"reset"), "{open}");
    let again = room.post("org", "start", json!({"force": true})).await;
    assert_eq!(again.json()["status"], "countdown", "{}", again.text);
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

#[tokio::test]
async fn the_last_finish_ends_a_race_and_taking_it_back_lets_it_run_again() {
    let room = Room::running().await;
    room.finish("ben", 60_000).await;
    assert_eq!(room.see("org").await["status"], "running");
    room.finish("ada", 50_000).await;
    let over = room.see("nobody").await;
    assert_eq!(over["status"], "finished");
    let places = |race: &serde_json::Value| {
        let standing = |name: &str| (of(race, name)["place"].as_u64(), of(race, name)["igt_ms"].as_u64());
        (standing("ada"), standing("ben"))
    };
    assert_eq!(places(&over), ((Some(1), Some(50_000)), (Some(2), Some(60_000))));
    assert_eq!(over["participants"][0]["name"], "ada", "first first");
    let player = room.regie.get("/api/users/ben").await.json();
    assert_eq!((&player["races"][0]["place"], &player["races"][0]["igt_ms"]), (&json!(2), &json!(60_000)));
    let ada = room.pid("ada").await;
    let again = room.ok("org", &format!("participants/{ada}/undo")).await;
    assert_eq!((&again["status"], &again["finished_at"]), (&json!("running"), &json!(null)));
    room.finish("ada", 70_000).await;
    let over = room.until("org", |race| race["status"] == "finished").await;
    assert_eq!(places(&over), ((Some(2), Some(70_000)), (Some(1), Some(60_000))));
}

#[tokio::test]
async fn a_finish_after_an_abandon_does_not_count() {
    let room = Room::running().await;
    let ada = room.pid("ada").await;
    room.ok("ada", &format!("participants/{ada}/abandon")).await;
    let late = room.post("ada", "act", json!({"action": {"type": "finish", "igt_ms": 1}})).await;
    assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "already_ended"));
    assert_eq!(of(&room.see("org").await, "ada")["status"], "abandoned");
}

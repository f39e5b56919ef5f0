//! Without its broker the lobby says why, and everything else goes on.

use std::net::TcpListener;

use regie_tests::Regie;
use serde_json::{Value, json};

use crate::support::{Hall, arbitrates, names, tide_pools};

#[tokio::test]
async fn the_embedded_broker_is_named_where_games_look_for_it() {
    let hall = Hall::open().await;
    let status = hall.regie.get("/api/lobby").await.json();
    assert_eq!(status["broker"]["address"], hall.regie.lobby());
    assert_eq!((&status["broker"]["kind"], &status["arbiter"]["active"]), (&json!("embedded"), &json!(true)));
    let ready = hall.regie.get("/readyz").await;
    assert_eq!(
        (ready.status.as_u16(), &ready.json()["lobby"]["broker"]["state"]),
        (200, &json!("connected"))
    );
    hall.create("ada", 4).await;
    hall.regie.until("/api/lobby", |status| status["stats"]["sessions"] == 1).await;
    let metrics = hall.regie.get("/metrics").await.text;
    for line in
        ["regie_lobby_sessions 1", "regie_lobby_members 1", "regie_lobby_lost 0", "regie_lobby_arbitrates 1"]
    {
        assert!(metrics.lines().any(|l| l == line), "{line}: {metrics}");
    }
}

#[tokio::test]
async fn a_lobby_that_is_turned_off_says_so() {
    let hall = Hall::with(&[("REGIE_LOBBY_BROKER", "off")]).await;
    let status = hall.regie.get("/api/lobby").await.json();
    assert_eq!((&status["broker"]["kind"], &status["broker"]["state"]), (&json!("off"), &json!("off")));
    assert!(status["broker"]["hint"].as_str().is_some_and(|hint| hint.contains("lobby.broker")), "{status}");
    let refused = hall.try_create("ada", tide_pools(4)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "unavailable"), "{}", refused.text);
    assert_eq!(hall.list().await, Vec::<Value>::new());
    assert_eq!(hall.regie.get("/readyz").await.status, 200);
    let ready: Value =
        serde_json::from_str(&std::fs::read_to_string(hall.regie.instance.join("ready.json")).unwrap())
            .unwrap();
    assert_eq!(ready.get("lobby"), None);
}

#[tokio::test]
async fn people_meet_although_the_broker_is_away() {
    let mut hall = Hall::with(&[("REGIE_LOBBY_BROKER", "mqtt://127.0.0.1:1")]).await;
    let status = hall.regie.until("/api/lobby", |status| status["broker"]["state"] == "away").await;
    assert!(status["broker"]["error"].as_str().is_some_and(|why| !why.is_empty()), "{status}");
    assert_eq!(
        (&status["broker"]["kind"], &status["broker"]["address"]),
        (&json!("external"), &json!("mqtt://127.0.0.1:1"))
    );
    let id = hall.create("ada", 4).await;
    assert_eq!(names(&hall.ok("ben", &id, "join").await), ["ada", "ben"]);
    assert_eq!(hall.regie.get("/readyz").await.status, 200);
    assert_eq!(hall.regie.terminate().await, Some(0), "it stops in time:\n{}", hall.regie.log());
}

#[tokio::test]
async fn a_port_that_is_taken_keeps_the_server_from_nothing_else() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let hall = Hall::with(&[("REGIE_LOBBY_LISTEN", &listen)]).await;
    let status = hall.regie.until("/api/lobby", |status| status["broker"]["state"] == "away").await;
    let why = status["broker"]["error"].as_str().unwrap();
    assert!(why.contains(&listen), "it names where: {status}");
    assert_eq!(hall.regie.get("/readyz").await.status, 200);
    drop(taken);
    hall.regie.until("/api/lobby", arbitrates).await;
}

#[tokio::test]
async fn settings_that_are_wrong_are_named_before_the_start() {
    for (variable, value, named) in [
        ("REGIE_LOBBY_BROKER", "http://127.0.0.1:1", "lobby.broker"),
        ("REGIE_LOBBY_CREATOR_GONE", "shrug", "lobby.creator_gone"),
        ("REGIE_LOBBY_PASSWORD", "hunter2-hunter2", "lobby.user"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = std::process::Command::new(Regie::binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--instance"])
            .arg(folder.path())
            .env(variable, value)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(named) && !said.contains("hunter2"), "{said}");
    }
}

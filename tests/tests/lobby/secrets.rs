use std::process::Command;

use regie_tests::Regie;
use reqwest::Method;
use serde_json::json;

use crate::support::Hall;

const SECRET: &str = "hunter2-hunter2";

#[tokio::test]
async fn the_brokers_password_is_shown_nowhere() {
    let url = format!("mqtt://games:{SECRET}@127.0.0.1:1");
    let environment = [("REGIE_LOBBY_BROKER", url.as_str()), ("REGIE_LOG", "trace")];
    let mut hall = Hall::with(&environment).await;
    let status = hall.regie.until("/api/lobby", |status| status["broker"]["state"] == "away").await;
    assert_eq!(status["broker"]["address"], "mqtt://127.0.0.1:1");
    let id = hall.create("ada", 4).await;
    let mut link = hall.link("ada").await;
    link.subscribe("lobby", json!({"as": "state"})).await;
    let told = link.until(|frame| frame["state"].is_object()).await.to_string();
    let mut shown = vec![("the live link".to_owned(), told)];
    for path in ["/api/lobby", "/api/lobby/sessions", "/readyz", "/metrics", "/api/admin/state"]
        .map(str::to_owned)
        .into_iter()
        .chain(["", "/history"].map(|rest| format!("/api/lobby/sessions/{id}{rest}")))
    {
        let answer = hall.call("admin", Method::GET, &path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        shown.push((path, answer.text));
    }
    assert_eq!(hall.regie.terminate().await, Some(0), "{}", hall.regie.log());
    shown.push(("the log".into(), hall.regie.log()));
    let settings = Command::new(Regie::binary())
        .args(["settings", "--instance"])
        .arg(&hall.regie.instance)
        .envs(environment)
        .env("REGIE_LOBBY_PASSWORD", SECRET)
        .env("REGIE_LOBBY_USER", "games")
        .output()
        .unwrap();
    let settings = String::from_utf8(settings.stdout).unwrap();
    assert!(
        settings.contains("@127.0.0.1:1    (REGIE_LOBBY_BROKER)"),
        "the rest of the address helps: {settings}"
    );
    shown.push(("settings".into(), settings));
    for (place, text) in shown {
        assert!(!text.contains(SECRET), "{place}: {text}");
    }
}

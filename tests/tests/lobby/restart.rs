//! Sessions outlive the server.

use std::{path::Path, process::Command};

use regie_tests::Regie;
use serde_json::json;

use crate::support::{Hall, arbitrates, names};

#[tokio::test]
async fn sessions_are_as_they_were_after_a_stop_and_after_a_kill() {
    let mut hall = Hall::open().await;
    let (id, other) = (hall.create("ada", 4).await, hall.create("cas", 4).await);
    let joined = hall.ok("ben", &id, "join").await;
    assert_eq!(hall.regie.terminate().await, Some(0), "{}", hall.regie.log());
    hall.regie.start_again().await;
    let after = hall.see("ben", &id).await;
    assert_eq!((names(&after), &after["state"]), (vec!["ada", "ben"], &json!("open")));
    assert_eq!((&after["created_at"], &after["mine"]), (&joined["created_at"], &json!(true)));
    hall.regie.until("/api/lobby", arbitrates).await;
    hall.ok("eve", &other, "join").await;
    hall.regie.kill();
    hall.regie.start_again().await;
    assert_eq!(names(&hall.see("eve", &other).await), ["cas", "eve"], "what was answered is kept");
    hall.regie.until("/api/lobby", arbitrates).await;
    assert_eq!(names(&hall.ok("ben", &id, "leave").await), ["ada"], "and it goes on");
}

#[tokio::test]
async fn a_backup_holds_the_sessions() {
    let hall = Hall::open().await;
    let id = hall.create("ada", 4).await;
    hall.ok("ben", &id, "join").await;
    let (archive, instance) = (hall.path("backup.regie"), hall.path("restored"));
    let run = |verb: &str, option: &str, instance: &Path| {
        let mut command = Command::new(Regie::binary());
        let output =
            command.args([verb, "--instance"]).arg(instance).arg(option).arg(&archive).output().unwrap();
        assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run("backup", "--to", &hall.regie.instance);
    run("restore", "--from", &instance);
    let mut second = Regie::on(instance, &[]);
    second.start().await;
    let restored = second.get(&format!("/api/lobby/sessions/{id}")).await;
    assert_eq!(names(&restored.json()), ["ada", "ben"], "{}", restored.text);
}

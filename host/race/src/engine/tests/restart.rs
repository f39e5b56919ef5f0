//! What a stop leaves, in order or not.

use serde_json::json;

use super::support::{Hall, START};
use crate::{
    Class, Who,
    model::{Config, RaceStatus},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_known_for_the_whole_race_also_after_a_restart() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    let step = || json!({"type": "step", "igt_ms": 100, "message_id": "m-1"});
    let (first, twin) = tokio::join!(hall.send(&id, 1, step()), hall.send(&id, 1, step()));
    assert!(!first.unwrap().repeated && twin.unwrap().repeated);
    assert!(!hall.send(&id, 2, step()).await.unwrap().repeated, "another player's is another message");
    let hall = hall.die(3_600_000).await;
    assert!(hall.send(&id, 1, step()).await.unwrap().repeated);
    assert_eq!(hall.steps(&id, Class::now(Who::Public)).await, json!({"1": 1, "2": 1}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_sudden_end() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    hall.step(&id, 1, 100).await;
    hall.send(&id, 1, json!({"type": "status_update", "igt_ms": 200, "message_id": "c"})).await.unwrap();
    hall.send(&id, 2, json!({"type": "status_update", "igt_ms": 300})).await.unwrap();
    let hall = hall.die(0).await;
    let shown = hall.engine.shown(&id, Class::now(Who::Public)).await.unwrap();
    let clock = |slot| shown.standings.participants.iter().find(|s| s.participant == slot).unwrap().igt_ms;
    assert_eq!((clock(1), clock(2)), (Some(200), None), "only what was told as stored is");
    assert_eq!(hall.steps(&id, Class::now(Who::Public)).await, json!({"1": 1, "2": 0}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_are_stored_when_the_server_stops() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    hall.send(&id, 1, json!({"type": "status_update", "igt_ms": 300})).await.unwrap();
    let hall = hall.restart(0).await;
    assert_eq!(hall.stored(&id).await["state"]["runners"]["1"]["igt_ms"], 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_countdown_that_ended_while_the_server_was_down_goes_at_once_as_it_was_announced() {
    let hall = Hall::open().await;
    let id = hall.race(2, Config::default()).await;
    hall.start(&id).await.unwrap();
    let hall = hall.die(600_000).await;
    hall.until(&id, RaceStatus::Running).await;
    let started = hall.engine.race(&id).unwrap().started_at.clone();
    assert_eq!(started, Some(regie_core::rfc3339(START + 10_000)));
}

//! What late viewers see: the race as it was.

use futures::StreamExt;
use serde_json::{Value, json};

use super::support::{Hall, next};
use crate::{
    Class, Event, Who,
    model::{Config, RaceStatus},
};

const LATE: Class = Class { who: Who::Public, delay: 30 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_viewer_sees_the_race_as_it_was_whenever_they_come() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    for igt in 1..=6 {
        hall.step(&id, 1, igt * 10_000).await;
        hall.clock.advance(10_000);
    }
    // Steps at 0, 10, … 50 s; now it is 60 s.
    assert_eq!(hall.steps(&id, Class::now(Who::Public)).await, json!({"1": 6}));
    assert_eq!(hall.steps(&id, LATE).await, json!({"1": 4}));
    assert_eq!(hall.steps(&id, Class { delay: 60, ..LATE }).await, json!({"1": 1}));
    // Two minutes ago there was the countdown: nothing is shown of it but who takes part.
    let before = hall.engine.shown(&id, Class { delay: 120, ..LATE }).await.unwrap();
    assert_ne!(before.race.status, RaceStatus::Running);
    assert!(before.revealed.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_followers_get_what_happened_when_its_time_has_come() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    hall.clock.advance(40_000);
    let follow = hall.engine.follow(&id, LATE).await.unwrap();
    let mut events = follow.events;
    hall.engine.look();
    hall.step(&id, 1, 1_000).await;
    hall.send(&id, 1, json!({"type": "say", "text": "one"})).await.unwrap();
    hall.change(&id, |race, now| race.finish(now)).await.unwrap();
    hall.clock.advance(29_000);
    hall.engine.look();
    assert_eq!(hall.steps(&id, LATE).await, json!({"1": 0}), "not yet");
    hall.clock.advance(2_000);
    hall.engine.look();
    let mut seen = Vec::new();
    while seen.len() < 3 {
        seen.push(
            next(&mut events, |event| match event {
                Event::Announce { text } => Some(json!(&**text)),
                Event::Status => Some(json!("status")),
                Event::Shown(shown) if shown.race.status == RaceStatus::Finished => {
                    let view: Value = serde_json::from_str(shown.view.get()).unwrap();
                    Some(view["steps"]["1"].clone())
                }
                _ => None,
            })
            .await,
        );
    }
    assert_eq!(seen, [json!("one"), json!("status"), json!(1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_shows_late_viewers_no_more() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    hall.step(&id, 1, 1_000).await;
    hall.clock.advance(40_000);
    hall.step(&id, 1, 2_000).await;
    let hall = hall.die(5_000).await;
    assert_eq!(hall.steps(&id, Class::now(Who::Public)).await, json!({"1": 2}));
    assert_eq!(hall.steps(&id, LATE).await, json!({"1": 1}));
    let long_ago = hall.engine.shown(&id, Class { delay: 120, ..LATE }).await.unwrap();
    assert_ne!(long_ago.race.status, RaceStatus::Running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_race_that_is_removed_is_told_and_let_go() {
    let hall = Hall::open().await;
    let id = hall.race(1, Config::default()).await;
    let mut events = hall.follow(&id, Who::Public).await;
    hall.engine.delete(&id, &super::support::org(), |_| Ok(())).await.unwrap();
    next(&mut events, |event| matches!(event, Event::Gone).then_some(())).await;
    assert!(events.next().await.is_none());
    assert!(hall.engine.race(&id).is_err());
}

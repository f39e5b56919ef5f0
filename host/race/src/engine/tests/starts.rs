//! Starts, finishes and what is taken back.

use serde_json::json;

use super::support::{Hall, next};
use crate::{
    Event, Who,
    model::{Config, ParticipantStatus, RaceStatus, StartAsked},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_starts_at_once_one_wins() {
    let hall = Hall::open().await;
    let id = hall.race(2, Config::default()).await;
    let start = || hall.change(&id, |race, now| race.start(StartAsked { force: true, at_ms: None }, now));
    let (first, second) = tokio::join!(start(), start());
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let race = hall.engine.race(&id).unwrap();
    assert_eq!((race.status, race.tries), (RaceStatus::Countdown, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_race_goes_at_its_moment_and_players_are_told_before_all_others() {
    let hall = Hall::open().await;
    let id = hall.race(2, Config::default()).await;
    let mut mods = hall.follow(&id, Who::Participant(1)).await;
    hall.start(&id).await.unwrap();
    let at_ms = next(&mut mods, |event| match event {
        Event::Start { at_ms, .. } => Some(*at_ms),
        _ => None,
    })
    .await;
    next(&mut mods, |event| matches!(event, Event::Status).then_some(())).await;
    assert_eq!(at_ms, super::support::START + 10_000);
    // A clock that was set back starts nothing, and one that jumps ahead starts it as it was announced.
    hall.clock.advance(-3_600_000);
    hall.engine.look();
    assert_eq!(hall.engine.race(&id).unwrap().status, RaceStatus::Countdown);
    hall.clock.advance(2 * 3_600_000);
    hall.until(&id, RaceStatus::Running).await;
    let first = next(&mut mods, |event| match event {
        Event::Notify { message, .. } => Some(message["type"].clone()),
        Event::Status => Some(json!("status")),
        _ => None,
    })
    .await;
    assert_eq!(first, "zone_update");
    let race = hall.engine.race(&id).unwrap();
    assert_eq!(race.started_at, Some(regie_core::rfc3339(at_ms)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_finish_ends_the_race_and_taking_it_back_reopens_it() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    let mut events = hall.follow(&id, Who::Public).await;
    hall.send(&id, 1, json!({"type": "finish", "igt_ms": 5_000})).await.unwrap();
    assert_eq!(hall.engine.race(&id).unwrap().status, RaceStatus::Running);
    hall.change(&id, |race, now| race.abandon(2, now)).await.unwrap();
    let race = hall.engine.race(&id).unwrap();
    assert_eq!(race.status, RaceStatus::Finished);
    assert_eq!(race.participants[0].status, ParticipantStatus::Finished);
    next(&mut events, |event| matches!(event, Event::Status).then_some(())).await;
    let late = hall.send(&id, 2, json!({"type": "finish", "igt_ms": 6_000})).await.unwrap_err();
    assert_eq!(&*late.code, "already_ended");
    hall.change(&id, |race, now| race.undo(2, now)).await.unwrap();
    let race = hall.engine.race(&id).unwrap();
    assert_eq!((race.status, race.finished_at.clone()), (RaceStatus::Running, None));
    hall.send(&id, 2, json!({"type": "finish", "igt_ms": 6_000})).await.unwrap();
    assert_eq!(hall.engine.race(&id).unwrap().status, RaceStatus::Finished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mode_that_is_gone_changes_nothing_and_shows_what_it_showed() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    hall.step(&id, 1, 1_000).await;
    let before = hall.engine.shown(&id, crate::Class::now(Who::Public)).await.unwrap();
    std::fs::remove_dir_all(hall.dir.path().join("plugins/race-probe")).unwrap();
    hall.plugins.rescan().await;
    let refused = hall.send(&id, 1, json!({"type": "step", "igt_ms": 2_000})).await.unwrap_err();
    assert_eq!(&*refused.code, "plugin_unavailable");
    let shown = hall.engine.shown(&id, crate::Class::now(Who::Public)).await.unwrap();
    assert_eq!(shown.view.get(), before.view.get());
    let never = hall.engine.shown(&id, crate::Class::now(Who::Caster)).await.unwrap();
    assert_eq!((never.standings.participants.len(), never.race.participants.len()), (0, 2));
}

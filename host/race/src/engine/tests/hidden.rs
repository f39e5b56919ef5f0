//! What nobody is to see, and what only some are.

use serde_json::{Value, json};

use super::support::Hall;
use crate::{
    Class, Who,
    model::{Config, PublicView, RaceStatus, Start},
};

const ALL: [Who; 6] =
    [Who::Public, Who::Nobody, Who::Caster, Who::Organizer, Who::Participant(1), Who::Participant(2)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_class_ever_sees_the_state() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    hall.step(&id, 1, 1_000).await;
    hall.send(&id, 1, json!({"type": "finish", "igt_ms": 2_000, "message_id": "x"})).await.unwrap();
    let secret = hall.stored(&id).await["state"]["secret"].as_str().unwrap().to_owned();
    let digest = hall.engine.race(&id).unwrap().seed_digest.clone().unwrap();
    let seed = hall.store.blob_get(&digest).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&seed).contains(&secret), "the test knows the secret");
    for round in 0..2 {
        for who in ALL {
            for delay in [0, 30] {
                let sees = hall.sees(&id, Class { who, delay }).await;
                assert!(!sees.contains(&secret), "{who:?} in round {round}: {sees}");
            }
        }
        hall.change(&id, |race, now| race.abandon(2, now)).await.ok();
    }
    assert_eq!(hall.engine.race(&id).unwrap().status, RaceStatus::Finished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_those_who_may_see_it_get_a_part_of_the_seed() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    let mut sees = Vec::new();
    for who in ALL {
        let shown = hall.engine.shown(&id, Class::now(who)).await.unwrap();
        sees.push(shown.revealed.as_ref().map(|(_, part)| part.get().to_owned()));
    }
    let map = || Some(json!({"map": "station"}).to_string());
    assert_eq!(sees, [map(), None, map(), map(), None, None]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_still_runs_does_not_read_who_has_finished_where_the_race_says_so() {
    let hall = Hall::open().await;
    let id = hall.running(3, Config { show_finished_names: false, ..Config::default() }).await;
    hall.send(&id, 1, json!({"type": "finish", "igt_ms": 2_000})).await.unwrap();
    for (who, reads) in
        [(Who::Participant(2), false), (Who::Participant(1), true), (Who::Public, true), (Who::Caster, true)]
    {
        let sees = hall.sees(&id, Class::now(who)).await;
        assert_eq!(sees.to_lowercase().contains("\"ada\""), reads, "{who:?}: {sees}");
    }
    assert!(hall.sees(&id, Class::now(Who::Participant(2))).await.contains("\"#1\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_runs_alone_sees_the_others_as_of_their_own_time() {
    let hall = Hall::open().await;
    let id = hall.race(2, Config { start: Start::Async, countdown_seconds: 0, ..Config::default() }).await;
    hall.change(&id, |race, now| race.start(crate::model::StartAsked::default(), now)).await.unwrap();
    for slot in [1, 2] {
        hall.change(&id, move |race, now| race.begin(slot, now)).await.unwrap();
    }
    hall.clock.advance(1_000);
    hall.engine.look();
    let playing = async {
        while hall.send(&id, 2, json!({"type": "status_update", "igt_ms": 1_500})).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), playing).await.expect("they play");
    for igt in [1_000, 2_000] {
        hall.step(&id, 1, igt).await;
    }
    let progress = |shown: &crate::Shown| -> Value {
        json!(shown.standings.participants.iter().find(|s| s.participant == 1).unwrap().progress)
    };
    let own = hall.engine.shown(&id, Class::now(Who::Participant(2))).await.unwrap();
    assert_eq!(progress(&own), 1.0);
    let all = hall.engine.shown(&id, Class::now(Who::Public)).await.unwrap();
    assert_eq!(progress(&all), 2.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_race_is_shown_as_of_any_of_its_moments() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    let unfinished = hall.engine.shown_at(&id, Class::now(Who::Public), 0).await.unwrap_err();
    assert_eq!(&*unfinished.code, "not_finished");
    for igt in [1_000, 2_000, 3_000] {
        hall.step(&id, 1, igt).await;
    }
    hall.change(&id, |race, now| race.finish(now)).await.unwrap();
    for (at, steps) in [(0, 0), (1_000, 1), (2_999, 2), (9_000, 3)] {
        let shown = hall.engine.shown_at(&id, Class::now(Who::Public), at).await.unwrap();
        let view: Value = serde_json::from_str(shown.view.get()).unwrap();
        assert_eq!(view["steps"]["1"], steps, "at {at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_reach_only_those_who_see_them() {
    use super::support::next;
    let hall = Hall::open().await;
    let id = hall.running(2, Config { public_view: PublicView::None, ..Config::default() }).await;
    hall.step(&id, 1, 10).await;
    let (mut nobody, mut caster) = (hall.follow(&id, Who::Nobody).await, hall.follow(&id, Who::Caster).await);
    hall.send(&id, 1, json!({"type": "status_update", "igt_ms": 20})).await.unwrap();
    let clock = |event: &crate::Event| matches!(event, crate::Event::Clock { .. }).then_some(true);
    assert!(next(&mut caster, clock).await);
    hall.change(&id, |race, now| race.finish(now)).await.unwrap();
    let first = next(&mut nobody, |event| match event {
        crate::Event::Clock { .. } => Some("clock"),
        crate::Event::Status => Some("status"),
        _ => None,
    })
    .await;
    assert_eq!(first, "status");
}

//! What players' games send.

use futures::future::join_all;
use regie_core::{ErrorKind, new_id};
use regie_live::Act;
use serde_json::{json, value::to_raw_value};

use super::support::{Hall, next, org};
use crate::{Class, Event, Who, model::Config};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_frames_is_applied_in_order_and_none_is_lost() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    let before = hall.engine.version(&id).unwrap();
    let frames = (0..100).map(|n| hall.send(&id, 1 + n % 2, json!({"type": "step", "igt_ms": n})));
    for accepted in join_all(frames).await {
        accepted.unwrap();
    }
    assert_eq!(hall.steps(&id, Class::now(Who::Public)).await, json!({"1": 50, "2": 50}));
    assert_eq!(hall.engine.version(&id).unwrap(), before + 100, "each is a version");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_frame_that_fails_is_refused_alone() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    let mut events = hall.follow(&id, Who::Participant(1)).await;
    let send = |message| hall.send(&id, 1, message);
    let (first, trap, refused, last) = tokio::join!(
        send(json!({"type": "step", "igt_ms": 1})),
        send(json!({"type": "trap", "igt_ms": 1})),
        send(json!({"type": "refuse"})),
        send(json!({"type": "step", "igt_ms": 2})),
    );
    assert!(first.is_ok() && last.is_ok());
    assert_eq!(trap.unwrap_err().kind, ErrorKind::PluginUnavailable);
    assert_eq!(&*refused.unwrap_err().code, "refused");
    // Effects of an attempt that was run again come once.
    let mut steps = Vec::new();
    while steps.last() != Some(&json!(2)) {
        steps.push(
            next(&mut events, |event| match event {
                Event::Notify { message, .. } => Some(message["node_id"].clone()),
                _ => None,
            })
            .await,
        );
    }
    assert_eq!(steps, [json!(1), json!(2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_no_clock_shows_are_refused() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    hall.step(&id, 1, 1_000).await;
    for (igt, code) in [
        (json!(-1), "bad_igt"),
        (json!(1.5), "bad_igt"),
        (json!("12"), "bad_igt"),
        (json!(9_007_199_254_740_992_u64), "bad_igt"),
        (json!(null), "missing_igt"),
        (json!(999), "igt_regressed"),
    ] {
        let refused = hall.send(&id, 1, json!({"type": "status_update", "igt_ms": igt})).await.unwrap_err();
        assert_eq!(&*refused.code, code, "{igt}");
    }
    let host = hall.send(&id, 1, json!({"type": "host:finish"})).await.unwrap_err();
    assert_eq!(host.kind, ErrorKind::Forbidden);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_is_told_at_once_and_stored_within_two_seconds_or_with_the_next_commit() {
    let hall = Hall::open().await;
    let id = hall.running(2, Config::default()).await;
    // The public has a picture in which this clock runs.
    hall.step(&id, 1, 500).await;
    let mut events = hall.follow(&id, Who::Public).await;
    let clock = json!({"type": "status_update", "igt_ms": 1_000, "death_count": 3});
    let version = hall.engine.version(&id).unwrap();
    hall.send(&id, 1, clock).await.unwrap();
    let told = next(&mut events, |event| match event {
        Event::Clock { slot, igt_ms, death_count } => Some((*slot, *igt_ms, *death_count)),
        _ => None,
    })
    .await;
    assert_eq!(told, (1, 1_000, Some(3)));
    assert_eq!(hall.stored(&id).await["state"]["runners"]["1"]["igt_ms"], 500);
    assert_eq!(hall.engine.version(&id).unwrap(), version);
    hall.step(&id, 2, 700).await;
    assert_eq!(hall.stored(&id).await["state"]["runners"]["1"]["igt_ms"], 1_000);

    hall.send(&id, 1, json!({"type": "status_update", "igt_ms": 2_000})).await.unwrap();
    hall.clock.advance(1_500);
    let stored = async {
        while hall.stored(&id).await["state"]["runners"]["1"]["igt_ms"] != 2_000 {
            hall.engine.look();
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), stored).await.expect("it is stored");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_action_of_a_page_is_done_once_for_its_key() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    let act = Act {
        key: new_id(),
        base_version: None,
        action: to_raw_value(&json!({"type": "step", "igt_ms": 7})).unwrap(),
    };
    let first = hall.engine.act(&id, &org(), Some(1), act.clone()).await.unwrap();
    assert_eq!(hall.engine.act(&id, &org(), Some(1), act).await.unwrap(), first);
    assert_eq!(hall.steps(&id, Class::now(Who::Public)).await, json!({"1": 1}));
    let refuse =
        Act { key: new_id(), base_version: None, action: to_raw_value(&json!({"type": "refuse"})).unwrap() };
    let refused = hall.engine.act(&id, &org(), Some(1), refuse).await.unwrap_err();
    assert_eq!((refused.error.kind, &*refused.error.code), (ErrorKind::Conflict, "plugin.refused"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_told_again_is_acknowledged_again_and_changes_nothing() {
    let hall = Hall::open().await;
    let id = hall.running(1, Config::default()).await;
    let clock = |igt, message| json!({"type": "status_update", "igt_ms": igt, "message_id": message});
    assert!(!hall.send(&id, 1, clock(500, "a")).await.unwrap().repeated);
    assert!(!hall.send(&id, 1, clock(900, "b")).await.unwrap().repeated);
    let version = hall.engine.version(&id).unwrap();
    assert!(hall.send(&id, 1, clock(500, "a")).await.unwrap().repeated);
    assert_eq!(hall.engine.version(&id).unwrap(), version);
    let stored = hall.stored(&id).await;
    assert_eq!(stored["state"]["runners"]["1"]["igt_ms"], 900);
    assert!(stored["participants"][0].get("seen").is_none(), "clocks do not fill the document: {stored}");
    let new = hall.send(&id, 1, clock(500, "c")).await.unwrap_err();
    assert_eq!(&*new.code, "igt_regressed", "another message with an old time is no repetition");
}

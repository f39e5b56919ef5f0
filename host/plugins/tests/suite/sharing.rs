//! Many calls at once: nobody innocent is trapped, and nobody is starved.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use regie_core::Shutdown;
use regie_plugins::{CallError, Limits};
use tokio::task::JoinSet;

use crate::{
    fixture::Guest,
    house::{House, on_air, raw, render},
};

/// A document whose render takes this many times 100,000 rounds of a loop.
fn working(rounds: u64) -> String {
    format!("\"w{}\"", "x".repeat(usize::try_from(rounds).unwrap()))
}

#[tokio::test]
async fn thirty_two_busy_callers_on_few_cores_trap_nobody_that_stays_within_its_cpu_time() {
    let mut house = House::new();
    // As many threads as callers, so that each call's wall time is many times its CPU time.
    house.limits.threads = 32;
    house.write_guest("test", &Guest::default());
    let plugins = house.start().await;
    let plugin = plugins.get("test").unwrap();

    // How much of this machine is about a third of the limit.
    plugin.render("measure", render(&raw(&working(50)))).await.unwrap();
    let once_us = plugin.timings()["render"].p50_us.max(1);
    let limit_us = u64::try_from(house.limits.call.as_micros()).unwrap();
    let state: Arc<str> = working((50 * limit_us / 3 / once_us).clamp(1, 100_000)).into();

    let mut callers = JoinSet::new();
    for n in 0..32 {
        let (plugin, state) = (plugin.clone(), state.clone());
        callers.spawn(async move {
            for _ in 0..3 {
                plugin.render(&n.to_string(), render(&raw(&state))).await.unwrap();
            }
        });
    }
    callers.join_all().await;
    let timing = &plugin.timings()["render"];
    assert_eq!((timing.count, timing.traps), (97, 0));
}

#[tokio::test]
async fn a_plugin_that_always_loops_does_not_starve_the_others() {
    let mut house = House::new();
    house.limits = Limits { threads: 2, ..house.limits };
    house.write_guest("looping", &Guest::default());
    house.write_guest("well", &Guest::default());
    let plugins = house.start().await;
    let (looping, well) = (plugins.get("looping").unwrap(), plugins.get("well").unwrap());

    let (left, mut loops) = (Arc::new(AtomicUsize::new(24)), JoinSet::new());
    for n in 0..24 {
        let (looping, left) = (looping.clone(), left.clone());
        loops.spawn(async move {
            assert!(looping.render(&n.to_string(), render(&raw("\"l\""))).await.is_err());
            left.fetch_sub(1, Ordering::SeqCst);
        });
    }
    for _ in 0..20 {
        well.render("d", render(&raw("\"\""))).await.unwrap();
    }
    assert!(left.load(Ordering::SeqCst) > 0, "twenty short calls waited for all of the long ones");
    loops.join_all().await;
    assert_eq!(looping.timings()["render"].traps, 24);
}

#[tokio::test]
async fn a_server_that_stops_ends_the_calls_that_run_and_those_that_wait() {
    let mut house = House::new();
    let hour = Duration::from_secs(3600);
    house.limits = Limits { threads: 2, call: hour, last_calls: Duration::ZERO, ..house.limits };
    house.write_guest("test", &Guest::default());
    let shutdown = Shutdown::new();
    let plugins = house.start_until(&shutdown).await;
    let plugin = plugins.get("test").unwrap();
    let mut loops = JoinSet::new();
    for n in 0..8 {
        let plugin = plugin.clone();
        loops.spawn(async move { plugin.render(&n.to_string(), render(&raw("\"l\""))).await });
    }
    tokio::task::yield_now().await;
    assert!(shutdown.drain(hour).await);
    assert!(loops.join_all().await.into_iter().all(|ended| ended == Err(CallError::Gone)));
    assert_eq!(plugin.catalog("en").await.unwrap_err(), CallError::Gone);
}

#[tokio::test]
async fn a_caller_that_has_gone_leaves_no_work_behind() {
    let (_house, _plugins, plugin) = on_air(&Guest::default()).await;
    let mut gone = JoinSet::new();
    for n in 0..64 {
        let plugin = plugin.clone();
        gone.spawn(async move { plugin.render(&n.to_string(), render(&raw("\"l\""))).await });
    }
    // Lets each of them put its call into the queue.
    tokio::task::yield_now().await;
    gone.shutdown().await;
    plugin.render("d", render(&raw("\"\""))).await.unwrap();
    assert!(plugin.timings()["render"].traps < 64);
}

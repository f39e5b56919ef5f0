//! What a hook costs in its sandbox, against the same code native; and whether anyone is trapped who needs less than the limit.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use regie_plugins::{Limits, Plugin, load_package};
use regie_sdk::protocol::{
    ActionContext, ActionEnvelope, ActorContext, Participant, PresetRequest, RenderRequest,
};
use serde_json::{Map, json, value::RawValue};
use tracker_ssr::Ssr;

const CALLS: usize = 2_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let load = |id: &'static str| load(folder.path(), id);
    compare(&load("tracker-ssr").await).await;
    busy(load("tracker-probe").await).await;
}

async fn load(folder: &Path, id: &str) -> Plugin {
    load_package(&regie_tests::package(id), &folder.join("cache"), &Limits::default())
        .await
        .expect("it was built and checked")
}

async fn compare(plugin: &Plugin) {
    let preset = plugin.preset("bench", preset()).await.expect("it has a preset");
    let state = &*preset.state;
    let update = json!({"state": state, "actions": [envelope(json!({"slot": 1, "item": "bow", "count": 2}))], "settings": {}}).to_string();
    let picture = json!({"state": state, "surface": "overlay:default", "locale": "en", "can_edit": false, "participants": participants(),
        "settings": {}, "assets": "/plugins/x/"})
    .to_string();
    println!("document of {} bytes, {CALLS} calls each, medians:", state.get().len());
    let instantiate = median(|| {
        plugin.instantiate().expect("it links");
    });
    println!("  instantiate            {}", micros(instantiate));
    let native = median(|| drop(regie_sdk::hooks::update(&Ssr, &update)));
    let mut calls = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let began = Instant::now();
        let action = envelope(json!({"slot": 1, "item": "bow", "count": 2}));
        plugin.update("bench", state, None, vec![action]).await.expect("a good action");
        calls.push(began.elapsed());
    }
    row("update", middle(calls), native, plugin.timings()["update"].p50_us);
    let native = median(|| drop(regie_sdk::hooks::render(&Ssr, &picture)));
    let mut calls = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let began = Instant::now();
        plugin.render("bench", render(state)).await.expect("it draws");
        calls.push(began.elapsed());
    }
    row("render and sanitise", middle(calls), native, plugin.timings()["render"].p50_us);
}

fn row(name: &str, sandboxed: Duration, native: Duration, cpu_us: u64) {
    let ratio = sandboxed.as_secs_f64() / native.as_secs_f64();
    println!(
        "  {name:<22} {}, {cpu_us} µs of CPU; native {}, ratio {ratio:.1}",
        micros(sandboxed),
        micros(native)
    );
}

/// 32 callers at once, each call about half of what it may take: on two cores each waits many times its limit.
async fn busy(plugin: Plugin) {
    let plugin = Arc::new(plugin);
    let preset = plugin.preset("bench", preset()).await.expect("it has a preset");
    let state: Arc<RawValue> = preset.state.into();
    let mut rounds = 100_000_u64;
    let took = loop {
        let began = Instant::now();
        work(&plugin, &state, rounds).await.expect("it is far from the limit");
        let took = began.elapsed();
        if took > Duration::from_millis(15) {
            break took;
        }
        rounds *= 2;
    };
    let calls = (0..32).map(|_| {
        let (plugin, state) = (plugin.clone(), state.clone());
        tokio::spawn(async move {
            let mut trapped = 0;
            let mut longest = Duration::ZERO;
            for _ in 0..8 {
                let began = Instant::now();
                trapped += u32::from(work(&plugin, &state, rounds).await.is_err());
                longest = longest.max(began.elapsed());
            }
            (trapped, longest)
        })
    });
    let done = futures::future::join_all(calls).await;
    let done: Vec<_> = done.into_iter().map(|call| call.expect("callers do not panic")).collect();
    let trapped: u32 = done.iter().map(|(trapped, _)| trapped).sum();
    let longest = done.iter().map(|(_, longest)| *longest).max().unwrap_or_default();
    println!(
        "32 busy callers, 256 calls of {:.0} ms of CPU (limit 50): trapped {trapped}; the longest took {:.0} ms in all",
        took.as_secs_f64() * 1e3,
        longest.as_secs_f64() * 1e3
    );
}

async fn work(plugin: &Plugin, state: &RawValue, rounds: u64) -> Result<(), String> {
    let answer =
        plugin.update("bench", state, None, vec![envelope(json!({"do": "work", "rounds": rounds}))]).await;
    match answer {
        Ok(answer) => answer.results[0].fault.as_ref().map_or(Ok(()), |fault| Err(fault.message.clone())),
        Err(error) => Err(error.to_string()),
    }
}

fn median(mut call: impl FnMut()) -> Duration {
    let times = (0..CALLS).map(|_| {
        let began = Instant::now();
        call();
        began.elapsed()
    });
    middle(times.collect())
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

fn participants() -> Vec<Participant> {
    (1..=2).map(|slot| Participant { slot, label: format!("Player {slot}") }).collect()
}

fn preset() -> PresetRequest<Box<RawValue>> {
    PresetRequest { participants: participants(), settings: Map::new(), seed: None, random: "0".repeat(64) }
}

fn envelope(action: serde_json::Value) -> ActionEnvelope<Box<RawValue>> {
    let actor = ActorContext { id: "u".into(), name: "Ada".into(), role: "editor".into(), participant: None };
    let ctx = ActionContext { now_ms: 0, random: "0".repeat(64), actor, participants: participants() };
    ActionEnvelope { action: serde_json::value::to_raw_value(&action).expect("plain data"), ctx }
}

fn render(state: &RawValue) -> RenderRequest<&RawValue, &RawValue> {
    RenderRequest {
        state,
        derived: None,
        revealed: None,
        surface: "overlay:default".into(),
        slot: None,
        locale: "en".into(),
        can_edit: false,
        participants: participants(),
        settings: Map::new(),
        assets: String::new(),
    }
}

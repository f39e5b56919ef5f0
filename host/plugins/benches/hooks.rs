//! What a call of a hook costs: the instance alone, a call with no work, and an update of a small document, each through the
//! queue and a hook thread as pages and lanes do it.

use criterion::{Criterion, criterion_group, criterion_main};
use regie_plugins::{Limits, Plugin, load_package};
use regie_sdk::protocol::{ActionContext, ActionEnvelope, ActorContext, PresetRequest, RenderRequest};
use serde_json::{Map, value::RawValue};

#[path = "../tests/suite/fixture.rs"]
mod fixture;

/// A package to measure instead of the fixture, and an action that its `update` accepts.
const PACKAGE: &str = "REGIE_BENCH_PACKAGE";
const ACTION: &str = "REGIE_BENCH_ACTION";

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.into()).expect("the action is JSON")
}

fn hooks(criterion: &mut Criterion) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    let dir = tempfile::tempdir().expect("there is a temporary folder");
    let package = std::env::var_os(PACKAGE).map_or_else(|| write_fixture(dir.path()), Into::into);
    let action = std::env::var(ACTION).unwrap_or_else(|_| "\"a\"".into());
    let (cache, limits) = (dir.path().join("cache"), Limits::default());
    let plugin =
        runtime.block_on(load_package(&package, &cache, &limits)).unwrap_or_else(|error| panic!("{error}"));
    let state = state(&runtime, &plugin);

    criterion.bench_function("instantiate", |b| b.iter(|| plugin.instantiate()));
    criterion.bench_function("catalog", |b| b.iter(|| runtime.block_on(plugin.catalog("en")).map(|_| ())));
    criterion.bench_function(&format!("update/{}", state.get().len()), |b| {
        b.iter(|| {
            runtime.block_on(plugin.update("bench", &state, None, vec![envelope(&action)])).map(|_| ())
        });
    });
    criterion.bench_function(&format!("render/{}", state.get().len()), |b| {
        b.iter(|| runtime.block_on(plugin.render("bench", render(&state))).map(|_| ()));
    });
    for (hook, timing) in plugin.timings() {
        println!(
            "{hook}: CPU of the hook thread p50 {} us, p99 {} us, {} traps",
            timing.p50_us, timing.p99_us, timing.traps
        );
    }
}

/// The package's own preset; the fixture's is empty, so a document of 2.7 KB stands in.
fn state(runtime: &tokio::runtime::Runtime, plugin: &Plugin) -> Box<RawValue> {
    let request = PresetRequest {
        participants: participants(),
        settings: Map::new(),
        seed: None,
        random: "0".repeat(64),
    };
    let preset = runtime.block_on(plugin.preset("bench", request)).unwrap_or_else(|error| panic!("{error}"));
    if preset.state.get() == "\"\"" { raw(&format!("\"{}\"", "x".repeat(2_700))) } else { preset.state }
}

fn participants() -> Vec<regie_sdk::protocol::Participant> {
    (1..=2).map(|slot| regie_sdk::protocol::Participant { slot, label: format!("Player {slot}") }).collect()
}

fn envelope(action: &str) -> ActionEnvelope<Box<RawValue>> {
    let actor =
        ActorContext { id: String::new(), name: "Ada".into(), role: "editor".into(), participant: None };
    let ctx = ActionContext { now_ms: 0, random: "0".repeat(64), actor, participants: participants() };
    ActionEnvelope { action: raw(action), ctx }
}

fn render(state: &RawValue) -> RenderRequest<&RawValue, &RawValue> {
    RenderRequest {
        state,
        derived: None,
        revealed: None,
        surface: "live".into(),
        slot: None,
        locale: "en".into(),
        can_edit: true,
        participants: participants(),
        settings: Map::new(),
        assets: String::new(),
    }
}

fn write_fixture(dir: &std::path::Path) -> std::path::PathBuf {
    let package = dir.join("bench");
    std::fs::create_dir(&package).expect("the temporary folder is writable");
    let manifest =
        "id = \"bench\"\nname = \"Bench\"\nkind = \"tracker\"\nversion = \"1.0.0\"\napi = \"1.0\"\n";
    std::fs::write(package.join("plugin.toml"), manifest).expect("the temporary folder is writable");
    let wasm = fixture::Guest::default().component();
    std::fs::write(package.join("plugin.wasm"), wasm).expect("the temporary folder is writable");
    package
}

criterion_group!(benches, hooks);
criterion_main!(benches);

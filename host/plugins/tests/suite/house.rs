//! An instance's drop folder with plugins in it.

use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use regie_core::Shutdown;
use regie_plugins::{Limits, OpenSession, Options, Plugin, Plugins, Sessions};
use regie_sdk::protocol::{ActionContext, ActionEnvelope, ActorContext, RenderRequest};
use serde_json::{Map, Value, value::RawValue};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::fixture::Guest;

pub fn manifest(id: &str) -> String {
    format!("id = \"{id}\"\nname = \"Test\"\nkind = \"tracker\"\nversion = \"1.0.0\"\napi = \"1.0\"\n")
}

pub struct House {
    pub dir: tempfile::TempDir,
    pub settings: Arc<Mutex<Map<String, Value>>>,
    pub open: Arc<Mutex<Vec<OpenSession>>>,
    pub limits: Limits,
}

/// What tests say is open.
struct Open(Arc<Mutex<Vec<OpenSession>>>);

#[async_trait::async_trait]
impl Sessions for Open {
    async fn open_of(&self, _: &str) -> Vec<OpenSession> {
        self.0.lock().clone()
    }
}

impl House {
    pub fn new() -> Self {
        // The shortest settling there is keeps the suite quick; what settling means is tested with its own clock.
        let limits = Limits { settle: Duration::from_millis(50), ..Limits::default() };
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("plugins")).unwrap();
        Self { dir, settings: Arc::default(), open: Arc::default(), limits }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("plugins").join(name)
    }

    pub fn write(&self, name: &str, manifest: &str, wasm: &[u8]) {
        let dir = self.path(name);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("plugin.toml"), manifest).unwrap();
        fs::write(dir.join("plugin.wasm"), wasm).unwrap();
    }

    /// Lays a file of the operator's over the plugin `test`.
    pub fn lay_over(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let file = self.dir.path().join("overrides/test").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    pub fn write_guest(&self, id: &str, guest: &Guest) {
        self.write(id, &manifest(id), &guest.component());
    }

    pub async fn start(&self) -> Arc<Plugins> {
        self.start_until(&Shutdown::new()).await
    }

    pub async fn start_until(&self, shutdown: &Shutdown) -> Arc<Plugins> {
        let settings = self.settings.clone();
        let options = Options {
            dir: self.dir.path().join("plugins"),
            overrides: self.dir.path().join("overrides"),
            cache: self.dir.path().join("cache"),
            limits: self.limits.clone(),
            settings: Arc::new(move |_| settings.lock().clone()),
            sessions: Arc::new(Open(self.open.clone())),
        };
        Plugins::start(options, shutdown).await.unwrap()
    }
}

/// With one plugin, `test`, on the air.
pub async fn on_air(guest: &Guest) -> (House, Arc<Plugins>, Arc<Plugin>) {
    let house = House::new();
    house.write_guest("test", guest);
    let plugins = house.start().await;
    let plugin = plugins.get("test").unwrap_or_else(|| panic!("{:?}", plugins.statuses()));
    (house, plugins, plugin)
}

/// Waits until `met` holds; it is asked again with every change.
pub async fn until(plugins: &Plugins, met: impl Fn(&Plugins) -> bool) {
    let mut changes = plugins.changes();
    let waiting = async {
        while !met(plugins) {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting)
        .await
        .unwrap_or_else(|_| panic!("it never came: {:?}", plugins.statuses()));
}

pub fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.into()).unwrap()
}

pub fn render(state: &RawValue) -> RenderRequest<&RawValue, &RawValue> {
    RenderRequest {
        state,
        derived: None,
        revealed: None,
        surface: "live".into(),
        slot: None,
        locale: "en".into(),
        can_edit: false,
        participants: Vec::new(),
        settings: Map::new(),
        assets: String::new(),
    }
}

pub fn actions(words: &[&str]) -> Vec<ActionEnvelope<Box<RawValue>>> {
    let actor =
        ActorContext { id: String::new(), name: "Ada".into(), role: "editor".into(), participant: None };
    let ctx = ActionContext { now_ms: 0, random: "0".repeat(64), actor, participants: Vec::new() };
    let envelope = |word: &&str| ActionEnvelope { action: raw(&format!("\"{word}\"")), ctx: ctx.clone() };
    words.iter().map(envelope).collect()
}

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

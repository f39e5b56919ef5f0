//! Drives a plugin natively exactly as the host does: JSON text in, JSON text out, every call made twice to see that it
//! answers the same.
//!
//! ```no_run
//! # use regie_sdk::{testing::Kit, Plugin};
//! # fn tests<K, P: Plugin<K>>(plugin: P) {
//! let mut kit = Kit::new(plugin).participants(["Alice", "Bob"]).start();
//! kit.click("live", "Bow, 0 of 3");
//! kit.page("live").button("Bow, 1 of 3");
//! kit.assert_total(&[serde_json::json!({"item": "bow", "slot": 1, "step": 1})], 500);
//! # }
//! ```
//!
//! What goes wrong panics, with the answer in the message: this module is for tests.

mod hostile;
mod page;
mod preview;

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::{Value, json};

use crate::protocol::{
    ActionResult, Fault, PresetAnswer, ProjectAnswer, RaceStatus, Settings, Standings, UpdateAnswer,
    ViewerClass,
};
use crate::{Plugin, hooks};

pub use hostile::Hostile;
pub use page::{Element, Page};
pub use preview::Preview;

/// A session: a plugin, its document and what the host would say about it.
pub struct Kit<P, K> {
    plugin: P,
    participants: Vec<Value>,
    settings: Settings,
    locale: String,
    now_ms: i64,
    pub can_edit: bool,
    pub slot: Option<u32>,
    /// Slot of who acts, where that is one of the participants.
    pub actor: Option<u32>,
    pub state: Value,
    pub derived: Option<Value>,
    /// Where the race stands, for a race mode.
    pub race: RaceStatus,
    /// Statuses of the participants of a race, by slot; `playing` where there is none.
    pub statuses: BTreeMap<u32, String>,
    /// For whom a race is projected before it is rendered.
    pub viewer: ViewerClass,
    kind: PhantomData<K>,
}

impl<K, P: Plugin<K>> Kit<P, K> {
    pub fn new(plugin: P) -> Self {
        Self {
            plugin,
            participants: vec![json!({"slot": 1, "label": "Alice"})],
            settings: Settings::new(),
            locale: "en".into(),
            now_ms: 1_770_000_000_000,
            can_edit: true,
            slot: None,
            actor: None,
            state: Value::Null,
            derived: None,
            race: RaceStatus {
                status: "running".into(),
                started_at: Some("2026-02-02T02:40:00Z".into()),
                started_at_ms: Some(1_770_000_000_000),
            },
            statuses: BTreeMap::new(),
            viewer: ViewerClass { role: "public".into(), ..ViewerClass::default() },
            kind: PhantomData,
        }
    }

    /// Labels, in the order of their slots from 1.
    pub fn participants<L: Into<String>>(mut self, labels: impl IntoIterator<Item = L>) -> Self {
        self.participants = (1..)
            .zip(labels)
            .map(|(slot, label): (u32, L)| json!({"slot": slot, "label": label.into()}))
            .collect();
        self
    }

    pub fn locale(mut self, locale: &str) -> Self {
        locale.clone_into(&mut self.locale);
        self
    }

    pub fn setting(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.settings.insert(key.into(), value.into());
        self
    }

    pub fn viewer(mut self) -> Self {
        self.can_edit = false;
        self
    }

    /// Looks at a race as this class of viewers.
    pub fn seen_by(mut self, role: &str, participant: Option<u32>) -> Self {
        self.viewer = ViewerClass { role: role.into(), participant, igt_ms: None };
        self
    }

    /// Runs `preset`.
    pub fn start(self) -> Self {
        self.start_from(None).unwrap_or_else(|fault| panic!("preset refused: {fault:?}"))
    }

    /// Runs `preset` with a seed or template.
    ///
    /// # Errors
    /// What the plugin refused.
    pub fn start_from(mut self, seed: Option<Value>) -> Result<Self, Fault> {
        let mut request =
            json!({"participants": self.participants, "settings": self.settings, "random": "5".repeat(64)});
        if let Some(seed) = seed {
            request["seed"] = seed;
        }
        let answer = self.call("preset", hooks::preset, &request)?;
        let answer: PresetAnswer<Value, Value, Value> = serde_json::from_str(&answer).expect("preset answer");
        self.state = answer.state;
        self.derived = answer.derived;
        Ok(self)
    }

    pub fn catalog(&self) -> Value {
        let request = json!({"locale": self.locale, "settings": self.settings});
        let answer = self.call("catalog", hooks::catalog, &request);
        serde_json::from_str(&answer.unwrap_or_else(|fault| panic!("catalog refused: {fault:?}")))
            .expect("catalog is JSON")
    }

    /// One action; its result, refused or not.
    pub fn act(&mut self, action: Value) -> ActionResult {
        self.act_all([action]).remove(0)
    }

    /// A batch, applied in one call.
    pub fn act_all(&mut self, actions: impl IntoIterator<Item = Value>) -> Vec<ActionResult> {
        let actions: Vec<Value> = actions
            .into_iter()
            .map(|action| {
                self.now_ms += 1_000;
                let mut actor = json!({"id": "u1", "name": "Tester", "role": "editor"});
                if let Some(slot) = self.actor {
                    actor["participant"] = slot.into();
                }
                json!({"action": action, "ctx": {
                    "now_ms": self.now_ms, "random": "a".repeat(64), "participants": self.participants, "actor": actor}})
            })
            .collect();
        let mut request = json!({"state": self.state, "actions": actions, "settings": self.settings});
        if let Some(derived) = &self.derived {
            request["derived"] = derived.clone();
        }
        let answer = self
            .call("update", hooks::update, &request)
            .unwrap_or_else(|fault| panic!("update refused the whole batch: {fault:?}\n{request}"));
        let answer: UpdateAnswer<Value> = serde_json::from_str(&answer).expect("update answer");
        assert_eq!(answer.results.len(), actions.len(), "one result an action");
        if !answer.results.iter().any(|result| result.changed) {
            assert_eq!(answer.state, self.state, "nothing was said to change");
        }
        self.state = answer.state;
        answer.results
    }

    /// An action that must be accepted and change something.
    pub fn change(&mut self, action: Value) -> ActionResult {
        let result = self.act(action.clone());
        assert!(result.changed && result.fault.is_none(), "{action} should change something: {result:?}");
        result
    }

    /// An action that must be refused; the fault. The state is checked to be what it was.
    pub fn refusal(&mut self, action: Value) -> Fault {
        let before = self.state.clone();
        let result = self.act(action.clone());
        assert_eq!(self.state, before, "a refused action left a trace: {action}");
        result.fault.unwrap_or_else(|| panic!("{action} should be refused"))
    }

    pub fn html(&self, surface: &str) -> String {
        self.render(surface).unwrap_or_else(|fault| panic!("render of {surface} refused: {fault:?}"))
    }

    /// # Errors
    /// What the plugin refused: the host rejects a hand edit of the document by it.
    pub fn render(&self, surface: &str) -> Result<String, Fault> {
        let state = if P::PROJECTS { self.project()?.view } else { self.state.clone() };
        let mut request = json!({
            "state": state, "surface": surface, "locale": self.locale, "can_edit": self.can_edit,
            "participants": self.participants, "settings": self.settings, "assets": "/plugins/test/0/"});
        if let Some(derived) = &self.derived {
            request["derived"] = derived.clone();
        }
        if let Some(slot) = self.slot {
            request["slot"] = slot.into();
        }
        self.call("render", hooks::render, &request)
    }

    /// How everybody stands, in a race.
    ///
    /// # Errors
    /// What the mode refused.
    pub fn standings(&self) -> Result<Standings, Fault> {
        let answer = self.call("standings", hooks::standings, &self.around_race())?;
        Ok(serde_json::from_str(&answer).expect("standings answer"))
    }

    /// What `viewer` may see, in a race.
    ///
    /// # Errors
    /// What the mode refused.
    pub fn project(&self) -> Result<ProjectAnswer<Value>, Fault> {
        let mut request = self.around_race();
        request["standings"] = json!(self.standings()?);
        request["viewer"] = json!(self.viewer);
        let answer = self.call("project", hooks::project, &request)?;
        Ok(serde_json::from_str(&answer).expect("project answer"))
    }

    fn around_race(&self) -> Value {
        let mut racers = self.participants.clone();
        for (slot, racer) in (1..).zip(&mut racers) {
            racer["status"] = self.statuses.get(&slot).map_or("playing", String::as_str).into();
        }
        let mut request = json!({
            "state": self.state, "participants": racers, "race": self.race, "now_ms": self.now_ms,
            "settings": self.settings});
        if let Some(derived) = &self.derived {
            request["derived"] = derived.clone();
        }
        request
    }

    /// What `render` answers, read and checked against what the host lets pass.
    pub fn page(&self, surface: &str) -> Page {
        Page::read(&self.html(surface))
    }

    /// Clicks the one button of that accessible name.
    pub fn click(&mut self, surface: &str, name: &str) -> ActionResult {
        let action = self.page(surface).button(name).action("data-do");
        self.act(action)
    }

    /// The same with the other button of the mouse.
    pub fn click_alt(&mut self, surface: &str, name: &str) -> ActionResult {
        let action = self.page(surface).button(name).action("data-do-alt");
        self.act(action)
    }

    /// Throws actions at `update` that nobody should send, made from `examples`, and checks after each that it answers, that
    /// a refusal left no trace and that what came out can be shown.
    pub fn assert_total(&mut self, examples: &[Value], rounds: usize) {
        for action in Hostile::new(examples).take(rounds) {
            let before = self.state.clone();
            let result = self.act(action.clone());
            if result.fault.is_some() {
                assert_eq!(self.state, before, "a refused action left a trace: {action}");
            }
            assert!(!(result.changed && result.fault.is_some()), "changed and refused: {action}");
            drop(self.page("live"));
        }
    }

    fn call(
        &self,
        hook: &str,
        run: impl Fn(&P, &str) -> Result<String, Fault>,
        request: &Value,
    ) -> Result<String, Fault> {
        let request = request.to_string();
        let first = run(&self.plugin, &request);
        assert_eq!(first, run(&self.plugin, &request), "{hook} answered the same request differently");
        first
    }
}

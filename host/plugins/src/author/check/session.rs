//! One session: its preset, its pages, and what clicks and worse do to it.

use std::collections::BTreeSet;

use regie_sdk::protocol::{
    ActionContext, ActionEnvelope, ActionResult, ActorContext, Participant, PresetRequest, RenderRequest,
    UpdateAnswer,
};
use serde_json::{Map, Value, value::RawValue};

use super::actions::{self, Random};
use super::{Options, Report};
use crate::html::outline::{Element, outline};
use crate::manifest::Kind;
use crate::seen::Seen;
use crate::{CallError, Plugin};

pub(super) struct Session<'c> {
    pub plugin: &'c Plugin,
    pub report: &'c mut Report,
    /// All words of the catalog.
    pub words: &'c BTreeSet<String>,
    pub random: Random,
    pub participants: u32,
    pub now_ms: i64,
    /// Surfaces on which anything was seen.
    pub shown: &'c mut BTreeSet<String>,
    /// Each call is of another document, so that the breaker never speaks for a call that was not made.
    pub calls: usize,
}

/// Actions of one call.
const BATCH: usize = 8;

/// Actions that are remembered to be broken.
const OWN: usize = 400;

/// Faults of one kind that are named before the rest goes without saying.
const NAMED: usize = 5;

/// What the host would store.
pub(super) struct Document {
    pub state: Box<RawValue>,
    pub derived: Option<Box<RawValue>>,
    pub seed: Option<Box<RawValue>>,
}

/// Which picture of it.
#[derive(Clone, Copy)]
struct Picture<'p> {
    surface: &'p str,
    locale: &'p str,
    slot: Option<u32>,
    can_edit: bool,
}

impl Session<'_> {
    pub(super) async fn run(&mut self, options: &Options) {
        let Some(mut document) = self.preset().await else { return };
        self.tables(&document.state);
        self.migrates(&document.state, document.derived.as_deref()).await;
        self.pages(&document).await;
        let mut own = Vec::new();
        if self.plugin.manifest().kind == Kind::Race {
            let Some(next) = self.life(&document).await else { return };
            document.state = next;
            own = actions::frames();
        }
        let mut done = 0;
        while done < options.clicks {
            let Some(page) = self.page(&document).await else { return };
            let offered = actions::offered(&page);
            if offered.is_empty() {
                // A race may be run by players' games alone.
                if self.plugin.manifest().kind != Kind::Race {
                    self.report.warn("the live page offers editors no action");
                }
                break;
            }
            self.name(&offered);
            let batch: Vec<Value> = (0..BATCH).filter_map(|_| self.random.pick(&offered).cloned()).collect();
            done += batch.len();
            let Some(next) = self.act(&document, &batch, true).await else { return };
            document.state = next;
            own.extend(offered);
            own.truncate(OWN);
        }
        for _ in 0..options.hostile / BATCH {
            let batch: Vec<Value> = (0..BATCH).map(|_| actions::hostile(&own, &mut self.random)).collect();
            let Some(next) = self.act(&document, &batch, false).await else { return };
            document.state = next;
        }
        self.pages(&document).await;
    }

    pub(super) fn document(&mut self) -> String {
        self.calls += 1;
        format!("check-{}", self.calls)
    }

    pub(super) fn people(&self) -> Vec<Participant> {
        // Labels are people's: they must come out as text.
        let label =
            |slot| if slot == 2 { "<b>Bob & \"Co\"</b>".to_owned() } else { format!("Player {slot}") };
        (1..=self.participants).map(|slot| Participant { slot, label: label(slot) }).collect()
    }

    async fn preset(&mut self) -> Option<Document> {
        let request = PresetRequest {
            participants: self.people(),
            settings: Map::new(),
            seed: None,
            random: self.random.hex(),
        };
        let document = self.document();
        let first = self.plugin.preset(&document, request.clone()).await;
        let second = self.plugin.preset(&document, request).await;
        match (first, second) {
            (Ok(first), Ok(second)) => {
                let same =
                    |a: Option<&RawValue>, b: Option<&RawValue>| a.map(RawValue::get) == b.map(RawValue::get);
                if first.state.get() != second.state.get()
                    || !same(first.derived.as_deref(), second.derived.as_deref())
                {
                    self.report.error("`preset` answers differently to the same request; chance comes from its `random` only");
                }
                Some(Document { state: first.state, derived: first.derived, seed: first.seed })
            }
            (Err(CallError::Fault(fault)), _) if self.plugin.manifest().kind == Kind::Race => {
                self.report.warn(format!(
                    "`preset` needs a seed ({}), so pages and actions were not tried",
                    fault.message
                ));
                None
            }
            (Err(error), _) | (_, Err(error)) => {
                self.report.error(format!("`preset` with {} participant(s): {error}", self.participants));
                None
            }
        }
    }

    /// The preset's state as if an older version had written it: `migrate` may refuse it, and must not fail on it.
    async fn migrates(&mut self, state: &RawValue, derived: Option<&RawValue>) {
        let version = self.plugin.manifest().state_version;
        if version < 2 {
            return;
        }
        if !self.plugin.has_migrate() {
            self.report.error(format!(
                "plugin.toml says state_version = {version}, and the plugin exports no `migrate`: documents of version {} could not be \
                 opened any more; write it (`export!(…, migrate)` in Rust, `migrate` in JavaScript)",
                version - 1
            ));
            return;
        }
        let document = self.document();
        match self.plugin.migrate(&document, version - 1, state, derived).await {
            Ok(_) => {}
            Err(CallError::Fault(fault)) => self.report.warn(format!(
                "`migrate` refuses the preset's own state as one of version {} ({}); test it with documents that you published",
                version - 1,
                fault.message
            )),
            Err(error) => self.report.error(format!(
                "`migrate` of a document of state_version {} fails: {error}{}; what it cannot read is refused with a fault",
                version - 1,
                self.last_words()
            )),
        }
    }

    /// What the plugin said last before it failed.
    pub(super) fn last_words(&self) -> String {
        let logs = self.plugin.logs();
        let line = logs.iter().rev().find(|line| line.level == "error");
        line.map_or(String::new(), |line| format!(" ({})", shown(&Value::from(first_line(&line.message)))))
    }

    /// Objects that are tables by id: where most keys are the catalog's, all should be.
    fn tables(&mut self, state: &RawValue) {
        let state: Value = serde_json::from_str(state.get()).unwrap_or_default();
        let mut open = vec![&state];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(values) => open.extend(values),
                Value::Object(map) => {
                    let (known, unknown): (Vec<_>, Vec<_>) =
                        map.keys().partition(|key| self.words.contains(*key));
                    if known.len() > 3 && known.len() > unknown.len() {
                        for key in unknown {
                            self.report.warn(format!("the preset's state has `{key}` among ids of the catalog, which does not have it"));
                        }
                    }
                    open.extend(map.values());
                }
                _ => {}
            }
        }
    }

    fn name(&mut self, offered: &[Value]) {
        for (field, word) in offered.iter().flat_map(actions::named) {
            if !self.words.contains(word) {
                self.report.error(format!("a page offers the {field} `{word}`, which is not in the catalog"));
            }
        }
    }

    /// Every class of viewers, surface, locale, slot and right, twice.
    async fn pages(&mut self, document: &Document) {
        let manifest = self.plugin.manifest();
        for look in self.looks() {
            let Some(seen) = self.see(document, &look).await else { return };
            let bases = manifest.bases().filter(|_| seen.revealed.is_some());
            let surfaces: Vec<_> = manifest.surfaces().into_iter().chain(bases).collect();
            let slots = [None, Some(1), Some(self.participants)];
            for (surface, locale) in surfaces
                .iter()
                .flat_map(|surface| manifest.locales.iter().map(move |locale| (surface, locale)))
            {
                for (slot, can_edit) in slots.iter().flat_map(|slot| [(*slot, false), (*slot, true)]) {
                    let picture = Picture { surface, locale, slot, can_edit };
                    if self.drawn_twice(document, &seen, picture).await.is_none() {
                        return;
                    }
                }
            }
        }
    }

    async fn drawn_twice(
        &mut self,
        document: &Document,
        seen: &Seen<'_>,
        picture: Picture<'_>,
    ) -> Option<()> {
        let at = format!("`{}` ({})", picture.surface, picture.locale);
        let first = self.render(document, seen, picture, &at).await?;
        let second = self.render(document, seen, picture, &at).await?;
        if first != second {
            self.report.error(format!("{at} renders differently for the same request"));
        }
        let page = outline(&first);
        if page.iter().any(is_seen) || (page.is_empty() && !first.trim().is_empty()) {
            self.shown.insert(picture.surface.to_owned());
        }
        self.accessible(&page, &at, picture.can_edit);
        Some(())
    }

    fn accessible(&mut self, page: &[Element], at: &str, can_edit: bool) {
        for element in page {
            let acts = element.get("data-do").or(element.get("data-do-alt"));
            let nameless = element.name().is_empty();
            match element.tag.as_str() {
                "button" if nameless => {
                    self.report.error(format!(
                        "{at}: a button has no accessible name ({})",
                        acts.unwrap_or("no action")
                    ));
                }
                "img" if element.get("alt").is_none() => {
                    let src = element.get("src").unwrap_or("no src").to_owned();
                    self.report.error(format!(
                        "{at}: the picture {src} has no `alt` (empty where its neighbour says it)"
                    ));
                }
                _ if element.get("role") == Some("img")
                    && element.get("aria-label").is_none_or(|label| label.trim().is_empty()) =>
                {
                    self.report.error(format!("{at}: a `role=\"img\"` has no `aria-label`"));
                }
                _ => {}
            }
            let base = self.plugin.assets_url();
            if let Some(path) = element.get("src").and_then(|src| src.strip_prefix(base.as_str()))
                && self.plugin.asset(path).is_none()
            {
                self.report.error(format!("{at}: shows assets/{path}, which is not in the package"));
            }
            if let Some(action) = acts
                && !can_edit
            {
                self.report.warn(format!("{at}: offers {action} to people who may not edit"));
            }
        }
    }

    /// What editors see of it, in turn as each class of viewers.
    async fn page(&mut self, document: &Document) -> Option<Vec<Element>> {
        let looks = self.looks();
        let look = self.random.pick(&looks).cloned()?;
        let seen = self.see(document, &look).await?;
        let picture = Picture { surface: "live", locale: "en", slot: None, can_edit: true };
        let html = self.render(document, &seen, picture, "`live` after actions").await?;
        Some(outline(&html))
    }

    async fn render(
        &mut self,
        document: &Document,
        seen: &Seen<'_>,
        picture: Picture<'_>,
        at: &str,
    ) -> Option<String> {
        let request = RenderRequest {
            state: &*seen.view,
            derived: document.derived.as_deref(),
            revealed: seen.revealed.clone().filter(|_| picture.surface.ends_with(":base")),
            surface: picture.surface.into(),
            slot: picture.slot,
            locale: picture.locale.into(),
            can_edit: picture.can_edit,
            participants: self.people(),
            settings: Map::new(),
            assets: String::new(),
        };
        let name = self.document();
        match self.plugin.render(&name, request).await {
            Ok(rendered) => Some(rendered.html),
            Err(error) => {
                self.report.error(format!("{at}: {error}"));
                None
            }
        }
    }

    /// The state after a batch, which is run twice. `None` where it is not worth going on.
    pub(super) async fn act(
        &mut self,
        document: &Document,
        batch: &[Value],
        offered: bool,
    ) -> Option<Box<RawValue>> {
        let (state, derived) = (&*document.state, document.derived.as_deref());
        let mut envelopes = Vec::new();
        for action in batch {
            self.now_ms += i64::try_from(self.random.below(5000)).unwrap_or(0);
            let participant = Some(1).filter(|_| self.random.below(3) == 0);
            let ctx = ActionContext {
                now_ms: self.now_ms,
                random: self.random.hex(),
                actor: ActorContext {
                    id: "check".into(),
                    name: "Check".into(),
                    role: "editor".into(),
                    participant,
                },
                participants: self.people(),
            };
            let action = RawValue::from_string(action.to_string()).expect("a JSON value prints as JSON");
            envelopes.push(ActionEnvelope { action, ctx });
        }
        let first = self.update(state, derived, envelopes.clone()).await?;
        self.judge(batch, &first, state, offered);
        if first.results.iter().any(trapped) || self.report.findings.len() > 20 * NAMED {
            // The breaker would have the next word.
            return None;
        }
        let second = self.update(state, derived, envelopes).await?;
        if first.state.get() != second.state.get() || first.results != second.results {
            self.report
                .error(format!("`update` answers differently to the same request: {}", shown(&batch[0])));
        }
        Some(first.state)
    }

    async fn update(
        &mut self,
        state: &RawValue,
        derived: Option<&RawValue>,
        envelopes: Vec<ActionEnvelope<Box<RawValue>>>,
    ) -> Option<UpdateAnswer<Box<RawValue>>> {
        let document = self.document();
        let answer = self.plugin.update(&document, state, derived, envelopes).await;
        answer.map_err(|error| self.report.error(format!("`update`: {error}"))).ok()
    }

    fn judge(
        &mut self,
        batch: &[Value],
        answer: &UpdateAnswer<Box<RawValue>>,
        before: &RawValue,
        offered: bool,
    ) {
        // Once something changed, the page that offered the rest is no longer the one that people see.
        let mut fresh = offered;
        for (action, result) in batch.iter().zip(&answer.results) {
            self.report.actions += 1;
            fresh &= !result.changed;
            let Some(fault) = &result.fault else { continue };
            self.report.refused += 1;
            if trapped(result) {
                let words = self.last_words();
                self.report.error(format!(
                    "`update` fails on {}{words}; a wrong action is refused with a fault, within the time of a call",
                    shown(action)
                ));
            } else if fresh {
                self.report.warn(format!(
                    "a page offers {}, which is refused: {} ({})",
                    shown(action),
                    fault.message,
                    fault.code
                ));
            }
        }
        if answer.results.iter().all(|result| !result.changed) && answer.state.get() != before.get() {
            self.report.error(format!(
                "`update` says that nothing changed, and answers another state: {}",
                shown(&batch[0])
            ));
        }
    }
}

/// Whether a person sees (or hears of) this element.
fn is_seen(element: &Element) -> bool {
    let drawn = matches!(element.tag.as_str(), "img" | "svg" | "video" | "meter" | "progress" | "hr");
    drawn
        || !element.text.trim().is_empty()
        || ["aria-label", "role", "style"].iter().any(|name| element.get(name).is_some())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn shown(action: &Value) -> String {
    let text = action.to_string();
    if text.chars().count() <= 160 { text } else { text.chars().take(160).chain(['…']).collect() }
}

fn trapped(result: &ActionResult) -> bool {
    result.fault.as_ref().is_some_and(|fault| fault.code == "action_trapped")
}

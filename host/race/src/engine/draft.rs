//! The next version of a race in the making: transitions, what its mode makes of actions, and the effects of that. Nothing of it
//! counts until it is committed, and an attempt that is not leaves no trace.

use std::sync::Arc;

use regie_core::{Actor, Error, ErrorKind, Result};
use regie_plugins::Plugin;
use regie_sdk::protocol::{ActionContext, ActionEnvelope, ActionResult, ActorContext, Effect};
use regie_store::{Answer, Entry, EntryKind};
use serde::Serialize;
use serde_json::{json, value::RawValue};

use super::{document::Held, json::raw, moment::labels};
use crate::{
    Event,
    model::{Change, Now, Race, Told},
};

/// An action with the context it is run in, whatever the attempt.
pub(super) type Envelope = ActionEnvelope<Box<RawValue>>;

pub(super) struct Draft {
    pub race: Race,
    pub state: Arc<RawValue>,
    pub derived: Option<Arc<RawValue>>,
    pub version: u64,
    pub now: Now,
    pub entries: Vec<Entry>,
    pub answers: Vec<Answer>,
    /// For followers, once it is durable.
    pub events: Vec<Event>,
    /// Something is to be stored besides answers.
    pub changed: bool,
}

/// What history keeps of an accepted action.
#[derive(Serialize)]
struct Detail<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'a str>,
    action: &'a RawValue,
    ctx: &'a ActionContext,
    result: &'a ActionResult,
}

impl Draft {
    pub fn of(held: &Held, now: Now) -> Self {
        Self {
            race: Race::clone(&held.race),
            state: held.state.clone(),
            derived: held.derived.clone(),
            version: held.version,
            now,
            entries: Vec::new(),
            answers: Vec::new(),
            events: Vec::new(),
            changed: false,
        }
    }

    /// Brings the state up to the package's version. Errors: `conflict` with code `state_too_new`.
    pub async fn migrate(&mut self, plugin: &Plugin) -> Result<()> {
        let (from, to) = (self.race.state_version, plugin.manifest().state_version);
        if from > to {
            return Err(Error::new(
                ErrorKind::PluginUnavailable,
                format!("this race was written by a newer version of its mode (state_version {from})"),
            )
            .code("state_too_new"));
        }
        if from == to {
            return Ok(());
        }
        let migrated = plugin.migrate(&self.race.id, from, &self.state, self.derived.as_deref()).await?;
        self.state = migrated.state.into();
        if let Some(derived) = migrated.derived {
            self.derived = Some(derived.into());
        }
        self.race.state_version = to;
        let detail = json!({"from": from, "to": to, "plugin_version": plugin.manifest().version});
        self.enter(EntryKind::Migration, &raw(&ActorContext::host()), &detail);
        Ok(())
    }

    /// Runs actions. What they do to the state stands; results and effects are the caller's.
    pub async fn update(&mut self, plugin: &Plugin, envelopes: Vec<Envelope>) -> Result<Vec<ActionResult>> {
        if envelopes.is_empty() {
            return Ok(Vec::new());
        }
        let answer = plugin.update(&self.race.id, &self.state, self.derived.as_deref(), envelopes).await?;
        self.state = answer.state.into();
        Ok(answer.results)
    }

    /// A transition that was applied to `race`: its mode hears of it, and what follows from that happens too.
    /// Errors: a newcomer whom the mode refuses; `plugin_unavailable` where it fails.
    pub async fn transit(&mut self, plugin: Option<&Plugin>, by: &Actor, change: Change) -> Result<()> {
        if change.is_nothing() {
            return Ok(());
        }
        self.changed = true;
        let heard = self.hear(plugin, &change.tell).await?;
        for (told, result) in change.tell.iter().zip(&heard) {
            let Some(fault) = &result.fault else { continue };
            if fault.code == "action_trapped" {
                return Err(Error::new(
                    ErrorKind::PluginUnavailable,
                    "the mode of this race failed; nothing was changed",
                )
                .hint("the plugin's log has the reason"));
            }
            if told.kind == "host:join" {
                return Err(Error::conflict(fault.message.clone()).code(format!("plugin.{}", fault.code)));
            }
            tracing::warn!(
                race = self.race.id,
                told = told.kind,
                fault = fault.code,
                "the mode refuses what happened"
            );
        }
        let detail =
            json!({"words": change.words, "told": change.tell.iter().map(|t| t.kind).collect::<Vec<_>>()});
        self.enter(change.kind, &raw(by), &detail);
        self.effects(plugin, heard).await;
        self.events.extend(change.events);
        Ok(())
    }

    /// Accepted actions become lines of the history.
    pub fn accept(&mut self, envelope: &Envelope, result: &ActionResult) {
        let words = result.words.as_deref();
        let detail = Detail { words, action: &envelope.action, ctx: &envelope.ctx, result };
        self.enter(EntryKind::Action, &raw(&envelope.ctx.actor), &detail);
    }

    /// What the mode wants done. A finish may end the race, of which the mode hears; its effects count, too.
    pub async fn effects(&mut self, plugin: Option<&Plugin>, results: Vec<ActionResult>) {
        let mut effects: Vec<_> = results.into_iter().flat_map(|result| result.effects).collect();
        // Each round ends somebody's race or the whole one, so this is more than there can be.
        for _ in 0..=self.race.participants.len() + 1 {
            let mut change = Change::nothing();
            for effect in std::mem::take(&mut effects) {
                match effect {
                    Effect::Notify { participant, message } => {
                        self.events.push(Event::Notify { slot: participant, message: Arc::new(message) });
                    }
                    Effect::Announce { text } => self.events.push(Event::Announce { text: text.into() }),
                    Effect::Finished { participant } => match self.race.finished(participant, &self.now) {
                        Ok(finished) => change = change.then(finished),
                        Err(error) => {
                            tracing::debug!(race = self.race.id, participant, %error, "a finish that does not count");
                        }
                    },
                }
            }
            if let Some(settled) = self.race.settle(&self.now) {
                change = change.then(settled);
            }
            if change.is_nothing() {
                return;
            }
            self.changed = true;
            let detail = json!({"words": change.words});
            self.enter(change.kind, &raw(&ActorContext::host()), &detail);
            match self.hear(plugin, &change.tell).await {
                Ok(results) => effects.extend(results.into_iter().flat_map(|result| result.effects)),
                Err(error) => {
                    tracing::warn!(race = self.race.id, %error, "the mode did not hear how the race ended");
                }
            }
            self.events.extend(change.events);
        }
    }

    async fn hear(&mut self, plugin: Option<&Plugin>, tell: &[Told]) -> Result<Vec<ActionResult>> {
        if tell.is_empty() {
            return Ok(Vec::new());
        }
        let plugin = plugin.ok_or_else(|| away(&self.race.mode))?;
        let envelopes = tell.iter().map(|told| {
            let action = match told.slot {
                Some(slot) => json!({"type": told.kind, "slot": slot}),
                None => json!({"type": told.kind}),
            };
            self.envelope(raw(&action), ActorContext::host())
        });
        let envelopes = envelopes.collect();
        self.update(plugin, envelopes).await
    }

    pub fn envelope(&self, action: Box<RawValue>, actor: ActorContext) -> Envelope {
        let ctx = ActionContext {
            now_ms: self.now.ms,
            random: regie_core::random_hex(32),
            actor,
            participants: labels(&self.race),
        };
        ActionEnvelope { action, ctx }
    }

    fn enter(&mut self, kind: EntryKind, actor: &RawValue, detail: &impl Serialize) {
        self.changed = true;
        self.version += 1;
        self.entries.push(Entry {
            version: self.version,
            at_ms: self.now.ms,
            kind,
            actor: actor.to_owned(),
            detail: raw(detail),
        });
    }
}

trait Host {
    /// The host itself, as plugins see it.
    fn host() -> Self;
}

impl Host for ActorContext {
    fn host() -> Self {
        Self { id: String::new(), name: String::new(), role: "host".into(), participant: None }
    }
}

pub(super) fn away(mode: &str) -> Error {
    Error::new(ErrorKind::PluginUnavailable, format!("the mode `{mode}` is not loaded"))
        .hint("the page of plugins says why; what was entered is safe")
}

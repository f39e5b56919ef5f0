//! Everything in a document's life but actions: it is made, migrated, set back, brought back, renamed, removed. Undo does
//! not run actions again across any of these.

use std::sync::Arc;

use regie_core::{Actor, Error, ErrorKind, Result, rfc3339};
use regie_plugins::Plugin;
use regie_sdk::protocol::{Participant, PresetAnswer, PresetRequest};
use regie_store::{Document, Entry, EntryKind, Write};
use serde::Serialize;
use serde_json::{
    json,
    value::{RawValue, to_raw_value},
};

use super::{NewSession, Session, Sessions, auto, raw};

/// What a document is set back to.
#[derive(Debug)]
pub enum From {
    /// What it started as.
    Start,
    /// The plugin's default.
    Default,
    /// A preset: its slug and what the plugin reads.
    Preset(String, Box<RawValue>),
}

/// What a new document's state is.
struct Made {
    state: Box<RawValue>,
    derived: Option<Box<RawValue>>,
    random: String,
}

impl Sessions {
    /// Sets the document back; what it was stays in the history. Answers the new version.
    pub async fn reset(self: &Arc<Self>, key: &str, actor: &Actor, from: From) -> Result<u64> {
        let actor = actor.clone();
        self.in_lane(key, |sessions, key| {
            Box::pin(async move { sessions.reset_in_lane(&key, &actor, from).await })
        })
        .await
    }

    /// Brings back what stood at `version`, also after the document was removed.
    /// Errors: `not_found` where the history does not have it, `conflict` where it is another plugin's.
    pub async fn restore(self: &Arc<Self>, key: &str, actor: &Actor, version: u64) -> Result<u64> {
        let actor = actor.clone();
        self.in_lane(key, move |sessions, key| {
            Box::pin(async move {
                let detail = json!({"version": version});
                sessions.restore_in_lane(&key, &actor, version, &detail, Vec::new()).await
            })
        })
        .await
    }

    /// What stood at `version`, read from the history.
    pub async fn at_version(&self, key: &str, version: u64) -> Result<Session> {
        let document = self.bucket.get(key).await?;
        if let Some(document) = document.filter(|d| d.version == version) {
            return self.parse(&document);
        }
        let body = match self.bucket.at_version(key, version).await? {
            Some(body) => body,
            None => return self.replayed(key, version).await,
        };
        Session::parse(self.family.shape(), &body)
    }

    /// Labels, slots or other fields of the host's changed: the document follows.
    pub async fn sync(self: &Arc<Self>, key: &str) -> Result<()> {
        self.in_lane(key, |sessions, key| Box::pin(async move { sessions.sync_in_lane(&key).await })).await
    }

    /// Moves the document to the history; its file goes, its versions stay.
    pub async fn remove(self: &Arc<Self>, key: &str, actor: &Actor, why: &'static str) -> Result<()> {
        let actor = actor.clone();
        self.in_lane(key, move |sessions, key| {
            Box::pin(async move { sessions.remove_in_lane(&key, &actor, why).await })
        })
        .await
    }

    /// The document goes on under another key.
    pub async fn rename(self: &Arc<Self>, from: &str, to: &str, actor: &Actor) -> Result<()> {
        let (actor, to) = (actor.clone(), to.to_owned());
        self.in_lane(from, move |sessions, from| {
            Box::pin(async move { sessions.rename_in_lane(&from, &to, &actor).await })
        })
        .await
    }

    /// [`Self::ensure`], from inside the lane.
    pub(super) async fn ensure_in_lane(&self, key: &str) -> Result<Document> {
        let place = self.family.place(key)?;
        if let Some(document) = self.bucket.get(key).await? {
            let session = self.parse(&document)?;
            if place.fits(&session) {
                return self.migrated(key, document, session).await;
            }
            self.remove_in_lane(key, &Actor::anonymous(), "another tracker type").await?;
        }
        self.create(key).await
    }

    async fn create(&self, key: &str) -> Result<Document> {
        let start = self.family.start(key).await?;
        let place = self.family.place(key)?;
        let plugin = self.plugin(&start.plugin)?;
        let participants = place.participants.unwrap_or_default();
        let made = self.made(key, &plugin, &participants, start.seed).await?;
        let detail = json!({"random": made.random, "plugin": plugin.id(), "plugin_version": plugin.manifest().version});
        let session = NewSession {
            plugin: start.plugin,
            version: self.next_version(key).await?,
            state_version: plugin.manifest().state_version,
            participants,
            state: made.state,
            derived: made.derived,
            head: place.head,
        };
        self.store_new(key, session, EntryKind::Create, &Actor::anonymous(), &detail).await
    }

    /// Stores a document that was not there. One that somebody else made meanwhile is as good.
    pub(crate) async fn store_new(
        &self,
        key: &str,
        new: NewSession,
        kind: EntryKind,
        actor: &Actor,
        detail: &impl Serialize,
    ) -> Result<Document> {
        let session = Session::new(self.family.shape(), new);
        let write = explained(&session, self.clock.now_ms(), kind, actor, detail);
        let document = match self.bucket.create(key, write).await {
            Ok(document) => document,
            Err(error) if error.kind == ErrorKind::Conflict => self.bucket.get(key).await?.ok_or(error)?,
            Err(error) => return Err(error),
        };
        self.changed(key);
        Ok(document)
    }

    pub(crate) async fn next_version(&self, key: &str) -> Result<u64> {
        Ok(self.bucket.history(key, None, 1).await?.first().map_or(0, |entry| entry.version) + 1)
    }

    /// What the plugin makes of `seed` for these participants.
    async fn made(
        &self,
        key: &str,
        plugin: &Plugin,
        participants: &[Participant],
        seed: Option<Box<RawValue>>,
    ) -> Result<Made> {
        let request = |seed, random: &str| PresetRequest {
            participants: participants.to_vec(),
            settings: plugin.settings(),
            seed,
            random: random.to_owned(),
        };
        let random = regie_core::random_hex(32);
        let answer = plugin.preset(key, request(seed.clone(), &random)).await?;
        let mut state = answer.state;
        // A plugin that does not read its seed gets the preset's state as it is.
        if let Some(whole) = seed.as_deref().and_then(whole_state) {
            let plain: PresetAnswer<Box<RawValue>, Box<RawValue>, Box<RawValue>> =
                plugin.preset(key, request(None, &random)).await?;
            if plain.state.get() == state.get() {
                state = whole;
            }
        }
        Ok(Made { state, derived: answer.derived, random })
    }

    /// Brings a document of an older `state_version` to the plugin's own, as a barrier that keeps the old version.
    async fn migrated(&self, key: &str, document: Document, mut session: Session) -> Result<Document> {
        if !self.outdated(&session) {
            return Ok(document);
        }
        let plugin = self.plugin(&session.plugin)?;
        let wanted = plugin.manifest().state_version;
        let from = session.state_version;
        let answer = plugin.migrate(key, from, &session.state, session.derived.as_deref()).await?;
        session.state = answer.state;
        session.derived = answer.derived.or(session.derived);
        session.state_version = wanted;
        let detail = json!({"from": from, "to": wanted, "plugin_version": plugin.manifest().version});
        self.put(key, &document, session, EntryKind::Migration, &Actor::anonymous(), &detail).await
    }

    /// Commits `session` as the next version of `document`, and tells viewers.
    pub(crate) async fn put(
        &self,
        key: &str,
        document: &Document,
        mut session: Session,
        kind: EntryKind,
        actor: &Actor,
        detail: &impl Serialize,
    ) -> Result<Document> {
        session.version = document.version + 1;
        let at_ms = self.clock.now_ms().max(document.at_ms);
        let write = explained(&session, at_ms, kind, actor, detail);
        let document = self.bucket.put(key, document.revision, write).await?;
        self.changed(key);
        Ok(document)
    }

    async fn reset_in_lane(&self, key: &str, actor: &Actor, from: From) -> Result<u64> {
        let document = self.ensure_in_lane(key).await?;
        let mut session = self.parse(&document)?;
        let plugin = self.plugin(&session.plugin)?;
        let (kind, seed, detail) = match from {
            From::Start => (EntryKind::Reset, self.family.start(key).await?.seed, json!({})),
            From::Default => (EntryKind::Reset, None, json!({})),
            From::Preset(slug, seed) => (EntryKind::Preset, Some(seed), json!({"preset": slug})),
        };
        let made = self.made(key, &plugin, &session.participants, seed).await?;
        session.state = made.state;
        session.derived = made.derived;
        session.state_version = plugin.manifest().state_version;
        session.remove_field(auto::FIELD);
        Ok(self.put(key, &document, session, kind, actor, &detail).await?.version)
    }

    pub(super) async fn restore_in_lane(
        &self,
        key: &str,
        actor: &Actor,
        version: u64,
        detail: &impl Serialize,
        answers: Vec<regie_store::Answer>,
    ) -> Result<u64> {
        let place = self.family.place(key)?;
        let mut session = self.at_version(key, version).await?;
        if !place.fits(&session) {
            return Err(Error::conflict(format!("version {version} is a document of `{}`", session.plugin))
                .hint("choose that tracker for the panel first"));
        }
        let plugin = self.plugin(&session.plugin)?;
        if session.state_version > plugin.manifest().state_version {
            return Err(Error::conflict(format!(
                "version {version} was written by a newer version of the plugin (state_version {})",
                session.state_version
            ))
            .code("state_too_new"));
        }
        // Slots and labels are the host's: they stay as they are now.
        if let Some(participants) = place.participants {
            session.participants = participants;
        }
        for (name, value) in &place.head {
            session.set_field(name, value);
        }
        let current = self.bucket.get(key).await?;
        let now_ms = self.clock.now_ms();
        let write = |version, at_ms| {
            let mut session = session.clone();
            session.version = version;
            let mut write = explained(&session, at_ms, EntryKind::Restore, actor, detail);
            write.answers = answers;
            write
        };
        let stored = match current {
            Some(current) => {
                let write = write(current.version + 1, now_ms.max(current.at_ms));
                self.bucket.put(key, current.revision, write).await?
            }
            None => self.bucket.create(key, write(self.next_version(key).await?, now_ms)).await?,
        };
        self.changed(key);
        Ok(stored.version)
    }

    async fn sync_in_lane(&self, key: &str) -> Result<()> {
        let place = self.family.place(key)?;
        let Some(document) = self.bucket.get(key).await? else { return Ok(()) };
        let mut session = self.parse(&document)?;
        let participants = place.participants.unwrap_or_else(|| session.participants.clone());
        let head_stays = place
            .head
            .iter()
            .all(|(name, value)| session.field::<serde_json::Value>(name).is_ok_and(|field| field == *value));
        if session.participants == participants && head_stays {
            return Ok(());
        }
        session.participants = participants;
        for (name, value) in &place.head {
            session.set_field(name, value);
        }
        let detail = json!({"participants": session.participants});
        self.put(key, &document, session, EntryKind::Labels, &Actor::anonymous(), &detail).await?;
        Ok(())
    }

    pub(super) async fn remove_in_lane(&self, key: &str, actor: &Actor, why: &str) -> Result<()> {
        let topics = self.family.topics(key);
        let Some(document) = self.bucket.get(key).await? else { return Ok(()) };
        let entry = Entry {
            version: document.version + 1,
            at_ms: self.clock.now_ms().max(document.at_ms),
            kind: EntryKind::Delete,
            actor: raw(actor),
            detail: raw(&json!({"why": why})),
        };
        self.bucket.delete(key, document.revision, entry).await?;
        for topic in topics {
            self.hub.removed(&topic);
        }
        Ok(())
    }

    async fn rename_in_lane(&self, from: &str, to: &str, actor: &Actor) -> Result<()> {
        let Some(document) = self.bucket.get(from).await? else { return Ok(()) };
        let mut session = self.parse(&document)?;
        for (name, value) in &self.family.place(to)?.head {
            session.set_field(name, value);
        }
        session.version = self.next_version(to).await?;
        let detail = json!({"moved_from": from, "version": document.version});
        let write = explained(&session, self.clock.now_ms(), EntryKind::Create, actor, &detail);
        self.bucket.create(to, write).await?;
        self.changed(to);
        self.remove_in_lane(from, actor, "moved").await
    }
}

/// A write of the whole document, explained by one entry.
pub(crate) fn explained(
    session: &Session,
    at_ms: i64,
    kind: EntryKind,
    actor: &Actor,
    detail: &impl Serialize,
) -> Write {
    let entry = Entry { version: session.version, at_ms, kind, actor: raw(actor), detail: raw(detail) };
    Write {
        body: session.body(&rfc3339(at_ms)),
        version: session.version,
        at_ms,
        entries: vec![entry],
        answers: Vec::new(),
    }
}

/// The state of a seed that is a whole one.
fn whole_state(seed: &RawValue) -> Option<Box<RawValue>> {
    #[derive(serde::Deserialize)]
    struct Whole {
        state: Box<RawValue>,
    }
    serde_json::from_str::<Whole>(seed.get()).ok().map(|whole| whole.state)
}

/// `{"state": …}`, as a plugin's `preset` reads a preset.
pub(crate) fn seed_of(state: &RawValue) -> Box<RawValue> {
    to_raw_value(&json!({"state": state})).expect("raw JSON serialises")
}

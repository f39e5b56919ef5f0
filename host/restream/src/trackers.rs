//! Tracker sessions: the one function that creates them, and everything a lane does but actions.

use std::sync::Arc;

use regie_core::{Actor, Clock, Error, ErrorKind, Result, rfc3339};
use regie_live::{Act, Hub, Refused};
use regie_plugins::{Plugin, Plugins};
use regie_sdk::protocol::{Participant, PresetRequest, RenderRequest};
use regie_store::{Bucket, Document, Entry, EntryKind, HandEdit, Write};
use serde::Serialize;
use serde_json::{
    json,
    value::{RawValue, to_raw_value},
};
use tokio::sync::oneshot;

use crate::{
    act,
    directory::Directory,
    lane::{ActJob, Job, Lanes, Worker},
    model::NONE,
    session::{NewSession, Session, parse_session_key, session_key, session_topic},
    source::app_changes,
};

pub struct Trackers {
    pub(crate) sessions: Arc<dyn Bucket>,
    pub(crate) plugins: Arc<Plugins>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) lanes: Lanes,
}

/// What a panel is made of, looked up once.
pub(crate) struct Place {
    pub restream_id: u64,
    pub slug: String,
    pub panel: String,
    pub tracker_type: String,
    pub participants: Vec<Participant>,
}

impl Trackers {
    /// The session of a panel; created if this is the first visit of any of its pages, streams or endpoints.
    /// Errors: `not_found` where the panel has no tracker, `plugin_unavailable` where its plugin cannot make one.
    pub async fn ensure(self: &Arc<Self>, restream_id: u64, panel: &str) -> Result<Document> {
        let key = session_key(restream_id, panel);
        let place = self.place(&key)?;
        if let Some(document) = self.sessions.get(&key).await?
            && let Ok(session) = Session::parse(&document.body)
            && session.tracker_type == place.tracker_type
            && !self.outdated(&session)
        {
            return Ok(document);
        }
        self.ask(&key, Job::Ensure).await
    }

    /// Applies an action, once for its key. The caller has checked the role.
    pub async fn act(
        self: &Arc<Self>,
        key: &str,
        actor: Actor,
        act: Act,
    ) -> std::result::Result<u64, Refused> {
        check_action(&act)?;
        let (reply, answer) = oneshot::channel();
        self.lanes.send(key, self.clone(), Job::Act(ActJob { actor, act, reply }))?;
        answer.await.map_err(|_| stopping())?
    }

    /// Labels or slots of a restream changed: its sessions follow.
    pub async fn sync_participants(self: &Arc<Self>, restream_id: u64, panel: &str) -> Result<()> {
        self.ask(&session_key(restream_id, panel), Job::Participants).await
    }

    /// Moves a session to the history; its file goes, its versions stay.
    pub async fn remove(self: &Arc<Self>, restream_id: u64, panel: &str, actor: &Actor) -> Result<()> {
        let actor = actor.clone();
        self.ask(&session_key(restream_id, panel), |reply| Job::Remove(actor, reply)).await
    }

    /// Newest first, entries below version `before`.
    pub async fn history(
        &self,
        restream_id: u64,
        panel: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Entry>> {
        self.sessions.history(&session_key(restream_id, panel), before, limit).await
    }

    /// Somebody changed a session file by hand.
    pub fn hand_edit(self: &Arc<Self>, edit: HandEdit) {
        let key = edit.key.clone();
        if let Err(error) = self.lanes.send(&key, self.clone(), Job::HandEdit(edit)) {
            tracing::warn!(%key, %error, "a hand edit could not be queued; it stays where it is");
        }
    }

    async fn ask<T>(
        self: &Arc<Self>,
        key: &str,
        job: impl FnOnce(oneshot::Sender<Result<T>>) -> Job,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.lanes.send(key, self.clone(), job(reply))?;
        answer.await.map_err(|_| stopping())?
    }

    /// The plugin of a session. Errors: `plugin_unavailable`.
    pub(crate) fn plugin(&self, tracker_type: &str) -> Result<Arc<Plugin>> {
        self.plugins.get(tracker_type).ok_or_else(|| {
            Error::new(ErrorKind::PluginUnavailable, format!("the plugin `{tracker_type}` is not loaded"))
                .hint("the page of plugins says why; the tracker's state is safe")
        })
    }

    /// Whether its plugin writes documents of a higher `state_version`.
    fn outdated(&self, session: &Session) -> bool {
        let plugin = self.plugins.get(&session.tracker_type);
        plugin.is_some_and(|plugin| session.state_version < plugin.manifest().state_version)
    }

    /// Whether another package of this plugin went on the air since.
    pub(crate) fn replaced(&self, plugin: &Plugin) -> bool {
        self.plugins.get(plugin.id()).is_some_and(|now| now.hash() != plugin.hash())
    }

    pub(crate) fn place(&self, key: &str) -> Result<Place> {
        let (id, panel) =
            parse_session_key(key).ok_or_else(|| Error::not_found("there is no such tracker"))?;
        let entry = self.directory.by_id(id)?;
        let panel = entry.restream.panel(panel)?;
        if panel.tracker_type == NONE {
            return Err(Error::not_found(format!("`{}` has no tracker", entry.restream.slug)));
        }
        Ok(Place {
            restream_id: id,
            slug: entry.restream.slug.clone(),
            panel: panel.key.clone(),
            tracker_type: panel.tracker_type.clone(),
            participants: entry.restream.slots(panel),
        })
    }

    pub(crate) fn participants(&self, key: &str) -> Result<Vec<Participant>> {
        Ok(self.place(key)?.participants)
    }

    /// Tells viewers, once the document is durable.
    pub(crate) fn changed(&self, key: &str, really: bool) {
        if really && let Ok(topic) = session_topic(key) {
            self.hub.changed(&topic);
        }
    }

    /// [`Self::ensure`], from inside the lane.
    pub(crate) async fn ensure_in_lane(&self, key: &str) -> Result<Document> {
        let place = self.place(key)?;
        if let Some(document) = self.sessions.get(key).await? {
            let session = Session::parse(&document.body)?;
            if session.tracker_type == place.tracker_type {
                return self.migrated(key, document, session).await;
            }
            self.remove_in_lane(key, &Actor::anonymous(), "another tracker type").await?;
        }
        self.create(key, &place).await
    }

    async fn create(&self, key: &str, place: &Place) -> Result<Document> {
        let plugin = self.plugin(&place.tracker_type)?;
        let request = PresetRequest {
            participants: place.participants.clone(),
            settings: plugin.settings(),
            seed: None,
            random: regie_core::random_hex(32),
        };
        let random = request.random.clone();
        let preset = plugin.preset(key, request).await?;
        let last = self.sessions.history(key, None, 1).await?.first().map_or(0, |entry| entry.version);
        let at_ms = self.clock.now_ms();
        let session = Session::new(NewSession {
            tracker_type: &place.tracker_type,
            restream_id: place.restream_id,
            restream_slug: &place.slug,
            panel: &place.panel,
            version: last + 1,
            state_version: plugin.manifest().state_version,
            participants: place.participants.clone(),
            state: preset.state,
            derived: preset.derived,
            updated_at: &rfc3339(at_ms),
        });
        let write =
            self.barrier(&session, at_ms, EntryKind::Create, &Actor::anonymous(), &json!({"random": random}));
        let document = match self.sessions.create(key, write).await {
            Ok(document) => document,
            // Another process was first: its session is as good.
            Err(error) if error.kind == ErrorKind::Conflict => self.sessions.get(key).await?.ok_or(error)?,
            Err(error) => return Err(error),
        };
        self.changed(key, true);
        Ok(document)
    }

    /// Brings a document of an older `state_version` to the plugin's own, as a barrier that keeps the old version.
    async fn migrated(&self, key: &str, document: Document, mut session: Session) -> Result<Document> {
        if !self.outdated(&session) {
            return Ok(document);
        }
        let plugin = self.plugin(&session.tracker_type)?;
        let wanted = plugin.manifest().state_version;
        let answer =
            plugin.migrate(key, session.state_version, &session.state, session.derived.as_deref()).await?;
        let from = session.state_version;
        session.state = answer.state;
        session.derived = answer.derived.or(session.derived);
        session.state_version = wanted;
        session.version = document.version + 1;
        let at_ms = self.clock.now_ms().max(document.at_ms);
        let detail = json!({"from": from, "to": wanted, "plugin_version": plugin.manifest().version});
        let write = self.barrier(&session, at_ms, EntryKind::Migration, &Actor::anonymous(), &detail);
        let document = self.sessions.put(key, document.revision, write).await?;
        self.changed(key, true);
        Ok(document)
    }

    async fn participants_in_lane(&self, key: &str) -> Result<()> {
        let place = self.place(key)?;
        let Some(document) = self.sessions.get(key).await? else { return Ok(()) };
        let mut session = Session::parse(&document.body)?;
        if session.participants == place.participants
            && session.field::<String>("restream_slug").ok() == Some(place.slug.clone())
        {
            return Ok(());
        }
        session.participants = place.participants;
        session.set_field("restream_slug", &place.slug);
        session.version = document.version + 1;
        let at_ms = self.clock.now_ms().max(document.at_ms);
        let detail = json!({"participants": session.participants});
        let write = self.barrier(&session, at_ms, EntryKind::HandEdit, &Actor::anonymous(), &detail);
        self.sessions.put(key, document.revision, write).await?;
        self.changed(key, true);
        Ok(())
    }

    async fn remove_in_lane(&self, key: &str, actor: &Actor, why: &str) -> Result<()> {
        let Some(document) = self.sessions.get(key).await? else { return Ok(()) };
        let entry = Entry {
            version: document.version + 1,
            at_ms: self.clock.now_ms().max(document.at_ms),
            kind: EntryKind::Delete,
            actor: raw(actor),
            detail: raw(&json!({"why": why})),
        };
        self.sessions.delete(key, document.revision, entry).await?;
        if let Ok(topic) = session_topic(key) {
            self.hub.removed(&topic);
        }
        Ok(())
    }

    /// Accepts a hand edit that is based on the current version and that the plugin can show; keeps any other aside.
    async fn hand_edit_in_lane(&self, key: &str, edit: HandEdit) {
        match self.try_hand_edit(key, &edit).await {
            Ok(version) => {
                tracing::info!(key, version, file = %edit.path.display(), "a session file edited by hand is on the air");
                edit.accepted().await;
                self.changed(key, true);
            }
            Err(error) => {
                let reason = match &error.hint {
                    Some(hint) => format!("{error}; {hint}"),
                    None => error.to_string(),
                };
                tracing::warn!(key, file = %edit.path.display(), reason, "a session file edited by hand was refused and is kept aside");
                edit.reject(reason).await;
                self.hub.changed(&app_changes());
            }
        }
    }

    async fn try_hand_edit(&self, key: &str, edit: &HandEdit) -> Result<u64> {
        let place = self.place(key)?;
        let mut session = Session::parse(&edit.body)?;
        let document = self.sessions.get(key).await?.ok_or_else(|| {
            Error::conflict("there is no session to edit; the first visit of its page makes one")
        })?;
        if session.version != document.version {
            return Err(Error::conflict(format!(
                "it was made from version {}, the tracker is at version {} now",
                session.version, document.version
            ))
            .hint("take the file as it is now and make the change again"));
        }
        if session.tracker_type != place.tracker_type {
            return Err(Error::bad_request(format!(
                "tracker_type is `{}`; this restream has `{}`",
                session.tracker_type, place.tracker_type
            )));
        }
        let plugin = self.plugin(&session.tracker_type)?;
        if session.state_version != plugin.manifest().state_version {
            return Err(Error::bad_request(format!(
                "state_version is {}; the plugin writes {}",
                session.state_version,
                plugin.manifest().state_version
            )));
        }
        // Slots and labels are the host's: whatever the file says, they stay.
        session.participants = place.participants;
        session.version = document.version + 1;
        self.probe(key, &plugin, &session).await?;
        let at_ms = self.clock.now_ms().max(document.at_ms);
        let write = self.barrier(
            &session,
            at_ms,
            EntryKind::HandEdit,
            &Actor::anonymous(),
            &json!({"file": edit.path.file_name().map(|n| n.to_string_lossy())}),
        );
        Ok(self.sessions.put(key, document.revision, write).await?.version)
    }

    async fn probe(&self, key: &str, plugin: &Plugin, session: &Session) -> Result<()> {
        let request = RenderRequest {
            state: &*session.state,
            derived: session.derived.as_deref(),
            revealed: None,
            surface: "live".into(),
            slot: None,
            locale: "en".into(),
            can_edit: true,
            participants: session.participants.clone(),
            settings: plugin.settings(),
            assets: plugin.assets_url(),
        };
        plugin.render(key, request).await?;
        Ok(())
    }

    fn barrier(
        &self,
        session: &Session,
        at_ms: i64,
        kind: EntryKind,
        actor: &Actor,
        detail: &impl Serialize,
    ) -> Write {
        Write {
            body: session.body(&rfc3339(at_ms)),
            version: session.version,
            at_ms,
            entries: vec![Entry {
                version: session.version,
                at_ms,
                kind,
                actor: raw(actor),
                detail: raw(detail),
            }],
            answers: Vec::new(),
        }
    }
}

#[async_trait::async_trait]
impl Worker for Trackers {
    async fn act(&self, key: &str, batch: Vec<ActJob>) {
        act::run(self, key, batch).await;
    }

    async fn job(&self, key: &str, job: Job) {
        match job {
            Job::Act(one) => act::run(self, key, vec![one]).await,
            Job::Ensure(reply) => drop(reply.send(self.ensure_in_lane(key).await)),
            Job::Participants(reply) => drop(reply.send(self.participants_in_lane(key).await)),
            Job::Remove(actor, reply) => drop(reply.send(self.remove_in_lane(key, &actor, "removed").await)),
            Job::HandEdit(edit) => self.hand_edit_in_lane(key, edit).await,
        }
    }
}

/// JSON of plain data, for entries and answers.
pub(crate) fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("plain data serialises")
}

fn stopping() -> Error {
    Error::new(ErrorKind::Unavailable, "the server is stopping").hint("try again in a moment")
}

fn check_action(act: &Act) -> Result<()> {
    if !(1..=64).contains(&act.key.len()) || !act.key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::bad_request("an action key is 1 to 64 printable characters")
            .path("key")
            .hint("a UUID"));
    }
    if !act.action.get().trim_start().starts_with('{') {
        return Err(Error::bad_request("an action is a JSON object")
            .path("action")
            .hint(r#"as in {"item":"bow","step":1}"#));
    }
    if act.action.get().len() > 64 * 1024 {
        return Err(Error::new(ErrorKind::TooLarge, "an action is at most 64 KiB").path("action"));
    }
    Ok(())
}

/// Open sessions of a plugin, for probing a new version of it with copies of them.
pub struct OpenSessions(pub Arc<dyn Bucket>);

#[async_trait::async_trait]
impl regie_plugins::Sessions for OpenSessions {
    async fn open_of(&self, plugin: &str) -> Vec<regie_plugins::OpenSession> {
        let mut open = Vec::new();
        for key in self.0.keys("").await.unwrap_or_default() {
            let Ok(Some(document)) = self.0.get(&key).await else { continue };
            let Ok(session) = Session::parse(&document.body) else { continue };
            if session.tracker_type == plugin {
                open.push(regie_plugins::OpenSession {
                    document: key,
                    state_version: session.state_version,
                    state: session.state,
                    derived: session.derived,
                    participants: session.participants,
                });
            }
        }
        open
    }
}

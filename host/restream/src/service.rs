//! Restreams: create, edit, list, and what follows from each for their sessions.

mod checks;
mod lobby;
mod panels;

use std::{path::PathBuf, sync::Arc};

use regie_core::{Actor, Clock, Error, ErrorKind, Result, Role, Shutdown, rfc3339};
use regie_live::{Hub, Rosters};
use regie_plugins::{Kind, Plugins};
use regie_store::{Bucket, Document, Entry, EntryKind, Revision, Write};
use serde::{Deserialize, Serialize};

pub use self::panels::On;
use crate::{
    directory::{self, Directory},
    feeds::Feeds,
    indices::{Indices, Templates},
    model::{Feed, NONE, NewRestream, Panel, Restream, RestreamPatch},
    presence::Presence,
    presets::{PresetFamily, Presets},
    sessions::{Ground, Sessions, raw},
    sources::app_changes,
    trackers::{Trackers, session_key},
};

/// What the room stands on.
pub struct Parts {
    pub restreams: Arc<dyn Bucket>,
    pub counters: Arc<dyn Bucket>,
    pub trackers: Arc<dyn Bucket>,
    pub indices: Arc<dyn Bucket>,
    pub presets: Arc<dyn Bucket>,
    /// Passwords of rooms elsewhere.
    pub secrets: Arc<dyn Bucket>,
    /// `instance/indices/templates`
    pub templates: PathBuf,
    pub plugins: Arc<Plugins>,
    pub hub: Arc<Hub>,
    /// Who is gathered in the sessions of lobbies.
    pub rosters: Arc<dyn Rosters>,
    pub clock: Arc<dyn Clock>,
    pub lineage: String,
    pub shutdown: Shutdown,
}

pub struct Restreams {
    restreams: Arc<dyn Bucket>,
    counters: Arc<dyn Bucket>,
    clock: Arc<dyn Clock>,
    pub plugins: Arc<Plugins>,
    pub hub: Arc<Hub>,
    pub rosters: Arc<dyn Rosters>,
    pub directory: Arc<Directory>,
    /// Sessions of panels, by `<restream id>.<panel>`.
    pub trackers: Arc<Sessions>,
    /// Hint sheets, by slug.
    pub sheets: Arc<Sessions>,
    pub presets: Arc<Presets>,
    pub presence: Arc<Presence>,
    pub feeds: Arc<Feeds>,
    templates: Arc<Templates>,
    pub(crate) lineage: String,
}

/// A choice in a form.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Choice {
    pub key: String,
    pub label: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Counter {
    schema: u32,
    next: u64,
}

impl Restreams {
    pub async fn open(parts: Parts) -> Result<Arc<Self>> {
        let directory = Arc::new(Directory::default());
        for key in parts.restreams.keys("").await? {
            let Some(document) = parts.restreams.get(&key).await? else { continue };
            let restream = read(&document)?;
            // A move to another slug that was cut short leaves two documents: the later one is right.
            if let Ok(other) = directory.by_id(restream.id) {
                let (stale, keep) = if other.restream.updated_at >= restream.updated_at {
                    ((key.clone(), document.revision), None)
                } else {
                    ((other.restream.slug.clone(), other.revision), Some(restream))
                };
                tracing::info!(slug = stale.0, "finishing a move to another slug");
                let entry = entry(0, parts.clock.now_ms(), EntryKind::Delete, &Actor::anonymous(), &"moved");
                parts.restreams.delete(&stale.0, stale.1, entry).await?;
                if let Some(restream) = keep {
                    directory.put(restream, document.revision);
                }
                continue;
            }
            directory.put(restream, document.revision);
        }
        let ground = Ground {
            plugins: parts.plugins.clone(),
            clock: parts.clock.clone(),
            hub: parts.hub.clone(),
            shutdown: parts.shutdown.clone(),
        };
        let templates = Arc::new(Templates::new(parts.templates));
        let presets =
            Arc::new(Presets { sessions: Sessions::new(Box::new(PresetFamily), parts.presets, &ground) });
        let trackers = Trackers { directory: directory.clone(), presets: presets.clone() };
        let indices = Indices {
            directory: directory.clone(),
            templates: templates.clone(),
            plugins: parts.plugins.clone(),
        };
        let presence = Presence::new(parts.clock.clone(), parts.hub.clone(), &parts.shutdown);
        let trackers = Sessions::new(Box::new(trackers), parts.trackers, &ground);
        let feeds = Feeds::new(
            trackers.clone(),
            directory.clone(),
            presence.clone(),
            parts.secrets,
            parts.shutdown.clone(),
        );
        for entry in directory.all() {
            feeds.follow(&entry.restream).await?;
        }
        Ok(Arc::new(Self {
            restreams: parts.restreams,
            counters: parts.counters,
            trackers,
            sheets: Sessions::new(Box::new(indices), parts.indices, &ground),
            presets,
            presence,
            feeds,
            templates,
            clock: parts.clock,
            plugins: parts.plugins,
            hub: parts.hub,
            rosters: parts.rosters,
            directory,
            lineage: parts.lineage,
        }))
    }

    /// What a form offers: "none" first, then the tracker plugins that are loaded.
    pub fn tracker_types(&self) -> Vec<Choice> {
        let plugins = self.plugins.all();
        let trackers = plugins.iter().filter(|p| p.manifest().kind == Kind::Tracker);
        std::iter::once(Choice { key: NONE.into(), label: "—".into() })
            .chain(trackers.map(|p| Choice { key: p.id().into(), label: p.manifest().name.clone() }))
            .collect()
    }

    /// "none" first, then the templates, then the plugins that need none.
    pub fn indices_templates(&self) -> Vec<Choice> {
        let templates = self.templates.list();
        let plugins = self.plugins.all();
        let bare = plugins
            .iter()
            .filter(|p| p.manifest().kind == Kind::Indices && templates.iter().all(|t| t.key != p.id()))
            .map(|p| Choice { key: p.id().into(), label: p.manifest().name.clone() });
        let bare: Vec<_> = bare.collect();
        let none = Choice { key: NONE.into(), label: "—".into() };
        std::iter::once(none).chain(templates).chain(bare).collect()
    }

    /// Those that a visitor may see, newest first. `on` answers who the visitor is on a restream.
    pub fn list(&self, on: impl Fn(&Restream) -> Actor) -> Vec<directory::Entry> {
        let mut all = self.directory.all();
        all.retain(|entry| visible(&entry.restream, &on(&entry.restream)));
        all
    }

    pub async fn create(&self, form: NewRestream, actor: &Actor) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        self.check_tracker_type(&form.tracker_type, None)?;
        self.check_template(&form.indices_template)?;
        self.check_panels(&form.panels, &[])?;
        if let Some(preset) = &form.preset {
            self.preset_seed(&form.tracker_type, preset).await.map_err(|error| error.path("preset"))?;
        }
        let now_ms = self.clock.now_ms();
        // Checked with a provisional id first, so that a bad form takes no number.
        Restream::new(0, form.clone(), &rfc3339(now_ms))?;
        if self.directory.by_slug(&form.slug).is_ok() {
            return Err(taken(&form.slug));
        }
        let id = self.next_id().await?;
        let restream = Restream::new(id, form, &rfc3339(now_ms))?;
        let write = self.write(&restream, 1, now_ms, EntryKind::Create, actor);
        let document =
            self.restreams.create(&restream.slug, write).await.map_err(|error| match error.kind {
                ErrorKind::Conflict => taken(&restream.slug),
                _ => error,
            })?;
        let entry = self.directory.put(restream, document.revision);
        self.make_sheet(&entry.restream).await;
        self.announce();
        Ok(entry.restream)
    }

    pub async fn edit(&self, slug: &str, patch: RestreamPatch, actor: &Actor) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        let entry = self.directory.by_slug(slug)?;
        let before = entry.restream;
        if let Some(tracker_type) = &patch.tracker_type {
            self.check_tracker_type(tracker_type, Some(before.tracker_type()))?;
        }
        if let Some(template) = patch.indices_template.as_ref().filter(|t| **t != before.indices_template) {
            self.check_template(template)?;
        }
        if let Some(panels) = &patch.panels {
            self.check_panels(panels, &before.panels)?;
            self.check_presets(panels, &before).await?;
        }
        let now_ms = self.clock.now_ms();
        let next = before.patched(patch, &rfc3339(now_ms))?;
        let next = if next.slug == before.slug {
            self.store(entry.revision, next, now_ms, actor).await?
        } else {
            let stored = self.rename(&before.slug, entry.revision, &next, actor).await?;
            self.directory.put(next, stored.revision).restream
        };
        self.follow(&before, &next, actor).await?;
        self.announce();
        Ok(next)
    }

    /// Sets or removes what feeds a slot of a panel.
    pub async fn set_feed(
        &self,
        slug: &str,
        panel: &str,
        slot: u32,
        feed: Option<Feed>,
        actor: &Actor,
    ) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        let entry = self.directory.by_slug(slug)?;
        let now_ms = self.clock.now_ms();
        let mut next = Restream::clone(&entry.restream);
        next.archipelago.retain(|f| f.panel != panel || f.slot != slot);
        next.archipelago.extend(feed);
        next.updated_at = rfc3339(now_ms);
        let next = self.store(entry.revision, next, now_ms, actor).await?;
        self.feeds.follow(&next).await?;
        self.announce();
        Ok(next)
    }

    pub async fn clone_as(
        &self,
        slug: &str,
        to: &str,
        title: Option<String>,
        actor: &Actor,
    ) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        let source = self.directory.by_slug(slug)?.restream;
        let form = NewRestream {
            slug: to.into(),
            title: title.unwrap_or_else(|| source.title.clone()),
            description: source.description.clone(),
            tracker_type: source.tracker_type().into(),
            indices_template: source.indices_template.clone(),
            panels: source.panels.clone(),
            preset: None,
            layout: source.layout.clone(),
            participants: source
                .participants
                .iter()
                .map(|p| crate::model::ParticipantForm {
                    label: p.label.clone(),
                    team: p.team.clone(),
                    final_time: None,
                    show_final_time: false,
                })
                .collect(),
            enabled: source.enabled,
        };
        self.create(form, actor).await
    }

    /// The restream goes, and its sessions move to the history.
    /// Answers what it was.
    pub async fn delete(&self, slug: &str, actor: &Actor) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        let entry = self.directory.by_slug(slug)?;
        for panel in entry.restream.panels.iter().filter(|p| p.has_session()) {
            self.trackers.remove(&session_key(entry.restream.id, &panel.key), actor, "removed").await?;
        }
        self.sheets.remove(slug, actor, "removed").await?;
        let version = self.current(slug).await?.version + 1;
        let history = self::entry(version, self.clock.now_ms(), EntryKind::Delete, actor, &"deleted");
        self.restreams.delete(slug, entry.revision, history).await?;
        self.directory.remove(entry.restream.id);
        self.feeds.stop(entry.restream.id).await?;
        self.announce();
        Ok(entry.restream)
    }

    /// Sessions after an edit: another type moves the old one to the history, new labels go into the one there is.
    async fn follow(&self, before: &Restream, next: &Restream, actor: &Actor) -> Result<()> {
        let moved = before.slug != next.slug;
        if moved {
            self.move_sources(&before.slug, &next.slug, actor).await?;
            if next.indices_template == before.indices_template {
                self.sheets.rename(&before.slug, &next.slug, actor).await?;
            }
        }
        for old in before.panels.iter().filter(|p| p.has_session()) {
            let key = session_key(next.id, &old.key);
            let stays =
                |p: &&Panel| p.key == old.key && p.tracker_type == old.tracker_type && p.source.is_none();
            if next.panels.iter().find(stays).is_none() {
                self.trackers.remove(&key, actor, "another tracker type").await?;
            } else if before.participants != next.participants || before.panels != next.panels || moved {
                self.trackers.sync(&key).await?;
            }
        }
        if next.indices_template != before.indices_template {
            self.sheets.remove(&before.slug, actor, "another template").await?;
            self.make_sheet(next).await;
        } else if before.participants != next.participants {
            self.sheets.sync(&next.slug).await?;
        }
        self.feeds.follow(next).await?;
        // Panels of other restreams may show one of these, and pages are laid out anew.
        self.hub.changed_all(|t| matches!(t.room(), "tracker" | "indices"));
        self.hub.reevaluate();
        Ok(())
    }

    /// A sheet is there from the start; where its plugin is away, the first visit after its return makes it.
    async fn make_sheet(&self, restream: &Restream) {
        if restream.wants_indices()
            && let Err(error) = self.sheets.ensure(&restream.slug).await
        {
            tracing::warn!(slug = restream.slug, %error, "the hint sheet could not be made yet");
        }
    }

    /// Panels of other restreams that show one of `from` follow its new name.
    async fn move_sources(&self, from: &str, to: &str, actor: &Actor) -> Result<()> {
        for entry in self.directory.all() {
            if let Some(next) = entry.restream.with_source_moved(from, to) {
                self.store(entry.revision, next, self.clock.now_ms(), actor).await?;
            }
        }
        Ok(())
    }

    /// Commits `next`, under the slug it had, in place of what was read at `revision`.
    async fn store(
        &self,
        revision: Revision,
        next: Restream,
        now_ms: i64,
        actor: &Actor,
    ) -> Result<Arc<Restream>> {
        let version = self.current(&next.slug).await?.version + 1;
        let write = self.write(&next, version, now_ms, EntryKind::Action, actor);
        let stored = self.restreams.put(&next.slug, revision, write).await?;
        Ok(self.directory.put(next, stored.revision).restream)
    }

    /// Reserve the new slug, then free the old one; a stop in between is finished at the next start.
    async fn rename(
        &self,
        from: &str,
        revision: Revision,
        next: &Restream,
        actor: &Actor,
    ) -> Result<Document> {
        let now_ms = self.clock.now_ms();
        let write = self.write(next, 1, now_ms, EntryKind::Create, actor);
        let made = self.restreams.create(&next.slug, write).await.map_err(|error| match error.kind {
            ErrorKind::Conflict => taken(&next.slug),
            _ => error,
        })?;
        let version = self.current(from).await?.version + 1;
        let gone =
            entry(version, now_ms, EntryKind::Delete, actor, &serde_json::json!({"moved_to": next.slug}));
        self.restreams.delete(from, revision, gone).await?;
        Ok(made)
    }

    async fn current(&self, slug: &str) -> Result<Document> {
        self.restreams
            .get(slug)
            .await?
            .ok_or_else(|| Error::not_found(format!("there is no restream `{slug}`")))
    }

    /// Ids are a counter taken by compare-and-set.
    async fn next_id(&self) -> Result<u64> {
        loop {
            let now = self.clock.now_ms();
            let (id, stored) = match self.counters.get("restream").await? {
                None => {
                    let first = self.directory.all().first().map_or(1, |e| e.restream.id + 1);
                    (first, self.counters.create("restream", counter(first + 1, 1, now)).await)
                }
                Some(document) => {
                    let counter_now: Counter =
                        serde_json::from_slice(&document.body).map_err(Error::internal)?;
                    let write = counter(counter_now.next + 1, document.version + 1, now);
                    (counter_now.next, self.counters.put("restream", document.revision, write).await)
                }
            };
            match stored {
                Ok(_) => return Ok(id),
                Err(error) if error.kind == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn write(&self, restream: &Restream, version: u64, at_ms: i64, kind: EntryKind, actor: &Actor) -> Write {
        let body = serde_json::to_vec_pretty(restream).expect("a restream serialises");
        Write {
            body: body.into(),
            version,
            at_ms,
            entries: vec![entry(version, at_ms, kind, actor, &"edited")],
            answers: Vec::new(),
        }
    }

    fn announce(&self) {
        self.hub.changed(&app_changes());
    }
}

/// Anyone sees an enabled restream; its crew also sees the others.
pub fn visible(restream: &Restream, actor: &Actor) -> bool {
    restream.enabled || actor.role >= Role::Editor
}

fn taken(slug: &str) -> Error {
    Error::conflict(format!("`{slug}` is taken")).path("slug").hint("choose another")
}

fn entry(version: u64, at_ms: i64, kind: EntryKind, actor: &Actor, detail: &impl Serialize) -> Entry {
    Entry { version, at_ms, kind, actor: raw(actor), detail: raw(detail) }
}

fn counter(next: u64, version: u64, at_ms: i64) -> Write {
    let body = serde_json::to_vec(&Counter { schema: 1, next }).expect("a counter serialises");
    Write { body: body.into(), version, at_ms, ..Write::default() }
}

/// Errors: a document written by a newer server, which is not touched.
fn read(document: &Document) -> Result<Restream> {
    let restream: Restream = serde_json::from_slice(&document.body)
        .map_err(|e| Error::internal(format!("the restream `{}` does not read: {e}", document.key)))?;
    if restream.schema > 1 {
        return Err(Error::internal(format!(
            "the restream `{}` has schema {}; this server knows up to 1. A newer Régie wrote it",
            document.key, restream.schema
        )));
    }
    Ok(restream)
}

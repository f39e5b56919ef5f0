//! Restreams: create, edit, list, and what follows from each for their sessions.

use std::sync::Arc;

use regie_core::{Actor, Clock, Error, ErrorKind, Result, Role, Shutdown, rfc3339};
use regie_live::Hub;
use regie_plugins::{Kind, Plugins};
use regie_store::{Bucket, Document, Entry, EntryKind, Revision, Write};
use serde::{Deserialize, Serialize};

use crate::{
    directory::{self, Directory},
    lane::Lanes,
    model::{NONE, NewRestream, Panel, Restream, RestreamPatch},
    source::app_changes,
    trackers::{Trackers, raw},
};

/// What the room stands on.
pub struct Parts {
    pub restreams: Arc<dyn Bucket>,
    pub counters: Arc<dyn Bucket>,
    pub sessions: Arc<dyn Bucket>,
    pub plugins: Arc<Plugins>,
    pub hub: Arc<Hub>,
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
    pub directory: Arc<Directory>,
    pub trackers: Arc<Trackers>,
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
        let trackers = Arc::new(Trackers {
            sessions: parts.sessions,
            plugins: parts.plugins.clone(),
            clock: parts.clock.clone(),
            directory: directory.clone(),
            hub: parts.hub.clone(),
            lanes: Lanes::new(parts.shutdown),
        });
        Ok(Arc::new(Self {
            restreams: parts.restreams,
            counters: parts.counters,
            clock: parts.clock,
            plugins: parts.plugins,
            hub: parts.hub,
            directory,
            trackers,
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

    pub fn indices_templates(&self) -> Vec<Choice> {
        vec![Choice { key: NONE.into(), label: "—".into() }]
    }

    /// Those `actor` may see, newest first.
    pub fn list(&self, actor: &Actor) -> Vec<directory::Entry> {
        let mut all = self.directory.all();
        all.retain(|entry| visible(&entry.restream, actor));
        all
    }

    /// Errors: `not_found`, also for one that is not enabled and whose crew the actor does not belong to.
    pub fn get(&self, slug: &str, actor: &Actor) -> Result<directory::Entry> {
        let entry = self.directory.by_slug(slug)?;
        if visible(&entry.restream, actor) {
            return Ok(entry);
        }
        Err(Error::not_found(format!("there is no restream `{slug}`")))
    }

    pub async fn create(&self, form: NewRestream, actor: &Actor) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        self.check_tracker_type(&form.tracker_type, None)?;
        self.check_template(&form.indices_template)?;
        self.check_panels(&form.panels, &[])?;
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
        if let Some(template) = &patch.indices_template {
            self.check_template(template)?;
        }
        if let Some(panels) = &patch.panels {
            self.check_panels(panels, &before.panels)?;
        }
        let now_ms = self.clock.now_ms();
        let next = before.patched(patch, &rfc3339(now_ms))?;
        let stored = if next.slug == before.slug {
            let current = self.current(slug).await?;
            let write = self.write(&next, current.version + 1, now_ms, EntryKind::Action, actor);
            self.restreams.put(slug, entry.revision, write).await?
        } else {
            self.rename(&before.slug, entry.revision, &next, actor).await?
        };
        let next = self.directory.put(next, stored.revision).restream;
        self.follow(&before, &next, actor).await?;
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
    pub async fn delete(&self, slug: &str, actor: &Actor) -> Result<()> {
        actor.require(Role::Restreamer)?;
        let entry = self.directory.by_slug(slug)?;
        for panel in entry.restream.panels.iter().filter(|p| p.tracker_type != NONE) {
            self.trackers.remove(entry.restream.id, &panel.key, actor).await?;
        }
        let version = self.current(slug).await?.version + 1;
        let history = self::entry(version, self.clock.now_ms(), EntryKind::Delete, actor, &"deleted");
        self.restreams.delete(slug, entry.revision, history).await?;
        self.directory.remove(entry.restream.id);
        self.announce();
        Ok(())
    }

    /// Sessions after an edit: another type moves the old one to the history, new labels go into the one there is.
    async fn follow(&self, before: &Restream, next: &Restream, actor: &Actor) -> Result<()> {
        for old in before.panels.iter().filter(|p| p.tracker_type != NONE) {
            let kept = next.panels.iter().find(|p| p.key == old.key && p.tracker_type == old.tracker_type);
            if kept.is_none() {
                self.trackers.remove(before.id, &old.key, actor).await?;
            } else if before.participants != next.participants || before.slug != next.slug {
                self.trackers.sync_participants(next.id, &old.key).await?;
            }
        }
        let topic = format!("tracker/{}/", next.id);
        self.hub.changed_all(|t| t.as_str().starts_with(&topic));
        self.hub.reevaluate();
        Ok(())
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

    /// A type that is in use stays valid while its plugin is away.
    fn check_tracker_type(&self, tracker_type: &str, current: Option<&str>) -> Result<()> {
        let known = tracker_type == NONE
            || current == Some(tracker_type)
            || self.plugins.get(tracker_type).is_some_and(|p| p.manifest().kind == Kind::Tracker);
        if known {
            return Ok(());
        }
        let names: Vec<_> = self.tracker_types().into_iter().map(|c| c.key).collect();
        Err(Error::bad_request(format!("there is no tracker `{tracker_type}`"))
            .path("tracker_type")
            .hint(format!("one of {}", names.join(", "))))
    }

    fn check_panels(&self, panels: &[Panel], current: &[Panel]) -> Result<()> {
        for (index, panel) in panels.iter().enumerate() {
            let before = current.iter().find(|p| p.key == panel.key).map(|p| p.tracker_type.as_str());
            self.check_tracker_type(&panel.tracker_type, before)
                .map_err(|error| error.path(format!("panels[{index}].tracker_type")))?;
        }
        Ok(())
    }

    fn check_template(&self, template: &str) -> Result<()> {
        if self.indices_templates().iter().any(|t| t.key == template) {
            return Ok(());
        }
        Err(Error::bad_request(format!("there is no hint sheet `{template}`"))
            .path("indices_template")
            .hint("none"))
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

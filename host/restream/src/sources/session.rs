//! Pictures of documents that a plugin draws: `tracker/<restream id>/<panel>`, `indices/<slug>`, `preset/<plugin>/<slug>`.

use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use regie_core::{Actor, Credential, Error, Result, Role, Topic};
use regie_live::{Act, Body, Form, Refused, Snapshot, Source, Variant, Want};
use regie_plugins::Plugin;
use regie_sdk::protocol::{Participant, RenderRequest};

use super::gone;
use crate::{
    model::Restream,
    presets::preset_key,
    service::{Restreams, visible},
    sessions::{Counts, Session, Sessions, Undo},
};

/// Answers for all three.
pub struct SessionSource {
    restreams: Arc<Restreams>,
    /// The last good picture of each variant, for while its plugin is away or broken.
    last: Mutex<HashMap<(Topic, Variant), Snapshot>>,
    /// Topics whose last picture stands in for one that failed, and that are drawn again soon.
    again: Arc<Mutex<HashSet<Topic>>>,
}

/// After how long a picture that failed is drawn again.
const AGAIN: Duration = Duration::from_secs(1);
/// How many last pictures are kept.
const LAST: usize = 4096;

/// What a topic stands for.
struct Shown {
    sessions: Arc<Sessions>,
    key: String,
    /// `None` for presets, which belong to no restream.
    restream: Option<Arc<Restream>>,
    /// Of the document; `None`: its own.
    participants: Option<Vec<Participant>>,
    /// Id of the plugin; `None` where the document says.
    plugin: Option<String>,
    /// Whether those who may edit here at all may edit this.
    editable: bool,
    /// What people see it on, besides overlays.
    surfaces: &'static [&'static str],
}

impl Shown {
    /// Who `credential` is here, and whether that is enough to edit.
    fn actor(&self, credential: &dyn Credential) -> (Actor, bool) {
        let actor = match &self.restream {
            Some(restream) => credential.actor_on(&restream.target()),
            None => credential.actor(),
        };
        let actor = actor.unwrap_or_default();
        let needed = if self.restream.is_some() { Role::Editor } else { Role::Admin };
        let may = self.editable && actor.role >= needed;
        (actor, may)
    }
}

impl SessionSource {
    pub fn new(restreams: Arc<Restreams>) -> Arc<Self> {
        Arc::new(Self { restreams, last: Mutex::default(), again: Arc::default() })
    }

    fn shown(&self, topic: &Topic) -> Result<Shown> {
        let tokens: Vec<_> = topic.tokens().collect();
        match tokens[..] {
            ["tracker", id, panel] => {
                let id = id.parse().map_err(|_| gone(topic))?;
                let entry = self.restreams.directory.by_id(id).map_err(|_| gone(topic))?;
                let shown = self.restreams.directory.shown(id, panel).map_err(|_| gone(topic))?;
                Ok(Shown {
                    sessions: self.restreams.trackers.clone(),
                    key: shown.key,
                    restream: Some(entry.restream),
                    participants: Some(shown.participants),
                    plugin: Some(shown.tracker_type),
                    editable: shown.editable,
                    surfaces: &["live", "panel"],
                })
            }
            ["indices", slug] => {
                let entry = self.restreams.directory.by_slug(slug).map_err(|_| gone(topic))?;
                Ok(Shown {
                    sessions: self.restreams.sheets.clone(),
                    key: slug.to_owned(),
                    participants: Some(entry.restream.everyone()),
                    restream: Some(entry.restream),
                    plugin: None,
                    editable: true,
                    surfaces: &["live", "panel"],
                })
            }
            ["preset", plugin, slug] => Ok(Shown {
                sessions: self.restreams.presets.sessions.clone(),
                key: preset_key(plugin, slug),
                restream: None,
                participants: None,
                plugin: Some(plugin.to_owned()),
                editable: true,
                surfaces: &["editor"],
            }),
            _ => Err(gone(topic)),
        }
    }

    /// A plugin that rests is worth another try; one that is not there announces itself when it returns.
    fn try_again(&self, topic: &Topic) {
        let loaded = self.shown(topic).ok().and_then(|shown| shown.plugin);
        let away = loaded.is_some_and(|plugin| self.restreams.plugins.get(&plugin).is_none());
        if away || !self.again.lock().insert(topic.clone()) {
            return;
        }
        let (topic, again, hub) = (topic.clone(), self.again.clone(), self.restreams.hub.clone());
        tokio::spawn(async move {
            tokio::time::sleep(AGAIN).await;
            again.lock().remove(&topic);
            hub.changed(&topic);
        });
    }

    async fn draw(&self, topic: &Topic, variant: &Variant) -> Result<Snapshot> {
        let shown = self.shown(topic)?;
        let document = shown.sessions.ensure(&shown.key).await?;
        let session = shown.sessions.parse(&document)?;
        let participants = shown.participants.unwrap_or_else(|| session.participants.clone());
        let labels: Vec<_> = participants.iter().map(|p| (p.slot, p.label.as_str())).collect();
        let etag = |view: u32| format!("{}-{}-{view:x}", self.restreams.lineage, document.version);
        if variant.want.form == Form::State {
            return Ok(Snapshot {
                version: document.version,
                etag: etag(hash(&labels)),
                css: Arc::from([]),
                body: Body::State(Session::compact(&document.body)?.into()),
            });
        }
        let plugin = shown.sessions.plugin(&session.plugin)?;
        let settings = plugin.settings();
        let view = hash(&(plugin.hash(), &serde_json::to_string(&settings).unwrap_or_default(), labels));
        let request = RenderRequest {
            state: &*session.state,
            derived: session.derived.as_deref(),
            revealed: None,
            surface: variant.want.surface.clone().unwrap_or_default(),
            slot: variant.want.slot,
            locale: plugin.locale(variant.want.locale.as_deref()),
            can_edit: variant.can_edit,
            participants,
            settings,
            assets: plugin.assets_url(),
        };
        let rendered = plugin.render(&shown.key, request).await?;
        Ok(Snapshot {
            version: document.version,
            etag: etag(view),
            css: plugin.stylesheets().into(),
            body: Body::Html(rendered.html.into()),
        })
    }
}

#[async_trait]
impl Source for SessionSource {
    async fn admit(
        &self,
        topic: &Topic,
        mut want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant> {
        let shown = self.shown(topic)?;
        let html = want.form == Form::Html;
        let surface = html.then(|| want.surface.clone().unwrap_or_else(|| shown.surfaces[0].into()));
        let (actor, may_edit) = shown.actor(credential);
        match &shown.restream {
            Some(restream) => {
                if !visible(restream, &actor) && !credential.opens(key, topic, surface.as_deref()) {
                    return Err(gone(topic));
                }
            }
            None => actor.require(Role::Restreamer)?,
        }
        let plugin = match &shown.plugin {
            Some(plugin) => self.restreams.plugins.get(plugin),
            // A sheet that is not there is not admitted; a visit makes one that should be.
            None => {
                let document = shown.sessions.ensure(&shown.key).await?;
                self.restreams.plugins.get(&shown.sessions.parse(&document)?.plugin)
            }
        };
        if let Some(surface) = &surface {
            check_surface(surface, shown.surfaces, plugin.as_deref())?;
        }
        if let Some(slot) = want.slot
            && let Some(participants) = &shown.participants
            && !participants.iter().any(|p| p.slot == slot)
        {
            return Err(Error::not_found(format!("there is no participant {slot}")).path("slot"));
        }
        let can_edit = may_edit && surface.as_deref() == Some(shown.surfaces[0]);
        // Normalised, so that strangers' words make no further variants.
        want.surface = surface;
        want.slot = want.slot.filter(|_| html);
        want.locale = html.then(|| want.locale.filter(|l| l == "fr").unwrap_or_else(|| "en".into()));
        Ok(Variant { want, can_edit })
    }

    async fn snapshot(&self, topic: &Topic, variant: &Variant) -> Result<Snapshot> {
        match self.draw(topic, variant).await {
            Ok(snapshot) => {
                let mut last = self.last.lock();
                if last.len() >= LAST {
                    last.clear();
                }
                last.insert((topic.clone(), variant.clone()), snapshot.clone());
                Ok(snapshot)
            }
            Err(error) => match self.last.lock().get(&(topic.clone(), variant.clone())) {
                Some(last) => {
                    tracing::debug!(%topic, %error, "showing the last good block");
                    self.try_again(topic);
                    Ok(last.clone())
                }
                None => Err(error),
            },
        }
    }

    async fn act(
        &self,
        topic: &Topic,
        credential: &dyn Credential,
        act: Act,
    ) -> std::result::Result<u64, Refused> {
        let shown = self.shown(topic)?;
        let (actor, may_edit) = shown.actor(credential);
        let kind = act.kind();
        if kind.as_deref() == Some("auto") && shown.restream.is_some() {
            return self.count(&shown, credential, act).await;
        }
        if !may_edit {
            actor.require(if shown.restream.is_some() { Role::Editor } else { Role::Admin })?;
            return Err(Error::forbidden("this panel only shows another restream's tracker").into());
        }
        match kind.as_deref() {
            Some(word @ ("host:undo" | "host:redo")) => {
                let undo = Undo { version: None, redo: word == "host:redo", key: act.key };
                Ok(shown.sessions.undo(&shown.key, actor, undo).await?.version)
            }
            _ => shown.sessions.act(&shown.key, actor, act).await,
        }
    }
}

impl SessionSource {
    async fn count(
        &self,
        shown: &Shown,
        credential: &dyn Credential,
        act: Act,
    ) -> std::result::Result<u64, Refused> {
        let restream = shown.restream.as_deref().ok_or_else(|| Error::not_found("no restream"))?;
        restream.require_auto(credential)?;
        let counts: Counts = serde_json::from_str(act.action.get())
            .map_err(|error| Error::bad_request(format!("action: {error}")).path("action"))?;
        self.restreams.presence.counted(restream, &counts);
        Ok(shown.sessions.count(&shown.key, counts, act.key).await?.version)
    }
}

/// While its plugin is away any surface is let in: it shows the last block, or nothing.
fn check_surface(surface: &str, own: &[&str], plugin: Option<&Plugin>) -> Result<()> {
    let known = match (surface, plugin) {
        (surface, _) if own.contains(&surface) => true,
        (other, Some(plugin)) => other
            .strip_prefix("overlay:")
            .is_some_and(|name| plugin.manifest().overlays.iter().any(|overlay| overlay.name == name)),
        (other, None) => other.starts_with("overlay:"),
    };
    if known {
        return Ok(());
    }
    let names: Vec<_> =
        plugin.iter().flat_map(|p| &p.manifest().overlays).map(|o| format!("overlay:{}", o.name)).collect();
    Err(Error::not_found(format!("there is no surface `{surface}`")).path("surface").hint(format!(
        "{}, {}",
        own.join(", "),
        names.join(", ")
    )))
}

fn hash(what: &impl Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    // Half of it is plenty for "does it differ".
    (hasher.finish() >> 32) as u32
}

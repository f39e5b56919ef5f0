//! Topics of this room: `tracker/<restream id>/<panel>`, and `app/changes`, which tells open lists to look again.

use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use regie_core::{Actor, Credential, Error, Result, Role, Topic};
use regie_live::{Act, Body, Form, Refused, Snapshot, Source, Variant, Want};
use regie_plugins::Plugin;
use regie_sdk::protocol::RenderRequest;

use crate::{
    model::NONE,
    service::{Restreams, visible},
    session::{Session, session_key},
};

/// Answers for `tracker/…`.
pub struct TrackerSource {
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

impl TrackerSource {
    pub fn new(restreams: Arc<Restreams>) -> Arc<Self> {
        Arc::new(Self { restreams, last: Mutex::default(), again: Arc::default() })
    }

    /// A plugin that rests is worth another try; one that is not there announces itself when it returns.
    fn try_again(&self, topic: &Topic) {
        let known = parse(topic).and_then(|(id, panel)| {
            let entry = self.restreams.directory.by_id(id)?;
            self.restreams.trackers.plugin(&entry.restream.panel(panel)?.tracker_type)
        });
        if known.is_err() || !self.again.lock().insert(topic.clone()) {
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
        let (id, panel) = parse(topic)?;
        let document = self.restreams.trackers.ensure(id, panel).await?;
        let session = Session::parse(&document.body)?;
        if variant.want.form == Form::State {
            let view = hash(&session.participants.iter().map(|p| &p.label).collect::<Vec<_>>());
            return Ok(Snapshot {
                version: document.version,
                etag: format!("{}-{}-{view:x}", self.restreams.lineage, document.version),
                css: Arc::from([]),
                body: Body::State(Session::compact(&document.body)?.into()),
            });
        }
        let plugin = self.restreams.trackers.plugin(&session.tracker_type)?;
        let place = self.restreams.trackers.place(&session_key(id, panel))?;
        let settings = plugin.settings();
        let view = hash(&(
            plugin.hash(),
            &serde_json::to_string(&settings).unwrap_or_default(),
            labels(&place.participants),
        ));
        let request = RenderRequest {
            state: &*session.state,
            derived: session.derived.as_deref(),
            revealed: None,
            surface: variant.want.surface.clone().unwrap_or_default(),
            slot: variant.want.slot,
            locale: locale(&plugin, variant.want.locale.as_deref()),
            can_edit: variant.can_edit,
            participants: place.participants,
            settings,
            assets: plugin.assets_url(),
        };
        let rendered = plugin.render(&session_key(id, panel), request).await?;
        Ok(Snapshot {
            version: document.version,
            etag: format!("{}-{}-{view:x}", self.restreams.lineage, document.version),
            css: plugin.stylesheets().into(),
            body: Body::Html(rendered.html.into()),
        })
    }
}

#[async_trait]
impl Source for TrackerSource {
    async fn admit(
        &self,
        topic: &Topic,
        mut want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant> {
        let (id, panel) = parse(topic)?;
        let actor = credential.actor().unwrap_or_default();
        let entry = self.restreams.directory.by_id(id).map_err(|_| gone(topic))?;
        let surface =
            (want.form == Form::Html).then(|| want.surface.clone().unwrap_or_else(|| "live".into()));
        if !visible(&entry.restream, &actor) && !credential.opens(key, topic, surface.as_deref()) {
            return Err(gone(topic));
        }
        let panel = entry.restream.panel(panel)?;
        if panel.tracker_type == NONE {
            return Err(gone(topic));
        }
        if let Some(surface) = &surface {
            let plugin = self.restreams.plugins.get(&panel.tracker_type);
            check_surface(surface, plugin.as_deref())?;
        }
        if let Some(slot) = want.slot
            && !entry.restream.slots(panel).iter().any(|p| p.slot == slot)
        {
            return Err(
                Error::not_found(format!("`{}` has no participant {slot}", entry.restream.slug)).path("slot")
            );
        }
        let html = want.form == Form::Html;
        let can_edit = surface.as_deref() == Some("live") && actor.role >= Role::Editor;
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

    async fn act(&self, topic: &Topic, actor: &Actor, act: Act) -> std::result::Result<u64, Refused> {
        actor.require(Role::Editor)?;
        let (id, panel) = parse(topic)?;
        self.restreams.directory.by_id(id).map_err(|_| gone(topic))?.restream.panel(panel)?;
        self.restreams.trackers.act(&session_key(id, panel), actor.clone(), act).await
    }
}

/// Rises whenever a list of the app may look different.
pub(crate) fn app_changes() -> Topic {
    Topic::parse("app/changes").expect("a constant topic")
}

/// Answers for `app/changes`: a number that rises whenever a list of the app may look different.
#[derive(Default)]
pub struct AppSource {
    seen: AtomicU64,
}

#[async_trait]
impl Source for AppSource {
    async fn admit(
        &self,
        topic: &Topic,
        _want: Want,
        _key: Option<&str>,
        _: &dyn Credential,
    ) -> Result<Variant> {
        if *topic != app_changes() {
            return Err(gone(topic));
        }
        let want = Want { form: Form::State, surface: None, slot: None, locale: None };
        Ok(Variant { want, can_edit: false })
    }

    async fn snapshot(&self, _topic: &Topic, _variant: &Variant) -> Result<Snapshot> {
        let version = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(Snapshot {
            version,
            etag: format!("app-{version}"),
            css: Arc::from([]),
            body: Body::State(format!("{{\"seen\":{version}}}").into()),
        })
    }

    async fn act(&self, _topic: &Topic, _actor: &Actor, _act: Act) -> std::result::Result<u64, Refused> {
        Err(Error::bad_request("there is nothing to act on here").path("topic").into())
    }
}

/// `tracker/<id>/<panel>`
fn parse(topic: &Topic) -> Result<(u64, &str)> {
    let mut tokens = topic.tokens();
    match (tokens.next(), tokens.next().and_then(|id| id.parse().ok()), tokens.next(), tokens.next()) {
        (Some("tracker"), Some(id), Some(panel), None) => Ok((id, panel)),
        _ => Err(gone(topic)),
    }
}

fn gone(topic: &Topic) -> Error {
    Error::not_found(format!("there is nothing at `{topic}`")).path("topic")
}

/// While its plugin is away any surface is let in: it shows the last block, or nothing.
fn check_surface(surface: &str, plugin: Option<&Plugin>) -> Result<()> {
    let known = match (surface, plugin) {
        ("live" | "panel", _) => true,
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
    Err(Error::not_found(format!("there is no surface `{surface}`"))
        .path("surface")
        .hint(format!("live, panel, {}", names.join(", "))))
}

/// The viewer's language where the plugin has it, else the plugin's first.
fn locale(plugin: &Plugin, wanted: Option<&str>) -> String {
    let locales = &plugin.manifest().locales;
    let wanted = wanted.unwrap_or("en");
    if locales.is_empty() || locales.iter().any(|l| l == wanted) {
        return wanted.to_owned();
    }
    locales[0].clone()
}

fn labels(participants: &[regie_sdk::protocol::Participant]) -> Vec<(u32, &str)> {
    participants.iter().map(|p| (p.slot, p.label.as_str())).collect()
}

fn hash(what: &impl Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    // Half of it is plenty for "does it differ".
    (hasher.finish() >> 32) as u32
}

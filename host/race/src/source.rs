//! What this room answers on the live link: `race/<id>/<class>`, drawn by the race's mode from what the class may see.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_trait::async_trait;
use regie_core::{Actor, Credential, Error, Result, Topic};
use regie_live::{Act, Body, Form, Refused, Snapshot, Source, Variant, Want};
use regie_pages::Words;
use regie_plugins::Plugin;

use crate::{
    Class, Races, Shown,
    engine::Cache,
    json::ShownView,
    model::{Race, RaceStatus},
    pages::{OWN, Room},
    picture::{BASE, Picture},
};

const ROOM: &str = "race";

pub struct RaceSource {
    races: Arc<Races>,
    /// The last good picture of each variant, for while its mode is away or broken.
    last: Cache<(Topic, Variant), Snapshot>,
    /// Base layers, by what they were drawn from: they change with what is revealed, not with the race.
    bases: Cache<Base, Arc<str>>,
}

/// What a base layer depends on: the part of the seed, package, surface, slot, locale.
type Base = (String, String, String, Option<u32>, String);

/// How many last pictures are kept.
const LAST: usize = 4096;
const BASES: usize = 256;

/// A topic of this room, read.
struct Place {
    race: Arc<Race>,
    class: Class,
}

impl RaceSource {
    pub fn new(races: Arc<Races>) -> Arc<Self> {
        Arc::new(Self { races, last: Cache::new(LAST), bases: Cache::new(BASES) })
    }

    /// What it answers for: the first token of its topics.
    pub const ROOM: &'static str = ROOM;

    fn place(&self, topic: &Topic) -> Result<Place> {
        let mut tokens = topic.tokens();
        let (Some(ROOM), Some(id), Some(class), None) =
            (tokens.next(), tokens.next(), tokens.next(), tokens.next())
        else {
            return Err(gone());
        };
        let race = self.races.race(id).map_err(|_| gone())?;
        let class: Class = class.parse()?;
        if class.who.slot().is_some_and(|slot| race.in_slot(slot).is_none()) {
            return Err(gone());
        }
        Ok(Place { race, class })
    }

    async fn draw(&self, topic: &Topic, variant: &Variant) -> Result<Snapshot> {
        let Place { race, class } = self.place(topic)?;
        let shown = self.races.engine.shown_lately(&race.id, class).await?;
        let etag = |view: u64| format!("{}-{}-{view:x}", self.races.lineage(), shown.version);
        if variant.want.form == Form::State {
            let state = ShownView::new(&self.races, &shown);
            let text = serde_json::to_string(&state).map_err(Error::internal)?;
            let etag = etag(hash(&text));
            let body = Body::State(text.into());
            return Ok(Snapshot { version: shown.version, etag, css: Arc::from([]), body });
        }
        let surface = variant.want.surface.clone().unwrap_or_default();
        if let Some(html) = self.own(&shown, &surface, variant.want.locale.as_deref()) {
            // Clocks that move do not change it.
            let etag = format!("{}-own-{:x}", self.races.lineage(), hash(&html));
            let body = Body::Html(html.into());
            return Ok(Snapshot { version: shown.version, etag, css: Arc::from([]), body });
        }
        let plugin = self.races.engine.mode(&race.mode)?;
        let base = surface.ends_with(BASE);
        let settings = serde_json::to_string(&plugin.settings()).unwrap_or_default();
        let names: Vec<_> = shown.race.participants.iter().map(|p| (p.slot, p.name.as_str())).collect();
        let revealed = shown.revealed.as_ref().map(|(name, _)| name.as_str());
        let view = if base {
            hash(&(plugin.hash(), settings, revealed))
        } else {
            hash(&(plugin.hash(), settings, names, shown.view.get()))
        };
        let etag = if base { format!("{}-base-{view:x}", self.races.lineage()) } else { etag(view) };
        if let Some(last) = self.last.get(&(topic.clone(), variant.clone())).filter(|last| last.etag == etag)
        {
            return Ok(last);
        }
        let html = if base {
            self.base(&plugin, &shown, variant, surface).await?
        } else {
            self.render(&plugin, &shown, variant, surface).await?
        };
        let css = plugin.stylesheets().into();
        Ok(Snapshot { version: shown.version, etag, css, body: Body::Html(html) })
    }

    /// What the room itself draws: who takes part, and when it starts.
    fn own(&self, shown: &Shown, surface: &str, locale: Option<&str>) -> Option<String> {
        let name = |id: &String| self.races.identity.user(id).map(|user| user.name);
        let room = Room {
            words: Words::choose(locale, None, None),
            race: &shown.race,
            connected: &shown.connected.iter().copied().collect::<Vec<_>>(),
            casters: &shown.race.casters.iter().filter_map(name).collect::<Vec<_>>(),
        };
        room.fragment(surface).map(|markup| markup.into_string())
    }

    async fn base(
        &self,
        plugin: &Plugin,
        shown: &Shown,
        variant: &Variant,
        surface: String,
    ) -> Result<Arc<str>> {
        // Nothing is revealed: nothing lies below.
        let Some((name, _)) = &shown.revealed else { return Ok(Arc::from("")) };
        let locale = variant.want.locale.clone().unwrap_or_default();
        let key = (name.clone(), plugin.hash().to_owned(), surface.clone(), variant.want.slot, locale);
        if let Some(html) = self.bases.get(&key) {
            return Ok(html);
        }
        let html = self.render(plugin, shown, variant, surface).await?;
        self.bases.put(key, html.clone());
        Ok(html)
    }

    async fn render(
        &self,
        plugin: &Plugin,
        shown: &Shown,
        variant: &Variant,
        surface: String,
    ) -> Result<Arc<str>> {
        let picture = Picture {
            surface,
            slot: variant.want.slot,
            locale: plugin.locale(variant.want.locale.as_deref()),
            can_edit: variant.can_edit,
        };
        self.races.draw(plugin, shown, picture).await
    }
}

#[async_trait]
impl Source for RaceSource {
    async fn admit(
        &self,
        topic: &Topic,
        mut want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant> {
        let Place { race, class } = self.place(topic)?;
        let html = want.form == Form::Html;
        let surface = html.then(|| want.surface.clone().unwrap_or_else(|| "live".into()));
        let actor = credential.actor().unwrap_or_default();
        // A key to a picture opens the later ones of it, too.
        let at_once = Topic::parse(&format!("{ROOM}/{}/{}", race.id, Class::now(class.who)))?;
        let opens = |topic| credential.opens(key, topic, surface.as_deref());
        if !race.may_see(&actor, class) && !opens(topic) && !opens(&at_once) {
            return Err(gone());
        }
        if let Some(surface) = surface.as_deref().filter(|surface| !OWN.contains(surface)) {
            check_surface(surface, self.races.plugins.get(&race.mode).as_deref())?;
        }
        if want.slot.is_some_and(|slot| race.in_slot(slot).is_none()) {
            return Err(Error::not_found("there is no such participant").path("slot"));
        }
        let can_edit = surface.as_deref() == Some("live") && may_act(&race, &actor).is_ok();
        // Normalised, so that strangers' words make no further variants.
        want.surface = surface;
        want.slot = want.slot.filter(|_| html);
        want.locale = html.then(|| want.locale.filter(|l| l == "fr").unwrap_or_else(|| "en".into()));
        Ok(Variant { want, can_edit })
    }

    async fn snapshot(&self, topic: &Topic, variant: &Variant) -> Result<Snapshot> {
        let key = (topic.clone(), variant.clone());
        match self.draw(topic, variant).await {
            Ok(snapshot) => {
                self.last.put(key, snapshot.clone());
                Ok(snapshot)
            }
            Err(error) => match self.last.get(&key) {
                Some(last) => {
                    tracing::debug!(%topic, %error, "showing the last good block");
                    Ok(last)
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
        let Place { race, .. } = self.place(topic)?;
        let actor = credential.actor().unwrap_or_default();
        let slot = may_act(&race, &actor)?;
        self.races.engine.act(&race.id, &actor, slot, act).await
    }
}

/// Players act for themselves while they play, the organizer for the race; answers the actor's own slot.
/// Errors: `unauthenticated`, `forbidden`.
pub fn may_act(race: &Race, actor: &Actor) -> Result<Option<u32>> {
    if actor.is_anonymous() {
        return Err(Error::unauthenticated());
    }
    if let Some(participant) = race.participant_of(&actor.id) {
        race.check_playing(participant.slot)?;
        return Ok(Some(participant.slot));
    }
    if race.is_organizer(actor) && race.status == RaceStatus::Running {
        return Ok(None);
    }
    Err(Error::forbidden("only who takes part acts here"))
}

/// While its mode is away any surface is let in: it shows the last block, or nothing.
pub fn check_surface(surface: &str, plugin: Option<&Plugin>) -> Result<()> {
    let known = match surface.strip_prefix("overlay:") {
        None => matches!(surface, "live" | "panel"),
        Some(name) => plugin.is_none_or(|plugin| {
            let overlays = &plugin.manifest().overlays;
            overlays.iter().any(|o| match name.strip_suffix(BASE) {
                Some(name) => o.base && o.name == name,
                None => o.name == name,
            })
        }),
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

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn gone() -> Error {
    Error::not_found("there is no such race, or not for you").path("topic")
}

//! List, make, change, import and delete presets.

use std::sync::Arc;

use regie_core::{Actor, Error, ErrorKind, Result, Role, rfc3339};
use regie_plugins::{Kind, Plugin};
use regie_sdk::protocol::{Participant, PresetRequest};
use regie_store::{Document, EntryKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use utoipa::ToSchema;

use super::{SHAPE, preset_key};
use crate::{
    json::RawObject,
    model::{MAX_PARTICIPANTS, text},
    sessions::{NewSession, Session, Sessions, seed_of},
};

/// A preset is made from a running session, from a state that is given, or from the plugin's default.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct NewPreset {
    pub label: String,
    #[serde(default)]
    pub notes: String,
    /// How many participants it describes; one stands for everybody.
    #[serde(default)]
    pub slots: Option<u32>,
    #[serde(default)]
    #[schema(value_type = Option<Value>)]
    pub state: Option<Box<RawValue>>,
    /// `<restream>/<panel>`: as that tracker is now.
    #[serde(default)]
    pub from: Option<String>,
}

/// What is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct PresetPatch {
    pub label: Option<String>,
    pub notes: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Preset)]
pub struct PresetView {
    pub slug: String,
    pub label: String,
    pub notes: String,
    pub tracker_type: String,
    pub plugin_version: String,
    pub state_version: u32,
    pub version: u64,
    pub created_at: String,
    pub updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Value>>)]
    pub participants: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub state: Option<Box<RawValue>>,
}

/// A file of a preset, as it is exported and imported.
#[derive(Deserialize)]
struct File {
    label: Option<String>,
    #[serde(default)]
    notes: String,
    tracker_type: Option<String>,
    state_version: Option<u32>,
    participants: Option<Vec<Participant>>,
    state: Option<Box<RawValue>>,
    /// One participant's part, which stands for everybody's.
    participant: Option<Box<RawValue>>,
}

pub struct Presets {
    pub sessions: Arc<Sessions>,
}

impl Presets {
    /// By label.
    pub async fn list(&self, plugin: &str) -> Result<Vec<PresetView>> {
        let mut found = Vec::new();
        for key in self.sessions.bucket.keys(plugin).await? {
            let Some(document) = self.sessions.get(&key).await? else { continue };
            found.push(view(&document, false)?);
        }
        found.sort_by(|a, b| a.label.to_lowercase().cmp(&b.label.to_lowercase()).then(a.slug.cmp(&b.slug)));
        Ok(found)
    }

    /// With participants and state.
    pub async fn show(&self, plugin: &str, slug: &str) -> Result<PresetView> {
        view(&self.document(plugin, slug).await?, true)
    }

    pub async fn document(&self, plugin: &str, slug: &str) -> Result<Document> {
        self.sessions.ensure(&preset_key(plugin, slug)).await
    }

    /// What the plugin's `preset` reads. Errors: `not_found`.
    pub async fn seed(&self, plugin: &str, slug: &str) -> Result<Box<RawValue>> {
        let document = self.document(plugin, slug).await?;
        Ok(seed_of(&self.sessions.parse(&document)?.state))
    }

    /// `from` is the session that `form.from` names.
    pub async fn create(
        &self,
        plugin: &str,
        form: NewPreset,
        from: Option<Session>,
        actor: &Actor,
    ) -> Result<PresetView> {
        actor.require(Role::Admin)?;
        let plugin = self.tracker(plugin)?;
        let slots = form.slots.unwrap_or(1);
        if !(1..=u32::try_from(MAX_PARTICIPANTS).unwrap_or(u32::MAX)).contains(&slots) {
            return Err(Error::bad_request(format!("{slots} slots are out of bounds"))
                .path("slots")
                .hint(format!("1 to {MAX_PARTICIPANTS}")));
        }
        let nameless = || (1..=slots).map(|slot| Participant { slot, label: String::new() }).collect();
        let (participants, state) = match (form.state, from) {
            (Some(state), _) => (nameless(), Some(state)),
            (None, Some(session)) => {
                let bare = |p: Participant| Participant { label: String::new(), ..p };
                (session.participants.into_iter().map(bare).collect(), Some(session.state))
            }
            (None, None) => (nameless(), None),
        };
        self.store(&plugin, &form.label, &form.notes, participants, state, None, actor).await
    }

    /// Takes what [`Self::document`] gave, or a file that somebody wrote.
    pub async fn import(&self, plugin: &str, file: &RawValue, actor: &Actor) -> Result<PresetView> {
        actor.require(Role::Admin)?;
        let plugin = self.tracker(plugin)?;
        let file: File = serde_json::from_str(file.get())
            .map_err(|error| Error::bad_request(format!("this is not the file of a preset: {error}")))?;
        if let Some(other) = file.tracker_type.as_ref().filter(|other| *other != plugin.id()) {
            return Err(Error::bad_request(format!("this is a preset of `{other}`"))
                .path("tracker_type")
                .hint(format!("here are those of `{}`", plugin.id())));
        }
        let Some(label) = file.label else {
            return Err(Error::bad_request("the preset has no label").path("label"));
        };
        if file.state.is_none() && file.participant.is_none() {
            return Err(Error::bad_request("the preset has neither `state` nor `participant`").path("state"));
        }
        let wanted = plugin.manifest().state_version;
        let mut state = file.state;
        if let Some(written) = file.state_version.filter(|written| *written != wanted) {
            if written > wanted {
                return Err(Error::conflict(format!(
                    "the preset has state_version {written}; this version of the plugin knows up to {wanted}"
                ))
                .code("state_too_new")
                .path("state_version"));
            }
            if let Some(old) = &state {
                state = Some(plugin.migrate("import", written, old, None).await?.state);
            }
        }
        let participants = file
            .participants
            .filter(|p| !p.is_empty())
            .unwrap_or_else(|| vec![Participant { slot: 1, label: String::new() }]);
        let seed = file.participant.map(|part| json!({"participant": part}));
        self.store(&plugin, &label, &file.notes, participants, state, seed, actor).await
    }

    #[expect(clippy::too_many_arguments, reason = "a preset has these parts, and this is where they meet")]
    async fn store(
        &self,
        plugin: &Plugin,
        label: &str,
        notes: &str,
        participants: Vec<Participant>,
        state: Option<Box<RawValue>>,
        seed: Option<Value>,
        actor: &Actor,
    ) -> Result<PresetView> {
        let (label, notes) = (label.trim(), notes.trim());
        text(label, "label", 1..=80)?;
        text(notes, "notes", 0..=4000)?;
        let state = match state {
            Some(state) => {
                self.probe(plugin, &state, &participants).await?;
                state
            }
            None => {
                let request = PresetRequest {
                    participants: participants.clone(),
                    settings: plugin.settings(),
                    seed: seed.map(|seed| crate::sessions::raw(&seed)),
                    random: regie_core::random_hex(32),
                };
                plugin.preset("new preset", request).await?.state
            }
        };
        let now = rfc3339(self.sessions.clock.now_ms());
        for number in 1.. {
            let slug = slug(label, number);
            let key = preset_key(plugin.id(), &slug);
            if self.sessions.get(&key).await?.is_some() {
                continue;
            }
            let new = NewSession {
                plugin: plugin.id().to_owned(),
                version: self.sessions.next_version(&key).await?,
                state_version: plugin.manifest().state_version,
                participants: participants.clone(),
                state: state.clone(),
                derived: None,
                head: vec![
                    ("label", json!(label)),
                    ("notes", json!(notes)),
                    ("plugin_version", json!(plugin.manifest().version)),
                    ("created_at", json!(now)),
                ],
            };
            let made = self
                .sessions
                .store_new(&key, new, EntryKind::Create, actor, &json!({"label": label}))
                .await?;
            self.announce();
            return view(&made, true);
        }
        Err(Error::internal("numbers do not end"))
    }

    pub async fn edit(
        &self,
        plugin: &str,
        slug: &str,
        patch: PresetPatch,
        actor: &Actor,
    ) -> Result<PresetView> {
        actor.require(Role::Admin)?;
        let label = patch.label.map(|label| label.trim().to_owned());
        if let Some(label) = &label {
            text(label, "label", 1..=80)?;
        }
        if let Some(notes) = &patch.notes {
            text(notes, "notes", 0..=4000)?;
        }
        let key = preset_key(plugin, slug);
        self.sessions.ensure(&key).await?;
        let actor = actor.clone();
        let document = self
            .sessions
            .in_lane(&key, |sessions, key| {
                Box::pin(async move {
                    let document = sessions
                        .get(&key)
                        .await?
                        .ok_or_else(|| Error::not_found("the preset was deleted meanwhile"))?;
                    let mut session = sessions.parse(&document)?;
                    if let Some(label) = &label {
                        session.set_field("label", label);
                    }
                    if let Some(notes) = &patch.notes {
                        session.set_field("notes", notes);
                    }
                    let detail = json!({"label": label, "notes": patch.notes});
                    sessions.put(&key, &document, session, EntryKind::Labels, &actor, &detail).await
                })
            })
            .await?;
        self.announce();
        view(&document, true)
    }

    /// Its versions stay in the history.
    pub async fn delete(&self, plugin: &str, slug: &str, actor: &Actor) -> Result<()> {
        actor.require(Role::Admin)?;
        let key = preset_key(plugin, slug);
        if self.sessions.get(&key).await?.is_none() {
            return Err(Error::not_found(format!("there is no preset `{slug}`")));
        }
        self.sessions.remove(&key, actor, "deleted").await?;
        self.announce();
        Ok(())
    }

    /// Errors: `not_found` where this is no tracker.
    pub fn tracker(&self, id: &str) -> Result<Arc<Plugin>> {
        self.sessions
            .plugins
            .get(id)
            .filter(|plugin| plugin.manifest().kind == Kind::Tracker)
            .ok_or_else(|| Error::not_found(format!("there is no tracker `{id}`")))
    }

    /// A state that the plugin cannot draw is none of its.
    async fn probe(&self, plugin: &Plugin, state: &RawValue, participants: &[Participant]) -> Result<()> {
        let request = regie_sdk::protocol::RenderRequest {
            state,
            derived: None,
            revealed: None,
            surface: "editor".into(),
            slot: None,
            locale: "en".into(),
            can_edit: true,
            participants: participants.to_vec(),
            settings: plugin.settings(),
            assets: plugin.assets_url(),
        };
        match plugin.render("new preset", request).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = Error::from(error);
                if error.kind == ErrorKind::PluginUnavailable {
                    return Err(error);
                }
                Err(Error::bad_request(format!("the plugin cannot show this state: {error}")).path("state"))
            }
        }
    }

    fn announce(&self) {
        self.sessions.hub.changed(&crate::sources::app_changes());
    }
}

pub(crate) fn view(document: &Document, whole: bool) -> Result<PresetView> {
    let fields = RawObject::parse(&document.body)?;
    let session = Session::parse(SHAPE, &document.body)?;
    let slug = document.key.split_once('.').map_or("", |(_, slug)| slug).to_owned();
    Ok(PresetView {
        label: fields.get_or("label", || slug.clone())?,
        notes: fields.get_or("notes", String::new)?,
        tracker_type: session.plugin,
        plugin_version: fields.get_or("plugin_version", String::new)?,
        state_version: session.state_version,
        version: document.version,
        created_at: fields.get_or("created_at", String::new)?,
        updated_at: fields.get_or("updated_at", String::new)?,
        participants: whole.then(|| json!(session.participants)),
        state: whole.then_some(session.state),
        slug,
    })
}

/// From a label; `-2`, `-3` where it is taken.
fn slug(label: &str, number: u32) -> String {
    let plain = label.to_lowercase().chars().flat_map(fold).collect::<String>();
    let mut slug = String::new();
    for c in plain.chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(34);
    let slug = match slug.trim_end_matches('-') {
        "" => "preset".to_owned(),
        // Words that are no slugs, since the server has pages of that name.
        slug if regie_core::check_slug(slug).is_err() => format!("{slug}-1"),
        slug => slug.to_owned(),
    };
    if number == 1 { slug } else { format!("{slug}-{number}") }
}

/// Letters without their accents, as far as French has them.
fn fold(c: char) -> impl Iterator<Item = char> {
    let plain = match c {
        'à' | 'â' | 'ä' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'î' | 'ï' => "i",
        'ô' | 'ö' => "o",
        'ù' | 'û' | 'ü' => "u",
        'ç' => "c",
        'œ' => "oe",
        'æ' => "ae",
        _ => "",
    };
    plain.chars().chain(plain.is_empty().then_some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_of_labels_and_numbered() {
        for (label, number, expected) in [
            ("Saison 4, départ", 1, "saison-4-depart"),
            ("Saison 4", 2, "saison-4-2"),
            ("— ? —", 1, "preset"),
            ("Œuf", 3, "oeuf-3"),
            ("Settings", 1, "settings-1"),
        ] {
            assert_eq!(slug(label, number), expected);
            assert!(regie_core::check_slug(&slug(&"x y".repeat(40), number)).is_ok());
        }
    }
}

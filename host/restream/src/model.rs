//! The restream document and its invariants. No I/O.

mod gathered;
mod layout;

use regie_core::{Credential, Error, Result, Role, check_slug};
use regie_live::Tie;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::gathered::{Fate, Gathered};
pub use self::layout::{Layout, OverlayPlace};

/// The panel every restream has; further ones stand beside it.
pub const MAIN_PANEL: &str = "main";
/// "No tracker", "no hint sheet".
pub const NONE: &str = "none";
/// Stands for the hint sheet where a panel is named.
pub const INDICES_PANEL: &str = "indices";
/// Stands for all of them in the address of an overlay.
pub const ALL_PANELS: &str = "all";
/// Panels of one page.
pub const MAX_PANELS: usize = 16;
/// A tracker shows up to this many participants.
pub const MAX_PARTICIPANTS: usize = 32;

/// One show: who plays, and which panels are on the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Restream {
    pub schema: u32,
    pub id: u64,
    pub slug: String,
    pub title: String,
    #[serde(default)]
    pub description: String,
    /// Only crews see a restream that is not.
    pub enabled: bool,
    pub indices_template: String,
    pub panels: Vec<Panel>,
    pub participants: Vec<Participant>,
    #[serde(default, skip_serializing_if = "Layout::is_empty")]
    pub layout: Layout,
    /// Rooms that its trackers are fed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archipelago: Vec<Feed>,
    /// The session of a lobby whose members may become participants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lobby: Option<Tie>,
    /// RFC 3339.
    pub created_at: String,
    pub updated_at: String,
    /// Fields of a newer version or of an operator's own, kept as they are.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Panel {
    /// `main`, or a slug.
    pub key: String,
    /// Id of a tracker plugin, or `none`.
    pub tracker_type: String,
    /// Slots it shows; empty: all.
    #[serde(default)]
    pub participants: Vec<u32>,
    /// Its heading where the tracker's name does not say enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `<slug>/<panel>`: shows that session instead of one of its own; `tracker_type` is then what that panel has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether the crew of this restream may edit the session that `source` names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// What its session starts from: the slug of a preset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
}

impl Panel {
    /// One with a tracker of its own.
    pub fn new(key: &str, tracker_type: &str) -> Self {
        Self {
            key: key.into(),
            tracker_type: tracker_type.into(),
            participants: Vec::new(),
            title: None,
            source: None,
            shared: false,
            preset: None,
        }
    }

    /// Whether there is anything on it.
    pub fn is_on(&self) -> bool {
        self.tracker_type != NONE || self.source.is_some()
    }

    /// Whether it has a session of its own.
    pub fn has_session(&self) -> bool {
        self.tracker_type != NONE && self.source.is_none()
    }

    /// `(slug, panel)` of the session it shows in place of its own.
    pub fn source(&self) -> Option<(&str, &str)> {
        self.source.as_deref().map(|source| source.split_once('/').unwrap_or((source, MAIN_PANEL)))
    }
}

/// A room of a multiworld whose items count on a tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Feed {
    pub panel: String,
    pub slot: u32,
    /// `host:port`, `ws://…` or `wss://…`
    pub address: String,
    /// The player's name in that room.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub game: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// Counted from 1, in the order of the page.
    pub slot: u32,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// As the crew writes it: `1:23:45`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_time: Option<String>,
    #[serde(default)]
    pub show_final_time: bool,
}

/// A participant in a form: slots follow from the order.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ParticipantForm {
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub team: Option<String>,
    #[serde(default)]
    pub final_time: Option<String>,
    #[serde(default)]
    pub show_final_time: bool,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewRestream {
    /// First part of its address: 1 to 40 of `a-z`, `0-9` and `-`.
    pub slug: String,
    pub title: String,
    #[serde(default)]
    pub description: String,
    /// Of panel `main`.
    #[serde(default = "none")]
    pub tracker_type: String,
    #[serde(default = "none")]
    pub indices_template: String,
    /// Panels beside `main`; one of the key `main` says more about that one.
    #[serde(default)]
    pub panels: Vec<Panel>,
    /// Slug of a preset of `tracker_type`, for panel `main`.
    #[serde(default)]
    pub preset: Option<String>,
    #[serde(default)]
    pub layout: Layout,
    /// One participant where it is absent.
    #[serde(default)]
    pub participants: Vec<ParticipantForm>,
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct RestreamPatch {
    pub slug: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// Of panel `main`.
    pub tracker_type: Option<String>,
    pub indices_template: Option<String>,
    /// All panels beside `main`; one of the key `main` says more about that one.
    pub panels: Option<Vec<Panel>>,
    /// Where panels stand on the live page and on the composed overlay.
    pub layout: Option<Layout>,
    pub participants: Option<Vec<ParticipantForm>>,
    pub enabled: Option<bool>,
}

fn none() -> String {
    NONE.into()
}

fn yes() -> bool {
    true
}

impl Restream {
    pub fn new(id: u64, form: NewRestream, now: &str) -> Result<Self> {
        let mut restream = Self {
            schema: 1,
            id,
            slug: form.slug,
            title: form.title,
            description: form.description,
            enabled: form.enabled,
            indices_template: form.indices_template,
            panels: with_main(
                Panel { preset: form.preset, ..Panel::new(MAIN_PANEL, &form.tracker_type) },
                form.panels,
            ),
            participants: participants(form.participants),
            layout: form.layout,
            archipelago: Vec::new(),
            lobby: None,
            created_at: now.into(),
            updated_at: now.into(),
            other: serde_json::Map::new(),
        };
        restream.tidy();
        restream.check()?;
        Ok(restream)
    }

    /// The document after `patch`, or why not.
    pub fn patched(&self, patch: RestreamPatch, now: &str) -> Result<Self> {
        let mut next = self.clone();
        if let Some(slug) = patch.slug {
            next.slug = slug;
        }
        if let Some(title) = patch.title {
            next.title = title;
        }
        if let Some(description) = patch.description {
            next.description = description;
        }
        if let Some(tracker_type) = patch.tracker_type
            && let Some(main) = next.panels.iter_mut().find(|p| p.key == MAIN_PANEL)
        {
            if main.tracker_type != tracker_type {
                main.preset = None;
                main.source = None;
            }
            main.tracker_type = tracker_type;
        }
        if let Some(panels) = patch.panels {
            let main = next.panels.iter().find(|p| p.key == MAIN_PANEL).cloned();
            next.panels = with_main(main.unwrap_or_else(|| Panel::new(MAIN_PANEL, NONE)), panels);
        }
        if let Some(layout) = patch.layout {
            next.layout = layout;
        }
        if let Some(template) = patch.indices_template {
            next.indices_template = template;
        }
        if let Some(form) = patch.participants {
            next.participants = participants(form);
        }
        if let Some(enabled) = patch.enabled {
            next.enabled = enabled;
        }
        next.updated_at = now.into();
        next.tidy();
        next.check()?;
        Ok(next)
    }

    pub fn panel(&self, key: &str) -> Result<&Panel> {
        self.panels
            .iter()
            .find(|p| p.key == key)
            .ok_or_else(|| Error::not_found(format!("`{}` has no panel `{key}`", self.slug)).path("panel"))
    }

    /// What grants are given on.
    pub fn target(&self) -> String {
        format!("restream.{}", self.id)
    }

    /// Of tokens that are good for saying what a source counts here, and for nothing else.
    pub fn auto_scope(&self) -> String {
        format!("auto.{}", self.target())
    }

    /// Who may say what a source counts: editors, and tokens of that scope alone.
    pub fn require_auto(&self, credential: &dyn Credential) -> Result<()> {
        if credential.scope().is_some_and(|scope| scope == self.auto_scope()) {
            return Ok(());
        }
        credential.actor_on(&self.target()).unwrap_or_default().require(Role::Editor)
    }

    /// The type of panel `main`.
    pub fn tracker_type(&self) -> &str {
        self.panels.iter().find(|p| p.key == MAIN_PANEL).map_or(NONE, |p| &p.tracker_type)
    }

    /// As plugins see everybody.
    pub fn everyone(&self) -> Vec<regie_sdk::protocol::Participant> {
        let seen =
            |p: &Participant| regie_sdk::protocol::Participant { slot: p.slot, label: p.label.clone() };
        self.participants.iter().map(seen).collect()
    }

    /// As plugins see the people of `panel`.
    pub fn slots(&self, panel: &Panel) -> Vec<regie_sdk::protocol::Participant> {
        let mut slots = self.everyone();
        slots.retain(|p| panel.participants.is_empty() || panel.participants.contains(&p.slot));
        slots
    }

    fn tidy(&mut self) {
        self.title = self.title.trim().into();
        if self.participants.is_empty() {
            self.participants = participants(vec![ParticipantForm::default()]);
        }
    }

    fn check_panels(&self) -> Result<()> {
        if self.panels.len() > MAX_PANELS {
            let hint = format!("{MAX_PANELS} at most, with `{MAIN_PANEL}`");
            return Err(Error::bad_request("these are too many panels").path("panels").hint(hint));
        }
        for (index, panel) in self.panels.iter().enumerate() {
            let at = |field: &str| format!("panels[{index}].{field}");
            check_slug(&panel.key).map_err(|error| error.path(at("key")))?;
            if self.panels[..index].iter().any(|other| other.key == panel.key) {
                return Err(
                    Error::bad_request(format!("panel `{}` is there twice", panel.key)).path(at("key"))
                );
            }
            if matches!(panel.key.as_str(), INDICES_PANEL | ALL_PANELS) {
                return Err(Error::bad_request(format!("`{}` is no name for a panel", panel.key))
                    .path(at("key"))
                    .hint("that word stands for something else in addresses"));
            }
            text(panel.title.as_deref().unwrap_or_default(), &at("title"), 0..=60)?;
            if let Some((slug, other)) = panel.source() {
                if slug == self.slug {
                    return Err(Error::bad_request("a panel cannot show a panel of its own restream")
                        .path(at("source")));
                }
                check_slug(other).map_err(|error| error.path(at("source")))?;
                // Slots are those of the session that is shown.
                continue;
            }
            if let Some(slot) =
                panel.participants.iter().find(|slot| self.participants.iter().all(|p| p.slot != **slot))
            {
                return Err(
                    Error::bad_request(format!("there is no participant {slot}")).path(at("participants"))
                );
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        check_slug(&self.slug)?;
        text(&self.title, "title", 1..=120)?;
        text(&self.description, "description", 0..=4000)?;
        self.check_panels()?;
        self.layout.check()?;
        if self.participants.len() > MAX_PARTICIPANTS {
            return Err(Error::bad_request(format!("{} participants are too many", self.participants.len()))
                .path("participants")
                .hint(format!("{MAX_PARTICIPANTS} at most")));
        }
        for (index, participant) in self.participants.iter().enumerate() {
            let at = |field: &str| format!("participants[{index}].{field}");
            text(&participant.label, &at("label"), 0..=60)?;
            text(participant.team.as_deref().unwrap_or_default(), &at("team"), 0..=60)?;
            text(participant.final_time.as_deref().unwrap_or_default(), &at("final_time"), 0..=20)?;
        }
        Ok(())
    }
}

/// `main` first. Its type stays what the form says at its own place, or at the panel's where the form says none.
fn with_main(mut main: Panel, mut others: Vec<Panel>) -> Vec<Panel> {
    if let Some(at) = others.iter().position(|p| p.key == MAIN_PANEL) {
        let said = others.remove(at);
        let preset = said.preset.clone().or(main.preset);
        let tracker_type =
            if said.tracker_type == NONE { main.tracker_type } else { said.tracker_type.clone() };
        main = Panel { tracker_type, preset, ..said };
    }
    std::iter::once(main).chain(others).collect()
}

/// Errors: `bad_request` at `path` for a length outside of `length`, or control characters.
pub(crate) fn text(value: &str, path: &str, length: std::ops::RangeInclusive<usize>) -> Result<()> {
    let count = value.chars().count();
    if !length.contains(&count) {
        return Err(Error::bad_request(format!("{count} characters are out of bounds"))
            .path(path)
            .hint(format!("{} to {} characters", length.start(), length.end())));
    }
    if value.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Error::bad_request("control characters are not text").path(path));
    }
    Ok(())
}

fn participants(forms: Vec<ParticipantForm>) -> Vec<Participant> {
    let filled = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    (1..)
        .zip(forms)
        .map(|(slot, form)| Participant {
            slot,
            label: form.label.trim().into(),
            team: filled(form.team),
            final_time: filled(form.final_time),
            show_final_time: form.show_final_time,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(json: serde_json::Value) -> NewRestream {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn slots_follow_from_the_order_and_nobody_is_one_participant() {
        let made = Restream::new(
            1,
            form(serde_json::json!({"slug":"a","title":" T ","participants":[{"label":"x"},{"label":"y"}]})),
            "t",
        )
        .unwrap();
        assert_eq!(made.participants.iter().map(|p| p.slot).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(made.title, "T");
        let alone = Restream::new(1, form(serde_json::json!({"slug":"a","title":"T"})), "t").unwrap();
        assert_eq!((alone.participants.len(), alone.tracker_type()), (1, NONE));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        for (json, path) in [
            (serde_json::json!({"slug":"api","title":"T"}), "slug"),
            (serde_json::json!({"slug":"a","title":"  "}), "title"),
            (
                serde_json::json!({"slug":"a","title":"T","participants":[{"label":"x".repeat(61)}]}),
                "participants[0].label",
            ),
            (
                serde_json::json!({"slug":"a","title":"T","participants":vec![serde_json::json!({}); 33]}),
                "participants",
            ),
        ] {
            let error = Restream::new(1, form(json), "t").unwrap_err();
            assert_eq!(error.path.as_deref(), Some(path), "{error}");
        }
    }

    #[test]
    fn a_tie_to_a_session_is_kept_by_edits_and_absent_where_there_is_none() {
        let stored = r#"{"schema":1,"id":3,"slug":"a","title":"T","enabled":true,"indices_template":"none","panels":[],"participants":[],"lobby":{"session_id":"s1","title":"Tide pools"},"created_at":"t","updated_at":"t"}"#;
        let restream: Restream = serde_json::from_str(stored).unwrap();
        let next =
            restream.patched(RestreamPatch { title: Some("U".into()), ..Default::default() }, "t2").unwrap();
        assert_eq!(
            serde_json::to_value(&next).unwrap()["lobby"],
            serde_json::json!({"session_id": "s1", "title": "Tide pools"})
        );
        let untied = Restream { lobby: None, ..next };
        assert!(serde_json::to_value(&untied).unwrap().get("lobby").is_none());
    }

    #[test]
    fn unknown_fields_of_a_stored_document_survive_an_edit() {
        let stored = r#"{"schema":1,"id":3,"slug":"a","title":"T","enabled":true,"indices_template":"none","panels":[],"participants":[],"created_at":"t","updated_at":"t","overlay_pack":"x"}"#;
        let restream: Restream = serde_json::from_str(stored).unwrap();
        let next =
            restream.patched(RestreamPatch { title: Some("U".into()), ..Default::default() }, "t2").unwrap();
        assert_eq!(serde_json::to_value(&next).unwrap()["overlay_pack"], "x");
    }
}

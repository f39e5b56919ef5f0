//! A document's JSON: which parts of it are the host's, and which the plugin's.

use bytes::Bytes;
use regie_core::{Error, Result};
use regie_sdk::protocol::Participant;
use serde_json::{Value, value::RawValue};

use super::raw;
use crate::json::RawObject;

/// How the parts of a document lie in its JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{"tracker_type", …, "state": {…}}`
    Tracker,
    /// The same with a label and notes.
    Preset,
    /// The same shape as a template that people write: `{"label", "categories", …}`, with the host's fields beside them.
    /// A state without `categories` lies under `state`.
    Sheet,
}

/// Fields of a [`Shape::Sheet`] that are the host's; all others are the plugin's.
const HOSTS: [&str; 10] = [
    "plugin",
    "template",
    "restream_id",
    "restream_slug",
    "version",
    "state_version",
    "participants",
    "auto",
    "updated_at",
    "derived",
];

/// A document as the host sees it. `state` and `derived` are the plugin's own; unknown fields stay where they are.
#[derive(Debug, Clone)]
pub struct Session {
    pub plugin: String,
    /// 0 where the document names none (a file that somebody wrote).
    pub version: u64,
    pub state_version: u32,
    pub participants: Vec<Participant>,
    pub state: Box<RawValue>,
    pub derived: Option<Box<RawValue>>,
    shape: Shape,
    fields: RawObject,
}

/// What a new session is made from.
pub struct NewSession {
    pub plugin: String,
    pub version: u64,
    pub state_version: u32,
    pub participants: Vec<Participant>,
    pub state: Box<RawValue>,
    pub derived: Option<Box<RawValue>>,
    /// Further fields of the host's.
    pub head: Vec<(&'static str, Value)>,
}

impl Shape {
    fn plugin_field(self) -> &'static str {
        match self {
            Self::Tracker | Self::Preset => "tracker_type",
            Self::Sheet => "plugin",
        }
    }
}

impl Session {
    pub fn new(shape: Shape, made: NewSession) -> Self {
        let mut fields = RawObject::default();
        fields.set(shape.plugin_field(), &made.plugin);
        for (name, value) in &made.head {
            fields.set(name, value);
        }
        fields.set("version", &made.version);
        fields.set("state_version", &made.state_version);
        fields.set("participants", &made.participants);
        fields.set("updated_at", &"");
        Self {
            plugin: made.plugin,
            version: made.version,
            state_version: made.state_version,
            participants: made.participants,
            state: made.state,
            derived: made.derived,
            shape,
            fields,
        }
    }

    /// Errors: `bad_request` naming the field that is missing or of another type.
    pub fn parse(shape: Shape, body: &[u8]) -> Result<Self> {
        let fields = RawObject::parse(body)?;
        let (plugin, version, participants) = match shape {
            Shape::Tracker => {
                (fields.get("tracker_type")?, fields.get("version")?, fields.get("participants")?)
            }
            Shape::Preset => {
                let alone = || vec![Participant { slot: 1, label: String::new() }];
                (
                    fields.get("tracker_type")?,
                    fields.get_or("version", || 0)?,
                    fields.get_or("participants", alone)?,
                )
            }
            // What people write has a label and categories, and need not have more.
            Shape::Sheet => (
                fields.get_or("plugin", || crate::indices::BOARD.to_owned())?,
                fields.get_or("version", || 0)?,
                fields.get_or("participants", Vec::new)?,
            ),
        };
        let state = match (fields.raw("state"), shape) {
            (Some(state), _) => state.to_owned(),
            (None, Shape::Tracker | Shape::Preset) => {
                return Err(Error::bad_request("`state` is missing").path("state"));
            }
            (None, Shape::Sheet) => {
                let mut state = fields.clone();
                state.retain(|name| !HOSTS.contains(&name));
                raw(&state)
            }
        };
        Ok(Self {
            plugin,
            version,
            state_version: fields.get_or("state_version", || 1)?,
            participants,
            derived: fields.raw("derived").map(ToOwned::to_owned),
            state,
            shape,
            fields,
        })
    }

    pub fn field<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        self.fields.get(name)
    }

    /// The document's bytes: readable, since people edit the file.
    pub fn body(&self, updated_at: &str) -> Bytes {
        Bytes::from(self.filled(updated_at).to_pretty())
    }

    /// One line, for programs.
    pub fn compact(body: &[u8]) -> Result<String> {
        Ok(RawObject::parse(body)?.to_compact())
    }

    fn filled(&self, updated_at: &str) -> RawObject {
        let mut fields = self.fields.clone();
        fields.set(self.shape.plugin_field(), &self.plugin);
        fields.set("version", &self.version);
        fields.set("state_version", &self.state_version);
        fields.set("participants", &self.participants);
        fields.set("updated_at", &updated_at);
        match &self.derived {
            Some(derived) => fields.set_raw("derived", derived.clone()),
            None => fields.remove("derived"),
        }
        match self.flat_state() {
            Some(state) => {
                fields.retain(|name| HOSTS.contains(&name) || state.raw(name).is_some());
                for (name, value) in state.iter().filter(|(name, _)| !HOSTS.contains(name)) {
                    fields.set_raw(name, value.to_owned());
                }
            }
            None => fields.set_raw("state", self.state.clone()),
        }
        fields
    }

    /// The state's own fields, where they lie beside the host's.
    fn flat_state(&self) -> Option<RawObject> {
        let state = RawObject::parse(self.state.get().as_bytes()).ok()?;
        (self.shape == Shape::Sheet && state.raw("categories").is_some()).then_some(state)
    }

    /// Writes a field of the host's own (`restream_slug` when a restream moves).
    pub fn set_field(&mut self, name: &str, value: &impl serde::Serialize) {
        self.fields.set(name, value);
    }

    pub fn remove_field(&mut self, name: &str) {
        self.fields.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_the_host_does_not_know_keep_their_place_and_their_bytes() {
        let body = r#"{"note":"mine","tracker_type":"t","version":3,"state_version":1,"participants":[{"slot":1,"label":"A"}],"state":{"b":1.0,"a":[]},"zz":1e3}"#;
        let mut session = Session::parse(Shape::Tracker, body.as_bytes()).unwrap();
        session.version = 4;
        let text = Session::compact(&session.body("now")).unwrap();
        assert_eq!(
            text,
            r#"{"note":"mine","tracker_type":"t","version":4,"state_version":1,"participants":[{"slot":1,"label":"A"}],"state":{"b":1.0,"a":[]},"zz":1e3,"updated_at":"now"}"#
        );
    }

    #[test]
    fn a_sheet_lies_flat_and_takes_what_people_write() {
        let body =
            r#"{"label":"Mine","note":1,"categories":{"always":{"label":"Always","items":[["a",""]]}}}"#;
        let mut sheet = Session::parse(Shape::Sheet, body.as_bytes()).unwrap();
        assert_eq!((sheet.plugin.as_str(), sheet.version), (crate::indices::BOARD, 0));
        assert_eq!(sheet.state.get(), body);
        sheet.state = raw(&serde_json::json!({"label":"Yours","plugin":"other","categories":{}}));
        sheet.version = 2;
        assert_eq!(
            Session::compact(&sheet.body("now")).unwrap(),
            r#"{"label":"Yours","categories":{},"plugin":"indices-board","version":2,"state_version":1,"participants":[],"updated_at":"now"}"#
        );
        sheet.state = raw(&serde_json::json!({"own": true}));
        let again = Session::parse(Shape::Sheet, &sheet.body("now")).unwrap();
        let state: Value = serde_json::from_str(again.state.get()).unwrap();
        assert_eq!(state, serde_json::json!({"own": true}));
    }
}

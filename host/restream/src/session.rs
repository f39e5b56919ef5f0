//! The tracker session document: what stands in `instance/trackers/sessions/restream_<id>.json`.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use regie_core::{Error, Result, Topic};
use regie_sdk::protocol::Participant;
use regie_store::FileLayout;
use serde_json::value::RawValue;

use crate::{json::RawObject, model::MAIN_PANEL};

/// A session as the host sees it. `state` and `derived` are the plugin's own; unknown fields stay where they are.
#[derive(Debug, Clone)]
pub struct Session {
    pub tracker_type: String,
    pub version: u64,
    pub state_version: u32,
    pub participants: Vec<Participant>,
    pub state: Box<RawValue>,
    pub derived: Option<Box<RawValue>>,
    fields: RawObject,
}

/// What a new session is made from.
pub struct NewSession<'a> {
    pub tracker_type: &'a str,
    pub restream_id: u64,
    pub restream_slug: &'a str,
    pub panel: &'a str,
    pub version: u64,
    pub state_version: u32,
    pub participants: Vec<Participant>,
    pub state: Box<RawValue>,
    pub derived: Option<Box<RawValue>>,
    pub updated_at: &'a str,
}

impl Session {
    pub fn new(made: NewSession<'_>) -> Self {
        let mut fields = RawObject::default();
        fields.set("tracker_type", &made.tracker_type);
        fields.set("restream_id", &made.restream_id);
        fields.set("restream_slug", &made.restream_slug);
        fields.set("panel", &made.panel);
        fields.set("version", &made.version);
        fields.set("state_version", &made.state_version);
        fields.set("participants", &made.participants);
        fields.set("updated_at", &made.updated_at);
        if let Some(derived) = &made.derived {
            fields.set_raw("derived", derived.clone());
        }
        fields.set_raw("state", made.state.clone());
        Self {
            tracker_type: made.tracker_type.into(),
            version: made.version,
            state_version: made.state_version,
            participants: made.participants,
            state: made.state,
            derived: made.derived,
            fields,
        }
    }

    /// Errors: `bad_request` naming the field that is missing or of another type.
    pub fn parse(body: &[u8]) -> Result<Self> {
        let fields = RawObject::parse(body)?;
        let state = fields
            .raw("state")
            .ok_or_else(|| Error::bad_request("`state` is missing").path("state"))?
            .to_owned();
        Ok(Self {
            tracker_type: fields.get("tracker_type")?,
            version: fields.get("version")?,
            state_version: fields.get("state_version").unwrap_or(1),
            participants: fields.get("participants")?,
            derived: fields.raw("derived").map(ToOwned::to_owned),
            state,
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
        fields.set("tracker_type", &self.tracker_type);
        fields.set("version", &self.version);
        fields.set("state_version", &self.state_version);
        fields.set("participants", &self.participants);
        fields.set("updated_at", &updated_at);
        match &self.derived {
            Some(derived) => fields.set_raw("derived", derived.clone()),
            None => fields.remove("derived"),
        }
        fields.set_raw("state", self.state.clone());
        fields
    }

    /// Writes a field of the host's own (`restream_slug` when a restream moves).
    pub fn set_field(&mut self, name: &str, value: &impl serde::Serialize) {
        self.fields.set(name, value);
    }
}

/// Key of a session in its bucket: `<restream id>.<panel>`.
pub fn session_key(restream_id: u64, panel: &str) -> String {
    format!("{restream_id}.{panel}")
}

pub fn parse_session_key(key: &str) -> Option<(u64, &str)> {
    let (id, panel) = key.split_once('.')?;
    Some((id.parse().ok()?, panel))
}

/// Topic of a session: the tokens of its key below `tracker`.
pub fn session_topic(key: &str) -> Result<Topic> {
    Topic::parse(&format!("tracker/{}", key.replace('.', "/")))
}

/// `restream_<id>.json` for panel `main`, `restream_<id>.<panel>.json` for the others.
pub struct SessionFiles;

impl FileLayout for SessionFiles {
    fn path(&self, key: &str) -> Option<PathBuf> {
        let (id, panel) = parse_session_key(key)?;
        let name = if panel == MAIN_PANEL {
            format!("restream_{id}.json")
        } else {
            format!("restream_{id}.{panel}.json")
        };
        Some(PathBuf::from(name))
    }

    fn key(&self, path: &Path) -> Option<String> {
        let stem = path.file_name()?.to_str()?.strip_prefix("restream_")?.strip_suffix(".json")?;
        let (id, panel) = stem.split_once('.').unwrap_or((stem, MAIN_PANEL));
        let panel_ok = regie_core::check_slug(panel).is_ok();
        let id: u64 = id.parse().ok()?;
        panel_ok.then(|| session_key(id, panel))
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec![PathBuf::new()]
    }

    fn version_of(&self, body: &[u8]) -> Option<u64> {
        RawObject::parse(body).ok()?.get("version").ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_keys_name_each_other() {
        for (key, file) in [("12.main", "restream_12.json"), ("12.map", "restream_12.map.json")] {
            assert_eq!(SessionFiles.path(key).unwrap(), PathBuf::from(file));
            assert_eq!(SessionFiles.key(Path::new(file)).unwrap(), key);
        }
        for stray in [
            "restream_x.json",
            "restream_1.json.rejected",
            "notes.txt",
            "restream_1.A.json",
            ".restream_1.json.tmp",
        ] {
            assert!(SessionFiles.key(Path::new(stray)).is_none(), "{stray}");
        }
    }

    #[test]
    fn fields_that_the_host_does_not_know_keep_their_place_and_their_bytes() {
        let body = r#"{"note":"mine","tracker_type":"t","version":3,"state_version":1,"participants":[{"slot":1,"label":"A"}],"state":{"b":1.0,"a":[]},"zz":1e3}"#;
        let mut session = Session::parse(body.as_bytes()).unwrap();
        session.version = 4;
        let text = Session::compact(&session.body("now")).unwrap();
        assert_eq!(
            text,
            r#"{"note":"mine","tracker_type":"t","version":4,"state_version":1,"participants":[{"slot":1,"label":"A"}],"state":{"b":1.0,"a":[]},"zz":1e3,"updated_at":"now"}"#
        );
    }
}

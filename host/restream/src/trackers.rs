//! Tracker sessions: one a panel, made by the first visit.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use regie_core::{Error, Result, Topic};
use regie_store::FileLayout;
use serde_json::json;

use crate::{
    directory::Directory,
    json::RawObject,
    model::MAIN_PANEL,
    presets::Presets,
    sessions::{Family, Place, Shape, Start},
};

pub const SHAPE: Shape = Shape::Tracker;

pub struct Trackers {
    pub directory: Arc<Directory>,
    pub presets: Arc<Presets>,
}

#[async_trait]
impl Family for Trackers {
    fn shape(&self) -> Shape {
        SHAPE
    }

    fn place(&self, key: &str) -> Result<Place> {
        let (id, panel) =
            parse_session_key(key).ok_or_else(|| Error::not_found("there is no such tracker"))?;
        let entry = self.directory.by_id(id)?;
        let panel = entry.restream.panel(panel)?;
        if !panel.has_session() {
            return Err(Error::not_found(format!("`{}` has no tracker", entry.restream.slug)));
        }
        Ok(Place {
            plugin: Some(panel.tracker_type.clone()),
            participants: Some(entry.restream.slots(panel)),
            head: vec![
                ("restream_id", json!(id)),
                ("restream_slug", json!(entry.restream.slug)),
                ("panel", json!(panel.key)),
            ],
        })
    }

    async fn start(&self, key: &str) -> Result<Start> {
        let (id, panel) =
            parse_session_key(key).ok_or_else(|| Error::not_found("there is no such tracker"))?;
        let entry = self.directory.by_id(id)?;
        let panel = entry.restream.panel(panel)?;
        let seed = match &panel.preset {
            Some(slug) => match self.presets.seed(&panel.tracker_type, slug).await {
                Ok(seed) => Some(seed),
                Err(error) => {
                    // A show goes on without it.
                    tracing::warn!(key, preset = slug, %error, "the preset is not there; the default is used");
                    None
                }
            },
            None => None,
        };
        Ok(Start { plugin: panel.tracker_type.clone(), seed })
    }

    fn topics(&self, key: &str) -> Vec<Topic> {
        self.directory.topics_of(key)
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

/// Topic of a panel.
pub fn panel_topic(restream_id: u64, panel: &str) -> Result<Topic> {
    Topic::parse(&format!("tracker/{restream_id}/{panel}"))
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
}

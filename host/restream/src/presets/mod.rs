//! Presets: states of a tracker that sessions start from. Each is a document like a session, edited in the plugin's own
//! editor, with versions.

mod store;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use regie_core::{Error, Result, Topic};
use regie_store::FileLayout;

pub use self::store::{NewPreset, PresetPatch, PresetView, Presets};
use crate::{
    json::RawObject,
    sessions::{Family, Place, Shape, Start},
};

pub const SHAPE: Shape = Shape::Preset;

pub struct PresetFamily;

#[async_trait]
impl Family for PresetFamily {
    fn shape(&self) -> Shape {
        SHAPE
    }

    fn place(&self, key: &str) -> Result<Place> {
        let (plugin, _) = parse_preset_key(key).ok_or_else(|| Error::not_found("there is no such preset"))?;
        Ok(Place { plugin: Some(plugin.to_owned()), participants: None, head: Vec::new() })
    }

    /// A preset is made by hand, not by a visit.
    async fn start(&self, key: &str) -> Result<Start> {
        let (_, slug) = parse_preset_key(key).unwrap_or_default();
        Err(Error::not_found(format!("there is no preset `{slug}`")))
    }

    fn may_be_written(&self, _key: &str) -> bool {
        true
    }

    fn topics(&self, key: &str) -> Vec<Topic> {
        let topic = parse_preset_key(key).map(|(plugin, slug)| preset_topic(plugin, slug));
        topic.into_iter().flatten().collect()
    }
}

/// `<plugin>.<slug>`
pub fn preset_key(plugin: &str, slug: &str) -> String {
    format!("{plugin}.{slug}")
}

fn parse_preset_key(key: &str) -> Option<(&str, &str)> {
    key.split_once('.')
}

pub fn preset_topic(plugin: &str, slug: &str) -> Result<Topic> {
    Topic::parse(&format!("preset/{plugin}/{slug}"))
}

/// `<plugin>/<slug>.json`
pub struct PresetFiles;

impl FileLayout for PresetFiles {
    fn path(&self, key: &str) -> Option<PathBuf> {
        let (plugin, slug) = parse_preset_key(key)?;
        Some(Path::new(plugin).join(format!("{slug}.json")))
    }

    fn key(&self, path: &Path) -> Option<String> {
        let slug = path.file_name()?.to_str()?.strip_suffix(".json")?;
        let plugin = path.parent()?.to_str()?;
        // One folder a plugin, and nothing below it.
        let known = preset_topic(plugin, slug).is_ok() && !plugin.contains('/');
        (known && regie_core::check_slug(slug).is_ok()).then(|| preset_key(plugin, slug))
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
        assert_eq!(PresetFiles.path("tracker_a.mine-2").unwrap(), PathBuf::from("tracker_a/mine-2.json"));
        assert_eq!(PresetFiles.key(Path::new("tracker_a/mine-2.json")).unwrap(), "tracker_a.mine-2");
        for stray in ["mine.json", "a/b/c.json", "a/B.json", "a/b.json.rejected", "a/b.txt"] {
            assert!(PresetFiles.key(Path::new(stray)).is_none(), "{stray}");
        }
    }
}

//! Hint sheets: one a restream that has a template, made with it and replaced with it.

mod templates;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use regie_core::{Error, Result, Topic};
use regie_plugins::{Kind, Plugins};
use regie_store::FileLayout;
use serde_json::json;

pub use self::templates::Templates;
use crate::{
    directory::Directory,
    json::RawObject,
    model::{NONE, Restream},
    sessions::{Family, Place, Shape, Start},
};

pub const SHAPE: Shape = Shape::Sheet;

/// The plugin of sheets and templates that name none.
pub const BOARD: &str = "indices-board";

pub struct Indices {
    pub directory: Arc<Directory>,
    pub templates: Arc<Templates>,
    pub plugins: Arc<Plugins>,
}

#[async_trait]
impl Family for Indices {
    fn shape(&self) -> Shape {
        SHAPE
    }

    fn place(&self, key: &str) -> Result<Place> {
        let restream = self.directory.by_slug(key)?.restream;
        Ok(Place {
            plugin: None,
            participants: Some(restream.everyone()),
            head: vec![
                ("template", json!(restream.indices_template)),
                ("restream_id", json!(restream.id)),
                ("restream_slug", json!(restream.slug)),
            ],
        })
    }

    async fn start(&self, key: &str) -> Result<Start> {
        let restream = self.directory.by_slug(key)?.restream;
        if restream.indices_template == NONE {
            return Err(none(&restream));
        }
        if let Some(template) = self.templates.read(&restream.indices_template)? {
            return Ok(Start { plugin: template.plugin, seed: Some(template.json) });
        }
        let plugin = self.plugins.get(&restream.indices_template);
        if plugin.is_some_and(|plugin| plugin.manifest().kind == Kind::Indices) {
            return Ok(Start { plugin: restream.indices_template.clone(), seed: None });
        }
        Err(Error::not_found(format!("there is no hint sheet `{}` (any more)", restream.indices_template))
            .hint("a file in indices/templates, or a plugin of kind indices"))
    }

    /// Whatever session exists is shown.
    fn may_be_written(&self, key: &str) -> bool {
        self.directory.by_slug(key).is_ok()
    }

    fn topics(&self, key: &str) -> Vec<Topic> {
        sheet_topic(key).into_iter().collect()
    }
}

fn none(restream: &Restream) -> Error {
    Error::not_found(format!("`{}` has no hint sheet", restream.slug))
}

pub fn sheet_topic(slug: &str) -> Result<Topic> {
    Topic::parse(&format!("indices/{slug}"))
}

/// `<slug>.json`
pub struct SheetFiles;

impl FileLayout for SheetFiles {
    fn path(&self, key: &str) -> Option<PathBuf> {
        Some(PathBuf::from(format!("{key}.json")))
    }

    fn key(&self, path: &Path) -> Option<String> {
        let stem = path.file_name()?.to_str()?.strip_suffix(".json")?;
        regie_core::check_slug(stem).ok().map(|()| stem.to_owned())
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec![PathBuf::new()]
    }

    fn version_of(&self, body: &[u8]) -> Option<u64> {
        RawObject::parse(body).ok()?.get("version").ok()
    }
}

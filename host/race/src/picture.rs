//! A picture of a class, drawn by the race's mode.

use std::sync::Arc;

use regie_core::{Error, Result};
use regie_plugins::Plugin;
use regie_sdk::protocol::RenderRequest;
use serde_json::{Map, value::RawValue};

use crate::{Races, Shown};

/// How a lower layer of an overlay ends.
pub const BASE: &str = ":base";

/// What is to be drawn.
pub struct Picture {
    /// `live`, `overlay:<name>`, `overlay:<name>:base`.
    pub surface: String,
    pub slot: Option<u32>,
    /// One that the plugin has.
    pub locale: String,
    pub can_edit: bool,
}

impl Races {
    /// Errors: `plugin_unavailable`, or the mode's own.
    pub async fn draw(&self, plugin: &Plugin, shown: &Shown, picture: Picture) -> Result<Arc<str>> {
        let revealed = match &shown.revealed {
            Some((_, part)) if picture.surface.ends_with(BASE) => {
                Some(serde_json::from_str(part.get()).map_err(Error::internal)?)
            }
            _ => None,
        };
        let derived = self.engine.derived(&shown.race.id)?;
        let request = RenderRequest::<&RawValue, &RawValue> {
            state: &*shown.view,
            derived: derived.as_deref(),
            revealed,
            surface: picture.surface,
            slot: picture.slot,
            locale: picture.locale,
            can_edit: picture.can_edit,
            participants: crate::engine::labels(&shown.race),
            settings: Map::new(),
            assets: String::new(),
        };
        Ok(plugin.render(&shown.race.id, request).await?.html.into())
    }
}

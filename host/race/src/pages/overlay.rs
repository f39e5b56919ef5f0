//! `/overlay/{id}/{overlay}`: what its address may say besides what every overlay's may.

use std::fmt::Write as _;

use regie_pages::Options;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How far the map follows the leaders.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    pub follow: bool,
    /// How many layers are seen at once; the mode has its own where nothing is said.
    pub max_layers: Option<u32>,
}

/// The size of letters in a game's own display where its settings file says nothing.
const FONT: f32 = 16.0;

/// What a player's settings file says of the display in their game (`[overlay]`, `[keybindings]`), for the same display in a
/// window. All as text, as it came.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Display {
    /// `false`: what can be folded begins so.
    show_exits: Option<String>,
    /// Pixels.
    font_size: Option<String>,
    /// Key that hides and shows all of it: `f9`.
    toggle_ui: Option<String>,
    /// Key that folds and unfolds: `f11`.
    toggle_exits: Option<String>,
}

impl Display {
    /// How much larger than usual its letters are to be.
    pub fn scale(&self) -> Option<f32> {
        let size: f32 = self.font_size.as_deref()?.parse().ok()?;
        Some(size / FONT)
    }

    /// What the page's script reads.
    pub fn data(&self) -> Map<String, Value> {
        let folded = matches!(self.show_exits.as_deref(), Some("false" | "0"));
        let key = |key: &Option<String>| key.as_deref().map(str::to_lowercase);
        let mut data = Map::new();
        data.insert("folded".into(), folded.into());
        data.insert(
            "keys".into(),
            serde_json::json!({"all": key(&self.toggle_ui), "fold": key(&self.toggle_exits)}),
        );
        data
    }
}

/// Custom properties of the canvas that a mode's stylesheet reads.
pub fn properties(follow: &Follow, options: &Options) -> String {
    let mut properties = String::new();
    if follow.follow {
        properties.push_str(";--map-follow:1");
    }
    if let Some(layers) = follow.max_layers {
        let _ = write!(properties, ";--map-layers:{}", layers.clamp(2, 60));
    }
    if options.labels.as_deref() == Some("0") {
        properties.push_str(";--map-labels:0");
    }
    if options.plate.as_deref() == Some("0") {
        properties.push_str(";--plate:0");
    }
    properties
}

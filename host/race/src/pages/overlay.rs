//! `/overlay/{id}/{overlay}`: what its address may say besides what every overlay's may.

use std::fmt::Write as _;

use regie_pages::Options;

/// How far the map follows the leaders.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    pub follow: bool,
    /// How many layers are seen at once; the mode has its own where nothing is said.
    pub max_layers: Option<u32>,
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

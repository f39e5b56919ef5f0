//! Where panels stand: on the live page and, separately, on the composed overlay.

use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{INDICES_PANEL, MAX_PANELS, NONE, Restream};

/// Columns of the live page.
pub const COLUMNS: u8 = 12;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Layout {
    /// In order; panels that are not named come after them.
    #[serde(default)]
    pub live: Vec<LivePlace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlay: Option<OverlayLayout>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LivePlace {
    /// Key of a panel, or `indices`.
    pub panel: String,
    /// Columns of twelve.
    pub span: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OverlayLayout {
    /// Of the canvas, in pixels.
    pub width: u32,
    pub height: u32,
    /// In painting order.
    #[serde(default)]
    pub panels: Vec<OverlayPlace>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OverlayPlace {
    /// Key of a panel, or `indices`.
    pub panel: String,
    /// Name of an overlay of its plugin; the first where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
    /// Of its left upper corner, in pixels of the canvas.
    pub x: i32,
    pub y: i32,
    /// 0.25 to 4.
    #[serde(default = "one")]
    pub scale: f64,
}

fn one() -> f64 {
    1.0
}

impl Layout {
    pub fn is_empty(&self) -> bool {
        self.live.is_empty() && self.overlay.is_none()
    }

    pub(super) fn check(&self) -> Result<()> {
        for (index, place) in self.live.iter().enumerate() {
            if !(1..=COLUMNS).contains(&place.span) {
                return Err(Error::bad_request(format!("{} columns are out of bounds", place.span))
                    .path(format!("layout.live[{index}].span"))
                    .hint(format!("1 to {COLUMNS}")));
            }
        }
        let Some(overlay) = &self.overlay else { return too_many(self.live.len(), "layout.live") };
        for (side, name) in [(overlay.width, "width"), (overlay.height, "height")] {
            if !(16..=7680).contains(&side) {
                return Err(Error::bad_request(format!("{side} pixels are out of bounds"))
                    .path(format!("layout.overlay.{name}"))
                    .hint("16 to 7680"));
            }
        }
        for (index, place) in overlay.panels.iter().enumerate() {
            let at = |field: &str| format!("layout.overlay.panels[{index}].{field}");
            if !(0.25..=4.0).contains(&place.scale) {
                return Err(Error::bad_request(format!("a scale of {} is out of bounds", place.scale))
                    .path(at("scale"))
                    .hint("0.25 to 4"));
            }
            if [place.x, place.y].iter().any(|side| side.abs() > 7680) {
                return Err(Error::bad_request("that is off every canvas")
                    .path(at("x"))
                    .hint("-7680 to 7680"));
            }
        }
        too_many(self.live.len(), "layout.live")?;
        too_many(overlay.panels.len() / 4, "layout.overlay.panels")
    }
}

fn too_many(count: usize, path: &str) -> Result<()> {
    if count > MAX_PANELS + 1 {
        return Err(Error::bad_request("these are too many panels").path(path));
    }
    Ok(())
}

impl Restream {
    /// Every panel that has something on it, and the sheet where there is one, with its columns: as arranged, then the
    /// others in their order.
    pub fn arranged(&self, sheet: bool) -> Vec<LivePlace> {
        let mut keys: Vec<&str> = self.panels.iter().filter(|p| p.is_on()).map(|p| p.key.as_str()).collect();
        if sheet {
            keys.push(INDICES_PANEL);
        }
        let usual = if keys.iter().filter(|key| **key != INDICES_PANEL).count() > 1 { 6 } else { COLUMNS };
        let mut places: Vec<LivePlace> = Vec::new();
        for place in &self.layout.live {
            if keys.contains(&place.panel.as_str()) && places.iter().all(|p| p.panel != place.panel) {
                places.push(place.clone());
            }
        }
        for key in keys {
            if places.iter().all(|p| p.panel != key) {
                let span = if key == INDICES_PANEL { COLUMNS } else { usual };
                places.push(LivePlace { panel: key.to_owned(), span });
            }
        }
        places
    }

    /// The composed overlay: as arranged, or its panels side by side.
    pub fn composed(&self, sheet: bool) -> OverlayLayout {
        if let Some(layout) = &self.layout.overlay {
            let there = |panel: &str| {
                (sheet && panel == INDICES_PANEL) || self.panels.iter().any(|p| p.key == panel && p.is_on())
            };
            let mut layout = layout.clone();
            layout.panels.retain(|place| there(&place.panel));
            return layout;
        }
        let keys: Vec<&str> = self.panels.iter().filter(|p| p.is_on()).map(|p| p.key.as_str()).collect();
        let (mut panels, mut x) = (Vec::new(), 0);
        let scale = if keys.len() > 1 { 0.5 } else { 1.0 };
        for key in keys {
            let place = OverlayPlace { panel: key.to_owned(), view: None, slot: None, x, y: 0, scale };
            panels.push(place);
            x += 960;
        }
        OverlayLayout { width: 1920, height: 1080, panels }
    }

    /// References of other restreams' panels follow a restream that moves.
    pub fn with_source_moved(&self, from: &str, to: &str) -> Option<Self> {
        let mut next = self.clone();
        let mut moved = false;
        for panel in &mut next.panels {
            let key = panel.source().filter(|(slug, _)| *slug == from).map(|(_, key)| key.to_owned());
            if let Some(key) = key {
                panel.source = Some(format!("{to}/{key}"));
                moved = true;
            }
        }
        moved.then_some(next)
    }

    pub fn wants_indices(&self) -> bool {
        self.indices_template != NONE
    }
}

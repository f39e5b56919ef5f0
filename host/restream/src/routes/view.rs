//! A restream as the API answers it.

use serde::Serialize;
use utoipa::ToSchema;

use super::Context;
use crate::model::{NONE, Panel, Participant, Restream};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Restream)]
pub struct RestreamView {
    pub id: u64,
    pub slug: String,
    pub title: String,
    pub description: String,
    /// Only crews see a restream that is not.
    pub enabled: bool,
    /// Id of the tracker plugin of panel `main`, or `none`.
    pub tracker_type: String,
    pub indices_template: String,
    pub panels: Vec<Panel>,
    pub participants: Vec<Participant>,
    pub created_at: String,
    pub updated_at: String,
    pub tracker: TrackerView,
    pub urls: Urls,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TrackerView {
    /// `ready`, `stale` (its plugin was removed), `failed` (it never loaded) or `none`.
    pub state: String,
    pub overlays: Vec<OverlayLink>,
}

/// A browser source for OBS.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverlayLink {
    pub name: String,
    pub title: String,
    /// Of the canvas, in pixels.
    pub width: u32,
    pub height: u32,
    pub url: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Urls {
    pub page: String,
    pub live: String,
    pub overlay: String,
}

impl RestreamView {
    pub fn new(context: &Context, restream: &Restream) -> Self {
        let base = format!("{}/{}", context.public_url, restream.slug);
        Self {
            id: restream.id,
            slug: restream.slug.clone(),
            title: restream.title.clone(),
            description: restream.description.clone(),
            enabled: restream.enabled,
            tracker_type: restream.tracker_type().to_owned(),
            indices_template: restream.indices_template.clone(),
            panels: restream.panels.clone(),
            participants: restream.participants.clone(),
            created_at: restream.created_at.clone(),
            updated_at: restream.updated_at.clone(),
            tracker: tracker(context, restream, &base),
            urls: Urls { live: format!("{base}/live"), overlay: format!("{base}/overlay"), page: base },
        }
    }
}

fn tracker(context: &Context, restream: &Restream, base: &str) -> TrackerView {
    let tracker_type = restream.tracker_type();
    if tracker_type == NONE {
        return TrackerView { state: NONE.into(), overlays: Vec::new() };
    }
    let Some(plugin) = context.restreams.plugins.get(tracker_type) else {
        let failed = context.restreams.plugins.status(tracker_type).is_some();
        return TrackerView { state: if failed { "failed" } else { "stale" }.into(), overlays: Vec::new() };
    };
    let overlays = plugin.manifest().overlays.iter().map(|overlay| OverlayLink {
        name: overlay.name.clone(),
        title: if overlay.title.is_empty() { overlay.name.clone() } else { overlay.title.clone() },
        width: overlay.width,
        height: overlay.height,
        url: format!("{base}/overlay?view={}", overlay.name),
    });
    TrackerView { state: "ready".into(), overlays: overlays.collect() }
}

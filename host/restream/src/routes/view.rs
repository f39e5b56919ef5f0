//! A restream as the API answers it.

use regie_core::Role;
use regie_identity::Principal;
use regie_live::TieView;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Context, on, shapes};
use crate::model::{ALL_PANELS, Layout, MAIN_PANEL, NONE, Panel, Participant, Restream};

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
    pub layout: Layout,
    /// Of panel `main`.
    pub tracker: TrackerView,
    /// What each panel shows.
    pub panels_state: Vec<PanelView>,
    pub indices: SheetView,
    /// The asker's role here.
    #[schema(value_type = regie_identity::routes::RoleName)]
    pub my_role: Role,
    pub urls: Urls,
    /// The session of a lobby it is tied to, for its restreamers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lobby: Option<TieView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PanelView {
    pub key: String,
    pub tracker_type: String,
    /// Its own, or the tracker's name.
    pub title: String,
    #[schema(value_type = shapes::Condition)]
    pub state: String,
    pub source: Option<String>,
    /// Whether this restream's crew may edit it.
    pub editable: bool,
    pub overlays: Vec<OverlayLink>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SheetView {
    #[schema(value_type = shapes::Condition)]
    pub state: String,
    pub plugin: Option<String>,
    pub overlays: Vec<OverlayLink>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TrackerView {
    #[schema(value_type = shapes::Condition)]
    pub state: String,
    pub overlays: Vec<OverlayLink>,
}

/// A browser source for OBS.
#[derive(Debug, Clone, Serialize, ToSchema)]
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
    /// All panels as they are arranged.
    pub composed: String,
    /// `null` where there are none.
    pub indices: Option<String>,
}

impl RestreamView {
    pub fn new(context: &Context, restream: &Restream, principal: &Principal) -> Self {
        let base = format!("{}/{}", context.public_url, restream.slug);
        let panels_state: Vec<_> =
            restream.panels.iter().map(|p| panel(context, restream, p, &base)).collect();
        let main = panels_state.iter().find(|p| p.key == MAIN_PANEL);
        let tracker = TrackerView {
            state: main.map_or_else(|| NONE.into(), |p| p.state.clone()),
            overlays: main.map_or_else(Vec::new, |p| p.overlays.clone()),
        };
        let indices = sheet(context, restream, &base);
        let my_role = on(principal, restream).role;
        let tie = restream.lobby.as_ref().filter(|_| my_role >= Role::Restreamer);
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
            layout: restream.layout.clone(),
            tracker,
            panels_state,
            my_role,
            lobby: tie.map(|tie| tie.view(&*context.restreams.rosters)),
            urls: Urls {
                live: format!("{base}/live"),
                overlay: format!("{base}/overlay"),
                composed: format!("{base}/overlay?panel={ALL_PANELS}"),
                indices: (indices.state != NONE).then(|| format!("{base}/indices")),
                page: base,
            },
            indices,
        }
    }
}

fn panel(context: &Context, restream: &Restream, panel: &Panel, base: &str) -> PanelView {
    let shown = context.restreams.directory.shown(restream.id, &panel.key).ok();
    let tracker_type = shown.as_ref().map_or(panel.tracker_type.as_str(), |s| s.tracker_type.as_str());
    let (state, name, overlays) = plugin(context, tracker_type, &format!("{base}/overlay"), &panel.key);
    PanelView {
        key: panel.key.clone(),
        tracker_type: tracker_type.to_owned(),
        title: panel.title.clone().filter(|t| !t.is_empty()).unwrap_or(name),
        // What it shows of another restream may be gone.
        state: if panel.source.is_some() && shown.is_none() { "stale".into() } else { state },
        source: panel.source.clone(),
        editable: shown.is_some_and(|s| s.editable),
        overlays,
    }
}

fn sheet(context: &Context, restream: &Restream, base: &str) -> SheetView {
    let Some(id) = context.restreams.sheet_plugin(restream) else {
        return SheetView { state: NONE.into(), plugin: None, overlays: Vec::new() };
    };
    let (state, _, overlays) = plugin(context, &id, &format!("{base}/overlay/indices"), MAIN_PANEL);
    SheetView { state, plugin: Some(id), overlays }
}

/// State, name and overlays of a plugin, linked below `path`.
fn plugin(context: &Context, id: &str, path: &str, panel: &str) -> (String, String, Vec<OverlayLink>) {
    if id == NONE {
        return (NONE.into(), String::new(), Vec::new());
    }
    let Some(plugin) = context.restreams.plugins.get(id) else {
        // One that was switched off is away, not broken.
        let failed =
            context.restreams.plugins.status(id).is_some_and(|s| s.state != regie_plugins::State::Disabled);
        return (if failed { "failed" } else { "stale" }.into(), context.known_name(id), Vec::new());
    };
    let link = |overlay: &regie_plugins::Overlay| OverlayLink {
        name: overlay.name.clone(),
        title: if overlay.title.is_empty() { overlay.name.clone() } else { overlay.title.clone() },
        width: overlay.width,
        height: overlay.height,
        url: match panel {
            MAIN_PANEL => format!("{path}?view={}", overlay.name),
            panel => format!("{path}?panel={panel}&view={}", overlay.name),
        },
    };
    let overlays = plugin.manifest().overlays.iter().map(link).collect();
    ("ready".into(), plugin.manifest().name.clone(), overlays)
}

//! A topic on a page, with the picture it has now.

use std::sync::Arc;

use regie_core::{Credential, ErrorKind, Result, Topic};
use regie_live::{Form, Want};
use regie_pages::routes::Keyed;
use regie_plugins::{Overlay, Plugin};

use crate::{
    indices::sheet_topic,
    model::{INDICES_PANEL, Panel, Restream},
    pages::{Block, Scripted},
    routes::Context,
    sessions::Session,
    trackers::panel_topic,
};

/// The topic of a panel, or of the hint sheet.
pub fn topic(restream: &Restream, panel: &str) -> Result<Topic> {
    if panel == INDICES_PANEL { sheet_topic(&restream.slug) } else { panel_topic(restream.id, panel) }
}

/// The plugin that a panel shows, or its id while that is away.
pub async fn plugin(
    context: &Context,
    restream: &Restream,
    panel: &str,
) -> Result<(String, Option<Arc<Plugin>>)> {
    let restreams = &context.restreams;
    let id = if panel == INDICES_PANEL {
        let document = restreams.sheets.ensure(&restream.slug).await;
        match document.and_then(|document| restreams.sheets.parse(&document)) {
            Ok(session) => session.plugin,
            Err(error) => match restreams.sheet_plugin(restream) {
                Some(id) if error.kind != ErrorKind::NotFound => id,
                _ => return Err(error),
            },
        }
    } else {
        restream.panel(panel)?;
        restreams.directory.shown(restream.id, panel)?.tracker_type
    };
    let plugin = restreams.plugins.get(&id);
    Ok((id, plugin))
}

/// `heading`: of a panel that has one of its own.
pub async fn block(
    context: &Context,
    restream: &Restream,
    panel: &str,
    want: Want,
    credential: &dyn Credential,
) -> Result<Block> {
    let topic = topic(restream, panel)?;
    let (id, loaded) = plugin(context, restream, panel).await?;
    let name = loaded.map_or_else(|| context.known_name(&id), |p| p.manifest().name.clone());
    Block::of(&context.restreams.hub, topic, id, name, want, credential).await
}

/// A panel whose source is gone: a place for it to return to.
pub fn vacant(restream: &Restream, panel: &Panel, want: Want) -> Result<Block> {
    let topic = topic(restream, &panel.key)?;
    let name = panel.source.clone().unwrap_or_default();
    Ok(Block { topic, plugin: panel.tracker_type.clone(), name, want, snapshot: None })
}

/// The overlay that `view` names, the first where it names none; its surface and the size of its canvas.
pub fn surface(plugin: Option<&Plugin>, view: Option<&str>) -> (String, u32, u32) {
    let overlays: &[Overlay] = plugin.map(|p| p.manifest().overlays.as_slice()).unwrap_or_default();
    let overlay = match view {
        Some(view) => overlays.iter().find(|o| o.name == view),
        None => overlays.first(),
    };
    let name = overlay.map(|o| o.name.as_str()).or(view).unwrap_or("default");
    let (width, height) = overlay.map_or((1920, 1080), |o| (o.width, o.height));
    (format!("overlay:{name}"), width, height)
}

/// What granted scripts of a panel's plugin find on this page; `None` where there are none.
pub async fn scripted(
    context: &Context,
    restream: &Restream,
    panel: &str,
    surface: &str,
    credential: &Keyed,
) -> Option<Scripted> {
    let (_, plugin) = plugin(context, restream, panel).await.ok()?;
    let plugin = plugin?;
    let scripts = plugin.scripts_on(surface);
    if scripts.is_empty() {
        return None;
    }
    let catalog = plugin.catalog("en").await.ok()?;
    // The session as its stream sends it to this visitor, or nothing.
    let want = Want { form: Form::State, surface: None, slot: None, locale: None };
    let topic = topic(restream, panel).ok()?;
    let (_, snapshot) = context.restreams.hub.snapshot(&topic, want, None, credential).await.ok()?;
    let regie_live::Body::State(state) = snapshot.body else { return None };
    let slug = &restream.slug;
    let kind = if panel == INDICES_PANEL { "indices" } else { "tracker" };
    let query = if kind == "tracker" { format!("?panel={panel}") } else { String::new() };
    Some(Scripted {
        scripts,
        catalog: serde_json::from_str(catalog.get()).ok()?,
        state: serde_json::from_str(&Session::compact(state.as_bytes()).ok()?).ok()?,
        stream_url: format!("/{slug}/{kind}/stream{query}"),
        update_url: match kind {
            "tracker" => format!("/{slug}/tracker/update"),
            _ => format!("/{slug}/indices/update-category"),
        },
        use_storage: !surface.starts_with("overlay:"),
    })
}

//! Pages for people at work: `/<slug>/live`, `/<slug>/indices`, `/preset/<type>/<slug>/editor`.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use regie_core::{Actor, ApiQuery, ErrorKind, Result, Role, random_hex};
use regie_identity::Principal;
use regie_pages::routes::{Keyed, PageQuery, html, remember, words};

use super::{
    block::{block, scripted, vacant},
    refused,
};
use crate::{
    model::{INDICES_PANEL, Panel, Restream},
    pages::{self, Block, Words},
    presets::preset_topic,
    routes::{Context, on},
    service::visible,
};

/// Answers 200 even with nothing on it.
pub async fn live(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let credential = Keyed::new(principal.clone(), query.key.clone());
    let made = async {
        let restream = context.restreams.directory.by_slug(&slug)?.restream;
        let actor = on(&principal, &restream);
        let panels = panels(&context, &restream, &actor, &credential, words).await?;
        if panels.is_empty() {
            // Nothing on it that a key could have opened.
            context.find(&slug, &principal)?;
        }
        let mut granted = None;
        for panel in &panels {
            granted = scripted(&context, &restream, &panel.key, "live", &credential).await;
            if granted.is_some() {
                break;
            }
        }
        Ok((restream, actor, panels, granted))
    };
    let (restream, actor, panels, scripted) = match made.await {
        Ok(made) => made,
        Err(error) => return refused(&context, words, error),
    };
    let nonce = random_hex(16);
    let arranged = restream.arranged(panels.iter().any(|panel| panel.key == INDICES_PANEL));
    let page = pages::live(&pages::Live {
        words,
        statics: &context.statics,
        nonce: &nonce,
        actor: &actor,
        role: actor.role,
        restream: &restream,
        panels,
        layout: arranged.iter().map(|place| (place.panel.as_str(), place.span)).collect(),
        scripted,
        key: query.key.as_deref(),
    });
    remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, &nonce, words))
}

/// The hint sheet alone; 404 where there is none.
pub async fn indices(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let credential = Keyed::new(principal.clone(), query.key.clone());
    let made = async {
        let restream = context.restreams.directory.by_slug(&slug)?.restream;
        let actor = on(&principal, &restream);
        let panel = sheet(&context, &restream, &actor, &credential, words).await?;
        Ok((restream, panel))
    };
    let (restream, panel) = match made.await {
        Ok(made) => made,
        Err(error) => return refused(&context, words, error),
    };
    let nonce = random_hex(16);
    let page = pages::indices(&pages::Indices {
        words,
        statics: &context.statics,
        nonce: &nonce,
        restream: &restream,
        panel,
        key: query.key.as_deref(),
    });
    remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, &nonce, words))
}

/// A preset in its plugin's own editor, for the app to frame.
pub async fn preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let actor = principal.actor();
    let made = async {
        actor.require(Role::Restreamer)?;
        let preset = context.restreams.presets.show(&tracker, &slug).await?;
        let plugin = context.restreams.plugins.get(&tracker);
        let name = plugin.map_or_else(|| context.known_name(&tracker), |p| p.manifest().name.clone());
        let topic = preset_topic(&tracker, &slug)?;
        let want = Block::want("editor", None, words);
        let block = Block::of(&context.restreams.hub, topic, tracker.clone(), name, want, &principal).await?;
        Ok((preset.label, block))
    };
    let (label, block) = match made.await {
        Ok(made) => made,
        Err(error) => return refused(&context, words, error),
    };
    let nonce = random_hex(16);
    let page = pages::preset(&pages::Preset {
        words,
        statics: &context.statics,
        nonce: &nonce,
        label: &label,
        block,
        editable: actor.role >= Role::Admin,
    });
    html(StatusCode::OK, &page, &nonce, words)
}

/// All that is on the page. What the visitor's key does not open is left out.
async fn panels(
    context: &Context,
    restream: &Restream,
    actor: &Actor,
    credential: &Arc<Keyed>,
    words: Words,
) -> Result<Vec<pages::Panel>> {
    let mut panels = Vec::new();
    for panel in restream.panels.iter().filter(|p| p.is_on()) {
        panels.push(self::panel(context, restream, panel, actor, credential, words).await?);
    }
    match sheet(context, restream, actor, credential, words).await {
        Ok(sheet) => panels.push(sheet),
        Err(error) if error.kind == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(panels)
}

async fn panel(
    context: &Context,
    restream: &Restream,
    panel: &Panel,
    actor: &Actor,
    credential: &Arc<Keyed>,
    words: Words,
) -> Result<pages::Panel> {
    let directory = &context.restreams.directory;
    let shown = directory.shown(restream.id, &panel.key).ok();
    let want = Block::want("live", None, words);
    let block = match &shown {
        Some(_) => block(context, restream, &panel.key, want, &**credential).await?,
        None => vacant(restream, panel, want)?,
    };
    let source = panel.source().map(|(slug, _)| {
        let other = directory.by_slug(slug).ok().map(|entry| entry.restream);
        let seen = other.as_deref().is_some_and(|other| visible(other, &on(&**credential, other)));
        pages::Source {
            title: other.map_or_else(|| slug.to_owned(), |other| other.title.clone()),
            href: seen.then(|| format!("/{slug}/live")),
            shared: panel.shared,
        }
    });
    let editable = actor.role >= Role::Editor && shown.as_ref().is_some_and(|s| s.editable);
    Ok(pages::Panel {
        key: panel.key.clone(),
        heading: panel.title.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| block.name.clone()),
        block,
        editable,
        source,
        slots: shown
            .map(|shown| shown.participants.into_iter().map(|p| (p.slot, p.label)).collect())
            .unwrap_or_default(),
    })
}

/// Errors: `not_found` where there is no hint sheet.
async fn sheet(
    context: &Context,
    restream: &Restream,
    actor: &Actor,
    credential: &Arc<Keyed>,
    words: Words,
) -> Result<pages::Panel> {
    let block =
        block(context, restream, INDICES_PANEL, Block::want("live", None, words), &**credential).await?;
    Ok(pages::Panel {
        key: INDICES_PANEL.to_owned(),
        heading: block.name.clone(),
        block,
        editable: actor.role >= Role::Editor,
        source: None,
        slots: Vec::new(),
    })
}

//! Pages for OBS: `/<slug>/overlay`, `/<slug>/overlay/indices`.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use regie_core::{Error, Result, random_hex};
use regie_identity::Principal;
use regie_pages::routes::{Keyed, Look, html, unreadable, words};
use serde::Deserialize;

use super::{
    block::{block, plugin, scripted, surface},
    refused,
};
use crate::{
    model::{ALL_PANELS, INDICES_PANEL, MAIN_PANEL, OverlayPlace, Restream},
    pages::{self, Block, Picture, Placed, Scripted, Words},
    routes::Context,
};

#[derive(Debug, Deserialize)]
pub struct OverlayQuery {
    /// `all`: the composed one.
    panel: Option<String>,
    slot: Option<u32>,
    view: Option<String>,
    key: Option<String>,
    lang: Option<String>,
    #[serde(flatten)]
    options: Look,
}

/// 404 where there is no tracker, or none such.
pub async fn overlay(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    OriginalUri(uri): OriginalUri,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    match Query::<OverlayQuery>::try_from_uri(&uri) {
        Ok(Query(query)) => page(&context, principal, &slug, query, &headers).await,
        Err(error) => unreadable(&error.to_string()),
    }
}

/// 404 where there is no hint sheet.
pub async fn overlay_indices(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    OriginalUri(uri): OriginalUri,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    match Query::<OverlayQuery>::try_from_uri(&uri) {
        Ok(Query(query)) => {
            let query = OverlayQuery { panel: Some(INDICES_PANEL.into()), ..query };
            page(&context, principal, &slug, query, &headers).await
        }
        Err(error) => unreadable(&error.to_string()),
    }
}

async fn page(
    context: &Context,
    principal: Principal,
    slug: &str,
    query: OverlayQuery,
    headers: &HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), headers);
    let credential = Keyed::new(principal, query.key.clone());
    let panel = query.panel.as_deref().unwrap_or(MAIN_PANEL);
    let made = async {
        let restream = context.restreams.directory.by_slug(slug)?.restream;
        let (picture, width, height) = match panel {
            ALL_PANELS => composed(context, &restream, words, &credential).await?,
            panel => one(context, &restream, panel, &query, words, &credential).await?,
        };
        let panel = if panel == ALL_PANELS { MAIN_PANEL } else { panel };
        let scripted = scripted(context, &restream, panel, "overlay:", &credential).await;
        Ok((restream, picture, width, height, scripted))
    };
    let (restream, picture, width, height, scripted) = match made.await {
        Ok(made) => made,
        Err(error) => return refused(context, words, error),
    };
    let nonce = random_hex(16);
    let page = pages::overlay(&pages::Canvas {
        words,
        statics: &context.statics,
        nonce: &nonce,
        title: &restream.title,
        width,
        height,
        options: &query.options.into(),
        picture,
        properties: String::new(),
        data: serde_json::Map::new(),
        tail: Scripted::tail(scripted.as_ref(), &nonce),
        key: query.key.as_deref(),
    });
    html(StatusCode::OK, &page, &nonce, words)
}

async fn one(
    context: &Context,
    restream: &Restream,
    panel: &str,
    query: &OverlayQuery,
    words: Words,
    credential: &Arc<Keyed>,
) -> Result<(Picture, u32, u32)> {
    let (_, plugin) = plugin(context, restream, panel).await?;
    let (surface, width, height) = surface(plugin.as_deref(), query.view.as_deref());
    let want = Block::want(&surface, query.slot, words);
    let block = block(context, restream, panel, want, &**credential).await?;
    Ok((Picture::Layers(vec![block]), width, height))
}

/// What cannot be shown is left out: on the air nothing says that something is missing.
async fn composed(
    context: &Context,
    restream: &Restream,
    words: Words,
    credential: &Arc<Keyed>,
) -> Result<(Picture, u32, u32)> {
    let layout = restream.composed(restream.wants_indices());
    let mut placed = Vec::new();
    let mut missed = None;
    for place in layout.panels {
        match self::placed(context, restream, &place, words, credential).await {
            Ok(one) => placed.push(one),
            Err(error) => missed = Some(error),
        }
    }
    match missed {
        Some(error) if placed.is_empty() => Err(error),
        None if placed.is_empty() => {
            Err(Error::not_found(format!("`{}` has nothing to compose", restream.slug)))
        }
        _ => Ok((Picture::Composed(placed), layout.width, layout.height)),
    }
}

async fn placed(
    context: &Context,
    restream: &Restream,
    place: &OverlayPlace,
    words: Words,
    credential: &Arc<Keyed>,
) -> Result<Placed> {
    let (_, plugin) = plugin(context, restream, &place.panel).await?;
    let (surface, width, height) = surface(plugin.as_deref(), place.view.as_deref());
    let block =
        block(context, restream, &place.panel, Block::want(&surface, place.slot, words), &**credential)
            .await?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "checked to be a few thousand"
    )]
    let (x, y, scale) = (place.x as f32, place.y as f32, place.scale as f32);
    Ok(Placed { block, x, y, scale, width, height })
}

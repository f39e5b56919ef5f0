//! `GET /<slug>/tracker/stream`, `GET /<slug>/indices/stream`: the session as JSON, at connect and on every change.

use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use regie_core::{ApiQuery, Result, Topic};
use regie_identity::Principal;
use regie_live::{Form, Want};
use regie_pages::routes::Keyed;
use serde::Deserialize;

use super::Context;
use crate::{indices::sheet_topic, model::MAIN_PANEL, trackers::panel_topic};

#[derive(Debug, Deserialize)]
pub struct StreamQuery {
    panel: Option<String>,
    key: Option<String>,
}

/// Server-sent events: unnamed, `id:` the version, a comment as heartbeat every 15 s, resume by `Last-Event-ID`.
#[utoipa::path(
    get, path = "/{slug}/tracker/stream", tag = "restreams",
    params(("slug" = String, Path), ("panel" = Option<String>, Query), ("key" = Option<String>, Query, description = "An OBS key")),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 404))
)]
pub async fn stream_tracker(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let entry = context.restreams.directory.by_slug(&slug)?;
    let panel = query.panel.as_deref().unwrap_or(MAIN_PANEL);
    context.restreams.directory.shown(entry.restream.id, panel)?;
    stream(&context, principal, panel_topic(entry.restream.id, panel)?, query.key, &headers).await
}

/// The hint sheet, whatever template it came from; 404 where there is none.
#[utoipa::path(
    get, path = "/{slug}/indices/stream", tag = "restreams",
    params(("slug" = String, Path), ("key" = Option<String>, Query, description = "An OBS key")),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 404))
)]
pub async fn stream_indices(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let topic = sheet_topic(&slug)?;
    context.restreams.sheets.ensure(&slug).await?;
    stream(&context, principal, topic, query.key, &headers).await
}

async fn stream(
    context: &Context,
    principal: Principal,
    topic: Topic,
    key: Option<String>,
    headers: &HeaderMap,
) -> Result<Response> {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let want = Want { form: Form::State, surface: None, slot: None, locale: None };
    let credential = Keyed::new(principal, key);
    regie_live::sse(context.restreams.hub.clone(), topic, want, last, credential).await
}

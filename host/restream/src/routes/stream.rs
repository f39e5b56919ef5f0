//! `GET /<slug>/tracker/stream`: the session as JSON, at connect and on every change.

use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use regie_core::{ApiQuery, Error, Result};
use regie_identity::Principal;
use regie_live::{Form, Want};
use serde::Deserialize;

use super::{Context, page::Keyed};
use crate::{
    model::{MAIN_PANEL, NONE},
    session::{session_key, session_topic},
};

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
    let panel = entry.restream.panel(query.panel.as_deref().unwrap_or(MAIN_PANEL))?;
    if panel.tracker_type == NONE {
        return Err(Error::not_found(format!("`{slug}` has no tracker")));
    }
    let topic = session_topic(&session_key(entry.restream.id, &panel.key))?;
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let want = Want { form: Form::State, surface: None, slot: None, locale: None };
    let credential = Keyed::new(principal, query.key);
    regie_live::sse(context.restreams.hub.clone(), topic, want, last, credential).await
}

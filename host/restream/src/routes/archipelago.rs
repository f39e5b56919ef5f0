//! `/api/restreams/{slug}/archipelago`: rooms of a multiworld that feed trackers.

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use regie_core::{ApiJson, ApiQuery, Error, Result, Role, rfc3339};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Context, shapes};
use crate::{
    feeds,
    model::{Feed, MAIN_PANEL, Restream},
};

#[derive(Debug, Deserialize, ToSchema)]
pub struct FeedForm {
    /// `main` where it is absent.
    #[serde(default)]
    panel: Option<String>,
    slot: u32,
    /// `host:port`, `ws://…` or `wss://…`
    address: String,
    /// The player's name in that room.
    name: String,
    /// Absent: the one that is known stays; empty: none.
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    game: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FeedView {
    #[serde(flatten)]
    feed: Feed,
    #[schema(value_type = shapes::FeedState)]
    state: String,
    error: Option<String>,
    /// Received so far.
    items: u64,
    since: Option<String>,
    /// Items that the tracker does not take.
    refused: Vec<Refused>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Refused {
    item: String,
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FeedList {
    items: Vec<FeedView>,
    next: Option<String>,
}

/// How each is doing.
#[utoipa::path(
    get, path = "/api/restreams/{slug}/archipelago", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = FeedList), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_feeds(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<FeedList>> {
    let (entry, actor) = context.find(&slug, &principal)?;
    actor.require(Role::Restreamer)?;
    Ok(Json(list(&context, &entry.restream)))
}

/// Connects a room's player to a slot of a panel.
#[utoipa::path(
    put, path = "/api/restreams/{slug}/archipelago", tag = "restreams", params(("slug" = String, Path)), request_body = FeedForm,
    responses((status = 200, body = FeedList), (status = 400), (status = 401), (status = 403), (status = 404))
)]
pub async fn set_feed(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<FeedForm>,
) -> Result<Json<FeedList>> {
    let (entry, actor) = context.find(&slug, &principal)?;
    actor.require(Role::Restreamer)?;
    let feed = Feed {
        panel: form.panel.unwrap_or_else(|| MAIN_PANEL.into()),
        slot: form.slot,
        address: form.address.trim().into(),
        name: form.name,
        game: form.game.filter(|game| !game.trim().is_empty()),
    };
    let panel = entry.restream.panel(&feed.panel)?;
    if !panel.has_session() {
        return Err(Error::bad_request("that panel has no tracker of its own").path("panel"));
    }
    if !entry.restream.slots(panel).iter().any(|p| p.slot == feed.slot) {
        return Err(Error::bad_request(format!("there is no participant {}", feed.slot)).path("slot"));
    }
    feeds::config(&feed, form.password.clone()).check()?;
    let restreams = &context.restreams;
    if form.password.is_some() {
        restreams.feeds.set_password(entry.restream.id, &feed, form.password).await?;
        restreams.feeds.restart(entry.restream.id, &feed.panel, feed.slot);
    }
    let next = restreams.set_feed(&slug, &feed.panel, feed.slot, Some(feed.clone()), &actor).await?;
    Ok(Json(list(&context, &next)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    panel: Option<String>,
    slot: u32,
}

/// Ends a connection; what it counted stays.
#[utoipa::path(
    delete, path = "/api/restreams/{slug}/archipelago", tag = "restreams", params(("slug" = String, Path), FeedQuery),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
pub async fn remove_feed(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<FeedQuery>,
) -> Result<StatusCode> {
    let (entry, actor) = context.find(&slug, &principal)?;
    actor.require(Role::Restreamer)?;
    let panel = query.panel.as_deref().unwrap_or(MAIN_PANEL);
    let found = entry.restream.archipelago.iter().find(|f| f.panel == panel && f.slot == query.slot);
    let feed = found.ok_or_else(|| Error::not_found("nothing is connected to that slot"))?.clone();
    context.restreams.set_feed(&slug, panel, query.slot, None, &actor).await?;
    context.restreams.feeds.set_password(entry.restream.id, &feed, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn list(context: &Context, restream: &Restream) -> FeedList {
    let view = |feed: &Feed| {
        let seen = context.restreams.feeds.seen(restream.id, feed);
        let status = seen.as_ref().map(|seen| &seen.status);
        let state = status.and_then(|s| serde_json::to_value(s.state).ok());
        FeedView {
            feed: feed.clone(),
            state: state.and_then(|s| s.as_str().map(str::to_owned)).unwrap_or_else(|| "off".into()),
            error: status.and_then(|s| s.error.clone()),
            items: status.map_or(0, |s| s.items),
            since: status.map(|s| rfc3339(s.since_ms)),
            refused: seen
                .map(|seen| seen.refused)
                .unwrap_or_default()
                .into_iter()
                .map(|(item, message)| Refused { item, message })
                .collect(),
        }
    };
    FeedList { items: restream.archipelago.iter().map(view).collect(), next: None }
}

//! `GET /api/restreams/{slug}/history`: who did what, when.

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use regie_core::{ApiQuery, Error, Result, Role};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Context;
use crate::model::MAIN_PANEL;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    panel: Option<String>,
    /// 200 at most.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryList {
    items: Vec<HistoryItem>,
    next: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryItem {
    version: u64,
    /// RFC 3339.
    at: String,
    /// `action`, `create`, `hand_edit`, …
    kind: Value,
    /// `{id,name,role}`
    #[schema(value_type = Object)]
    actor: Value,
    /// The action with its context and result.
    #[schema(value_type = Object)]
    detail: Value,
}

/// The history of a panel's session, newest first.
#[utoipa::path(
    get, path = "/api/restreams/{slug}/history", tag = "restreams", params(("slug" = String, Path), HistoryQuery),
    responses((status = 200, body = HistoryList), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_history(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<HistoryQuery>,
) -> Result<Json<HistoryList>> {
    let actor = principal.actor();
    actor.require(Role::Restreamer)?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Error::bad_request("limit is out of bounds").path("limit").hint("1 to 200"));
    }
    let entry = context.restreams.get(&slug, &actor)?;
    let panel = entry.restream.panel(query.panel.as_deref().unwrap_or(MAIN_PANEL))?;
    let entries =
        context.restreams.trackers.history(entry.restream.id, &panel.key, query.after, limit).await?;
    let next = (entries.len() == limit).then(|| entries.last().map(|e| e.version)).flatten();
    let json = |raw: &serde_json::value::RawValue| serde_json::from_str(raw.get()).unwrap_or(Value::Null);
    let items = entries.iter().map(|e| HistoryItem {
        version: e.version,
        at: regie_core::rfc3339(e.at_ms),
        kind: serde_json::to_value(e.kind).unwrap_or(Value::Null),
        actor: json(&e.actor),
        detail: json(&e.detail),
    });
    Ok(Json(HistoryList { items: items.collect(), next }))
}

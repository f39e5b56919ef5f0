//! `GET /api/restreams/{slug}/history`: who did what, when.

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use regie_core::{ApiQuery, PageQuery, Result, Role};
use regie_identity::Principal;
use regie_store::{Entry, EntryKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{Context, shapes};
use crate::sessions::{Log, words};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// `main` where it is absent; `indices`: the hint sheet.
    panel: Option<String>,
    /// Only what the asker did.
    #[serde(default)]
    mine: bool,
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
    #[schema(value_type = shapes::EntryKind)]
    kind: Value,
    #[schema(value_type = shapes::Actor)]
    actor: Value,
    /// What happened, as the plugin says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// Taken back, and not brought back since.
    undone: bool,
    /// Whether the asker may take it back (or bring it back) now.
    undoable: bool,
    /// The action with its context and result.
    detail: Value,
}

/// The history of a panel's session, newest first.
#[utoipa::path(
    get, path = "/api/restreams/{slug}/history", tag = "restreams", params(("slug" = String, Path), HistoryQuery, PageQuery<u64>),
    responses((status = 200, body = HistoryList), (status = 400), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_history(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<HistoryQuery>,
    ApiQuery(page): ApiQuery<PageQuery<u64>>,
) -> Result<Json<HistoryList>> {
    let (entry, actor) = context.find(&slug, &principal)?;
    actor.require(if query.mine { Role::Editor } else { Role::Restreamer })?;
    let limit = page.limit()?;
    let on = context.restreams.past(&entry.restream, query.panel.as_deref())?;
    let (mut entries, mut after) = (Vec::new(), page.after);
    // Somebody's own are picked from more than a page, within reason.
    for _ in 0..10 {
        let page = on.sessions.history(&on.key, after, limit).await?;
        after = (page.len() == limit).then(|| page.last().map(|e| e.version)).flatten();
        let mine = |e: &Entry| json(&e.actor)["id"] == actor.id.as_str();
        entries.extend(page.into_iter().filter(|e| !query.mine || mine(e)));
        if after.is_none() || entries.len() >= limit || !query.mine {
            break;
        }
    }
    let log = on.sessions.log(&on.key, None).await?;
    let items = items(&entries, &log, actor.role >= Role::Restreamer);
    Ok(Json(HistoryList { items, next: after }))
}

/// `all`: whether the asker may take back anybody's.
pub fn items(entries: &[Entry], log: &Log, all: bool) -> Vec<HistoryItem> {
    let undone = log.undone();
    let newest_barrier = log.newest_barrier.as_ref().map(|barrier| barrier.version);
    let item = |e: &Entry| HistoryItem {
        version: e.version,
        at: regie_core::rfc3339(e.at_ms),
        kind: serde_json::to_value(e.kind).unwrap_or(Value::Null),
        actor: json(&e.actor),
        words: words(e),
        undone: e.kind == EntryKind::Action && undone.contains(&e.version),
        undoable: log.action(e.version).is_some() || (all && newest_barrier == Some(e.version)),
        detail: json(&e.detail),
    };
    entries.iter().map(item).collect()
}

fn json(raw: &serde_json::value::RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or(Value::Null)
}

//! `GET /api/lobby/sessions/{id}/history`: who came, who went, and why.

use axum::{Json, extract::State};
use regie_core::{ApiQuery, Error, PageQuery, Result, rfc3339};
use regie_identity::routes::{ErrorSchema, Segment};
use regie_store::Entry;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Context, here::Here};

#[derive(Debug, Serialize, ToSchema)]
pub struct LobbyHistory {
    /// Newest first.
    items: Vec<LobbyEntry>,
    /// Cursor of the next page.
    #[schema(required)]
    next: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LobbyEntry {
    /// Of the record after it.
    version: u64,
    /// RFC 3339.
    at: String,
    actor: LobbyActor,
    /// `kind`: `found`, `created`, `joined`, `left` (`how`), `evicted`, `started` (`state`), `closed` (`why`) or `handed_over`
    /// (`from`, `to`), with the `client_id` that it is about.
    detail: Value,
}

/// Both empty: a game, or the server itself.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct LobbyActor {
    id: String,
    name: String,
}

/// What happened in a session, newest first, also when it is over.
#[utoipa::path(
    get, path = "/api/lobby/sessions/{id}/history", tag = "lobby", params(("id" = String, Path), PageQuery<u64>),
    responses((status = 200, body = LobbyHistory), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn list_lobby_history(
    State(context): State<Context>,
    Here(_): Here,
    Segment(id): Segment,
    ApiQuery(page): ApiQuery<PageQuery<u64>>,
) -> Result<Json<LobbyHistory>> {
    let limit = page.limit()?;
    let entries = context.lobby.history(&id, page.after, limit + 1).await?;
    let next = entries.get(limit).and(entries.get(limit - 1)).map(|last| last.version);
    let items = entries.iter().take(limit).map(item).collect::<Result<_>>()?;
    Ok(Json(LobbyHistory { items, next }))
}

fn item(entry: &Entry) -> Result<LobbyEntry> {
    Ok(LobbyEntry {
        version: entry.version,
        at: rfc3339(entry.at_ms),
        actor: serde_json::from_str(entry.actor.get()).unwrap_or_default(),
        detail: serde_json::from_str(entry.detail.get()).map_err(Error::internal)?,
    })
}

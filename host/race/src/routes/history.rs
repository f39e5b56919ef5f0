//! `GET /api/races/{id}/history`: who did what, when.

use axum::{
    Json,
    extract::{Path, State},
};
use regie_core::{ApiQuery, PageQuery, Result, rfc3339};
use regie_identity::routes::{ErrorSchema, Visitor};
use regie_store::{Entry, EntryKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;

use super::{Context, OfRace};

#[derive(Debug, Serialize, ToSchema)]
pub struct RaceHistory {
    items: Vec<RaceEntry>,
    /// Cursor of the next page.
    next: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RaceEntry {
    /// Of the race after it.
    version: u64,
    /// RFC 3339.
    at: String,
    actor: EntryActor,
    /// What happened, in a person's language; empty where there is nothing to say.
    words: String,
    /// `action`, `reset`, `preset`, …
    #[schema(value_type = String)]
    kind: EntryKind,
}

/// Both empty: the server itself.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct EntryActor {
    id: String,
    name: String,
}

/// The history of a race, newest first: for the organizer, unless they still play, and for everybody once it is over.
#[utoipa::path(
    get, path = "/api/races/{id}/history", tag = "races", params(("id" = String, Path), PageQuery<u64>), security((), ("bearer" = []), ("session" = [])),
    responses((status = 200, body = RaceHistory), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn list_race_history(
    State(context): State<Context>,
    Visitor(who): Visitor,
    Path(OfRace { id }): Path<OfRace>,
    ApiQuery(page): ApiQuery<PageQuery<u64>>,
) -> Result<Json<RaceHistory>> {
    let limit = page.limit()?;
    let entries = context.races.history(&id, &who, page.after, limit + 1).await?;
    let next = entries.get(limit).and(entries.get(limit - 1)).map(|last| last.version);
    Ok(Json(RaceHistory { items: entries.iter().take(limit).map(item).collect(), next }))
}

fn item(entry: &Entry) -> RaceEntry {
    let words = json(&entry.detail).get("words").and_then(Value::as_str).unwrap_or_default().to_owned();
    RaceEntry {
        version: entry.version,
        at: rfc3339(entry.at_ms),
        actor: serde_json::from_str(entry.actor.get()).unwrap_or_default(),
        words,
        kind: entry.kind,
    }
}

fn json(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or(Value::Null)
}

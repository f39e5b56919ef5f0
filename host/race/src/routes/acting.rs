//! `POST /api/races/{id}/act`: what a page's buttons do, over HTTP.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use regie_core::{ApiJson, Error, Result, idempotency_key, new_id};
use regie_identity::routes::{ErrorSchema, Person};
use regie_live::Act;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{Context, OfRace};
use crate::source::may_act;

#[derive(Debug, Deserialize, ToSchema)]
pub struct ActForm {
    /// What the mode understands.
    #[schema(value_type = serde_json::Value)]
    action: Box<RawValue>,
    /// A UUID of the client's, as `Idempotency-Key`: the same one again changes nothing.
    key: Option<String>,
    /// The version the actor saw.
    base_version: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Acted {
    ok: bool,
    /// Of the race after the action.
    version: u64,
}

/// An action of the mode's own, such as a mark on a board (a player for themselves, the organizer for the race).
#[utoipa::path(
    post, path = "/api/races/{id}/act", tag = "races",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's, where `key` is absent")),
    request_body = ActForm,
    responses(
        (status = 200, body = Acted), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`not_playing`, `already_ended`, or the mode's own code", body = ErrorSchema),
        (status = 422, body = ErrorSchema), (status = 429, body = ErrorSchema), (status = 503, body = ErrorSchema)
    )
)]
pub async fn act_in_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<ActForm>,
) -> Result<Json<Acted>> {
    let race = context.races.race(&id)?;
    let slot = may_act(&race, &by)?;
    let key = match form.key {
        Some(key) => key,
        None => idempotency_key(&headers)?.unwrap_or_else(new_id),
    };
    let act = Act { key, base_version: form.base_version, action: form.action };
    // What it looked like then is not told: it would be more than the actor may see.
    let version =
        context.races.engine.act(&id, &by, slot, act).await.map_err(|refused| -> Error { refused.error })?;
    Ok(Json(Acted { ok: true, version }))
}

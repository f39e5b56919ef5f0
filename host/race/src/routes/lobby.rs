//! `/api/races/{id}/lobby`: the session of a lobby whose members become participants.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use regie_core::{ApiJson, Result};
use regie_identity::routes::{ErrorSchema, Person};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Context, OfRace};
use crate::json::{RaceView, TakenView};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RaceTieForm)]
pub struct TieForm {
    session_id: String,
}

/// Tie the race to a session of the lobby, in place of the one before (organizer).
#[utoipa::path(
    put, path = "/api/races/{id}/lobby", tag = "races", params(("id" = String, Path)), request_body = TieForm,
    responses(
        (status = 200, body = RaceView), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema),
        (status = 404, description = "No such race, or no such session", body = ErrorSchema), (status = 409, description = "It is over", body = ErrorSchema)
    )
)]
pub async fn tie_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<TieForm>,
) -> Result<Json<RaceView>> {
    context.races.tie(&id, &by, &form.session_id).await?;
    context.view(&id, &by, &headers).await
}

/// Tie it to none (organizer). Who takes part stays.
#[utoipa::path(
    delete, path = "/api/races/{id}/lobby", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "It is over", body = ErrorSchema))
)]
pub async fn untie_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.untie(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// Make participants of the session's members (organizer). Who has no account is invited by their name. It may be asked
/// again: who takes part or was invited stays as they are.
#[utoipa::path(
    post, path = "/api/races/{id}/lobby/take", tag = "races", params(("id" = String, Path)),
    responses(
        (status = 200, body = TakenView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`not_tied`, `session_gone`, or it is over", body = ErrorSchema), (status = 503, body = ErrorSchema)
    )
)]
pub async fn take_members_into_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<TakenView>> {
    let taken = context.races.take_members(&id, &by).await?;
    Ok(Json(TakenView::new(taken, &context.races.base(&headers))))
}

//! What people do in their own name: join, leave, be ready, begin.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use regie_core::Result;
use regie_identity::routes::{ErrorSchema, Person};

use super::{Context, OfRace};
use crate::json::RaceView;

/// Take part.
#[utoipa::path(
    post, path = "/api/races/{id}/join", tag = "races", params(("id" = String, Path)),
    responses(
        (status = 200, body = RaceView), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`not_open`, `started`, `race_full`, `already_joined`", body = ErrorSchema)
    )
)]
pub async fn join_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.join(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// Take part no more, before the start.
#[utoipa::path(
    post, path = "/api/races/{id}/leave", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "It has started", body = ErrorSchema))
)]
pub async fn leave_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.leave(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// You are ready (where no game says it for you). In a running race you play at once.
#[utoipa::path(
    post, path = "/api/races/{id}/ready", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "`already_ended`, or the race is over", body = ErrorSchema))
)]
pub async fn ready_player(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.ready(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// Start your own countdown in a race where each starts alone.
#[utoipa::path(
    post, path = "/api/races/{id}/begin", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "`already_begun`, `already_ended`, or not such a race", body = ErrorSchema))
)]
pub async fn begin_player(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.begin(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

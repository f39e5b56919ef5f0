//! From draft to the end: the organizer's buttons.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use regie_core::{OptionalJson, Result};
use regie_identity::routes::{ErrorSchema, Person};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Context, OfRace,
    races::{present, time},
};
use crate::{json::RaceView, model::StartAsked};

/// People may join from now on (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/open", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "Not a draft", body = ErrorSchema))
)]
pub async fn open_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.open_race(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StartRace {
    /// RFC 3339: then, not now; `null`: not by itself any more.
    #[serde(deserialize_with = "present")]
    scheduled_start: Option<Option<String>>,
    /// Although somebody is not ready.
    force: bool,
}

/// Begin the countdown, or set when it is to begin (organizer). A body may be left out.
#[utoipa::path(
    post, path = "/api/races/{id}/start", tag = "races", params(("id" = String, Path)), request_body = Option<StartRace>,
    responses(
        (status = 200, body = RaceView), (status = 400, description = "The time has passed", body = ErrorSchema), (status = 401, body = ErrorSchema),
        (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`not_ready`: the message names who is not; `no_participants`; or not open", body = ErrorSchema)
    )
)]
pub async fn start_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
    OptionalJson(form): OptionalJson<StartRace>,
) -> Result<Json<RaceView>> {
    match form.scheduled_start {
        Some(None) => context.races.unschedule(&id, &by).await?,
        at => {
            let at_ms = at.flatten().as_deref().map(time).transpose()?;
            context.races.start(&id, &by, StartAsked { force: form.force, at_ms }).await?;
        }
    }
    context.view(&id, &by, &headers).await
}

/// The race does not start by itself any more (organizer).
#[utoipa::path(
    delete, path = "/api/races/{id}/start", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, body = ErrorSchema))
)]
pub async fn unschedule_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.unschedule(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// A new try with the same seed and people, or the end of a countdown; games are disconnected (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/reset", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "Neither counting down, running nor finished", body = ErrorSchema))
)]
pub async fn reset_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.reset(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// End a race; who has not ended has abandoned (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/finish", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "Not running", body = ErrorSchema))
)]
pub async fn finish_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.finish(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// Call a race off before its start (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/cancel", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "It has started", body = ErrorSchema))
)]
pub async fn cancel_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.cancel(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

/// Another seed before the start; packs that are out are void (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/reroll-seed", tag = "races", params(("id" = String, Path)),
    responses(
        (status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "It has started, or `pool_empty`", body = ErrorSchema)
    )
)]
pub async fn reroll_seed(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    let race = context.races.for_organizer(&id, &by)?;
    context.races.reroll(&id, &by, race.pool.as_deref()).await?;
    context.view(&id, &by, &headers).await
}

/// Show the seed to you before the start, for all to see that it was (organizer who does not play).
#[utoipa::path(
    post, path = "/api/races/{id}/reveal", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "You take part", body = ErrorSchema))
)]
pub async fn reveal_seed(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.reveal(&id, &by).await?;
    context.view(&id, &by, &headers).await
}

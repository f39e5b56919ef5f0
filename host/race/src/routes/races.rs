//! `/api/races`

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use regie_core::{ApiJson, ApiQuery, Error, PageQuery, Result, idempotency_key, parse_rfc3339};
use regie_identity::routes::{ErrorSchema, Person, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{Context, OfRace};
use crate::{
    json::{RaceItem, RaceView},
    model::{Config, RaceStatus},
    service::{NewRace, Patch, Wanted},
};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RaceQuery {
    /// One or several, with commas between them: `open,running`.
    #[param(nullable = false)]
    status: Option<String>,
    /// Only those you organize, take part in or cast.
    #[serde(default)]
    mine: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RaceList {
    items: Vec<RaceItem>,
    next: Option<String>,
}

/// Races, newest first. Drafts and unlisted ones are for their own people.
#[utoipa::path(
    get, path = "/api/races", tag = "races", params(RaceQuery, PageQuery<String>), security((), ("bearer" = []), ("session" = [])),
    responses((status = 200, body = RaceList), (status = 400, body = ErrorSchema))
)]
pub async fn list_races(
    State(context): State<Context>,
    Visitor(who): Visitor,
    ApiQuery(query): ApiQuery<RaceQuery>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<RaceList>> {
    let statuses = query.status.as_deref().map_or_else(|| Ok(Vec::new()), statuses)?;
    let wanted = Wanted { statuses, mine: query.mine, limit: page.limit()?, after: page.after };
    let (found, more) = context.races.list(&wanted, &who);
    let items: Vec<_> = found.iter().map(|race| RaceItem::new(&context.races, race, &who)).collect();
    let next = items.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Json(RaceList { items, next }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRace {
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Id of a race mode; the pool's, where it is absent.
    mode: Option<String>,
    /// Absent: the mode makes the seed.
    #[serde(alias = "pool_name")]
    pool: Option<String>,
    /// What is absent has its default.
    #[serde(default)]
    #[schema(value_type = Option<Config>)]
    config: Map<String, Value>,
    /// RFC 3339; the race then starts by itself once it is open.
    scheduled_start: Option<String>,
}

/// Make a race: a draft, organized by you.
#[utoipa::path(
    post, path = "/api/races", tag = "races", request_body = CreateRace,
    params(("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's: the same request again makes no second race")),
    responses(
        (status = 201, body = RaceView), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema),
        (status = 404, description = "No such pool", body = ErrorSchema),
        (status = 409, description = "The pool is empty or cannot be used", body = ErrorSchema)
    )
)]
pub async fn create_race(
    State(context): State<Context>,
    Person(by): Person,
    headers: HeaderMap,
    ApiJson(form): ApiJson<CreateRace>,
) -> Result<(StatusCode, Json<RaceView>)> {
    let new = NewRace {
        name: form.name,
        mode: form.mode,
        pool: form.pool,
        config: form.config,
        scheduled_start_ms: form.scheduled_start.as_deref().map(time).transpose()?,
        key: idempotency_key(&headers)?,
    };
    let race = context.races.create(new, &by).await?;
    Ok((StatusCode::CREATED, context.view(&race.id, &by, &headers).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DelayQuery {
    /// Seconds by which you want to be late: 0, 30, 60 or 120. Only ever adds.
    #[serde(default)]
    delay: u32,
}

/// One race, as you may see it.
#[utoipa::path(
    get, path = "/api/races/{id}", tag = "races", params(("id" = String, Path), DelayQuery), security((), ("bearer" = []), ("session" = [])),
    responses((status = 200, body = RaceView), (status = 404, body = ErrorSchema))
)]
pub async fn show_race(
    State(context): State<Context>,
    Visitor(who): Visitor,
    Path(OfRace { id }): Path<OfRace>,
    ApiQuery(query): ApiQuery<DelayQuery>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    let base = context.races.base(&headers);
    RaceView::new(&context.races, &id, &who, query.delay, &base).await.map(Json)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRace {
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// What is absent stays. After the start: `visibility`, `max_participants` and `late_join_minutes` only.
    #[schema(value_type = Option<Config>)]
    config: Option<Map<String, Value>>,
    /// RFC 3339; `null`: not by itself. Before the start only.
    #[serde(default, deserialize_with = "present")]
    scheduled_start: Option<Option<String>>,
    /// Another pool, and so another seed; `null`: one that the mode makes. Before the start only.
    #[serde(default, alias = "pool_name", deserialize_with = "present")]
    pool: Option<Option<String>>,
}

/// Change a race (organizer).
#[utoipa::path(
    patch, path = "/api/races/{id}", tag = "races", params(("id" = String, Path)), request_body = EditRace,
    responses(
        (status = 200, body = RaceView), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "Settled by the start; `path` says which", body = ErrorSchema)
    )
)]
pub async fn edit_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<EditRace>,
) -> Result<Json<RaceView>> {
    let scheduled_start_ms = match form.scheduled_start {
        Some(at) => Some(at.as_deref().map(time).transpose()?),
        None => None,
    };
    let patch = Patch { name: form.name, config: form.config, scheduled_start_ms, pool: form.pool };
    context.races.edit(&id, &by, patch).await?;
    context.view(&id, &by, &headers).await
}

/// Delete a race (organizer). A seed that was not played is free again.
#[utoipa::path(
    delete, path = "/api/races/{id}", tag = "races", params(("id" = String, Path)),
    responses(
        (status = 204), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "It counts down or runs", body = ErrorSchema)
    )
)]
pub async fn delete_race(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
) -> Result<StatusCode> {
    context.races.delete(&id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Milliseconds since 1970. Errors: 400 at `scheduled_start`.
pub fn time(text: &str) -> Result<i64> {
    parse_rfc3339(text).ok_or_else(|| {
        Error::bad_request(format!("`{text}` is no time"))
            .path("scheduled_start")
            .hint("RFC 3339 with its offset, as in 2026-02-04T13:38:00Z")
    })
}

fn statuses(text: &str) -> Result<Vec<RaceStatus>> {
    let read = |word: &str| {
        serde_json::from_value(Value::from(word.trim())).map_err(|_| {
            Error::bad_request(format!("there is no status `{word}`"))
                .path("status")
                .hint("of draft, open, countdown, running, finished, cancelled")
        })
    };
    text.split(',').map(read).collect()
}

/// A field that is there, `null` included.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

//! `/api/races/{id}/casters`

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use regie_core::{ApiJson, Result};
use regie_identity::routes::{ErrorSchema, Person};
use serde::Deserialize;

use super::{Context, OfRace, participants::NameForm};
use crate::json::Person as PersonView;

#[derive(Deserialize)]
pub struct OfCaster {
    id: String,
    user: String,
}

/// Somebody comments: they see everything while it runs (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/casters", tag = "races", params(("id" = String, Path)), request_body = NameForm,
    responses((status = 201, body = PersonView), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, description = "No such race or user", body = ErrorSchema), (status = 409, body = ErrorSchema))
)]
pub async fn add_caster(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    ApiJson(form): ApiJson<NameForm>,
) -> Result<(StatusCode, Json<PersonView>)> {
    let user = context.races.add_caster(&id, &by, &form.named()?).await?;
    Ok((StatusCode::CREATED, Json(PersonView { id: user.id, name: user.name })))
}

/// They comment no more (organizer, or themselves).
#[utoipa::path(
    delete, path = "/api/races/{id}/casters/{user}", tag = "races", params(("id" = String, Path), ("user" = String, Path, description = "Id or name")),
    responses((status = 204), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn remove_caster(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfCaster { id, user }): Path<OfCaster>,
) -> Result<StatusCode> {
    context.races.remove_caster(&id, &by, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

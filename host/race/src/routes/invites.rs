//! `/api/races/{id}/invites`; the links themselves lead to `/api/invites/{token}`.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use regie_core::{OptionalJson, Result};
use regie_identity::routes::{ErrorSchema, Person};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Context, OfRace};
use crate::{json::InviteView, service::Named};

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = RaceInviteForm)]
pub struct InviteForm {
    /// For whom, once; absent or empty: for whoever has the link, as long as there are places.
    name: Option<String>,
}

#[derive(Deserialize)]
pub struct OfInvite {
    id: String,
    token: String,
}

/// A link with which people join (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/invites", tag = "races", params(("id" = String, Path)), request_body = Option<InviteForm>,
    responses((status = 201, body = InviteView), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, body = ErrorSchema))
)]
pub async fn create_race_invite(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
    OptionalJson(form): OptionalJson<InviteForm>,
) -> Result<(StatusCode, Json<InviteView>)> {
    let name = form.name.filter(|name| !name.is_empty()).map(|name| Named::Here(name).check()).transpose()?;
    let name = name.as_ref().map_or("", Named::text);
    let invite = context.races.invite(&id, &by, name, None).await?;
    Ok((StatusCode::CREATED, Json(InviteView::new(&invite, &context.races.base(&headers)))))
}

/// The link is good for nobody from now on (organizer).
#[utoipa::path(
    delete, path = "/api/races/{id}/invites/{token}", tag = "races", params(("id" = String, Path), ("token" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn withdraw_race_invite(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfInvite { id, token }): Path<OfInvite>,
) -> Result<StatusCode> {
    context.races.withdraw_invite(&id, &by, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

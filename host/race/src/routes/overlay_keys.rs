//! Addresses for OBS that open more than everybody sees.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use regie_core::{ApiJson, Result};
use regie_identity::routes::{ErrorSchema, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, OfRace};

#[derive(Debug, Serialize, ToSchema)]
pub struct OverlayAddress {
    /// Told this once; it holds the key.
    url: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverlayForm {
    /// Name of one of the mode's overlays.
    overlay: String,
}

/// The address of your own in-game picture; the one before is void (participant).
#[utoipa::path(
    post, path = "/api/races/{id}/hud-key", tag = "races", params(("id" = String, Path)),
    responses((status = 201, body = OverlayAddress), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, description = "No such race, or its mode draws none", body = ErrorSchema))
)]
pub async fn create_hud_key(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<OverlayAddress>)> {
    let path = context.races.hud_key(&id, &by).await?;
    let url = format!("{}{path}", context.races.base(&headers));
    Ok((StatusCode::CREATED, Json(OverlayAddress { url })))
}

/// The address of an overlay as casters see it (organizer or caster who does not play).
#[utoipa::path(
    post, path = "/api/races/{id}/overlay-key", tag = "races", params(("id" = String, Path)), request_body = OverlayForm,
    responses((status = 201, body = OverlayAddress), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "You take part", body = ErrorSchema))
)]
pub async fn create_overlay_key(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<OverlayForm>,
) -> Result<(StatusCode, Json<OverlayAddress>)> {
    let path = context.races.caster_key(&id, &by, &form.overlay).await?;
    let url = format!("{}{path}", context.races.base(&headers));
    Ok((StatusCode::CREATED, Json(OverlayAddress { url })))
}

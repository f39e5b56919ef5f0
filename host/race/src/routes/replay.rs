//! `GET /api/races/{id}/replay`: a race that is over, at any of its moments.

use axum::{
    Json,
    extract::{Path, State},
};
use regie_core::{ApiQuery, Result};
use regie_identity::routes::{ErrorSchema, Visitor};
use regie_sdk::protocol::Standings;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Context, OfRace};
use crate::{picture::Picture, source::check_surface};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReplayQuery {
    /// Milliseconds of in-game time; as it ended, where it is absent.
    #[param(nullable = false)]
    at_ms: Option<u64>,
    /// `live` where it is absent; `overlay:<name>`, `overlay:<name>:base`.
    #[param(nullable = false)]
    surface: Option<String>,
    /// `en` or `fr`.
    #[param(nullable = false)]
    locale: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayView {
    html: String,
    /// Addresses of the stylesheets that it needs.
    css: Vec<String>,
    /// Milliseconds of in-game time.
    at_ms: u64,
    end_ms: u64,
    /// As they stood then.
    #[schema(value_type = Object)]
    standings: Standings,
}

/// How a finished race stood at a moment of in-game time.
#[utoipa::path(
    get, path = "/api/races/{id}/replay", tag = "races", params(("id" = String, Path), ReplayQuery), security((), ("bearer" = []), ("session" = [])),
    responses(
        (status = 200, body = ReplayView), (status = 400, body = ErrorSchema), (status = 404, description = "No such race or surface", body = ErrorSchema),
        (status = 409, description = "`not_finished`", body = ErrorSchema), (status = 503, description = "Its mode is not loaded", body = ErrorSchema)
    )
)]
pub async fn replay_race(
    State(context): State<Context>,
    Visitor(who): Visitor,
    Path(OfRace { id }): Path<OfRace>,
    ApiQuery(query): ApiQuery<ReplayQuery>,
) -> Result<Json<ReplayView>> {
    let races = &context.races;
    let plugin = races.engine.mode(&races.race(&id)?.mode)?;
    let surface = query.surface.unwrap_or_else(|| "live".into());
    check_surface(&surface, Some(&plugin))?;
    let replay = races.replay(&id, &who, query.at_ms).await?;
    let picture =
        Picture { surface, slot: None, locale: plugin.locale(query.locale.as_deref()), can_edit: false };
    Ok(Json(ReplayView {
        html: races.draw(&plugin, &replay.shown, picture).await?.to_string(),
        css: plugin.stylesheets(),
        at_ms: replay.at_ms,
        end_ms: replay.end_ms,
        standings: Standings::clone(&replay.shown.standings),
    }))
}

//! `GET /api/lobby`: how the room is.

use axum::{Json, extract::State};
use regie_identity::routes::ErrorSchema;

use super::{Context, here::Here};
use crate::json::LobbyStatus;

/// The broker, where games connect, who arbitrates, and what was counted.
#[utoipa::path(
    get, path = "/api/lobby", tag = "lobby",
    responses((status = 200, body = LobbyStatus), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema))
)]
pub async fn show_lobby(State(context): State<Context>, Here(who): Here) -> Json<LobbyStatus> {
    Json(LobbyStatus::new(context.lobby.status(), &who))
}

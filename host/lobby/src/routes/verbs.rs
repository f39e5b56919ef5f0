//! Joining, leaving, starting, closing: for the asker's own instance, or as creator or admin.

use axum::{extract::State, http::StatusCode, response::Response};
use regie_core::{OptionalJson, Result};
use regie_identity::routes::{ErrorSchema, Segment};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Context,
    answer::{LobbyConflict, answer},
    here::Here,
};
use crate::{View, json::LobbySession};

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JoinForm {
    /// Leave the session that you are in, first.
    switch: bool,
}

/// Be in it. You are in one session at a time. A body may be left out.
#[utoipa::path(
    post, path = "/api/lobby/sessions/{id}/join", tag = "lobby", params(("id" = String, Path)), request_body = Option<JoinForm>,
    responses(
        (status = 200, body = LobbySession), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`full`, `not_open`, or `in_another_session` without `switch`", body = LobbyConflict)
    )
)]
pub async fn join_lobby_session(
    State(context): State<Context>,
    Here(by): Here,
    Segment(id): Segment,
    OptionalJson(form): OptionalJson<JoinForm>,
) -> Response {
    let done = context.lobby.join(&id, &by, form.switch).await;
    context.answer(&id, done, &by)
}

/// Be in it no longer. Where its creator leaves, it closes.
#[utoipa::path(
    post, path = "/api/lobby/sessions/{id}/leave", tag = "lobby", params(("id" = String, Path)),
    responses((status = 200, body = LobbySession), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn leave_lobby_session(
    State(context): State<Context>,
    Here(by): Here,
    Segment(id): Segment,
) -> Response {
    let done = context.lobby.leave(&id, &by).await;
    context.answer(&id, done, &by)
}

/// Start the game; nobody joins from then on (creator, admin).
#[utoipa::path(
    post, path = "/api/lobby/sessions/{id}/start", tag = "lobby", params(("id" = String, Path)),
    responses(
        (status = 200, body = LobbySession), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`not_open` or `too_few`", body = LobbyConflict)
    )
)]
pub async fn start_lobby_session(
    State(context): State<Context>,
    Here(by): Here,
    Segment(id): Segment,
) -> Response {
    let done = context.lobby.start(&id, &by).await;
    context.answer(&id, done, &by)
}

/// End it, for all (creator, admin).
#[utoipa::path(
    post, path = "/api/lobby/sessions/{id}/close", tag = "lobby", params(("id" = String, Path)),
    responses((status = 200, body = LobbySession), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn close_lobby_session(
    State(context): State<Context>,
    Here(by): Here,
    Segment(id): Segment,
) -> Response {
    let done = context.lobby.close(&id, &by).await;
    context.answer(&id, done, &by)
}

impl Context {
    fn answer(&self, id: &str, done: Result<View>, by: &regie_core::Actor) -> Response {
        answer(StatusCode::OK, done, by, || self.lobby.session(id).ok())
    }
}

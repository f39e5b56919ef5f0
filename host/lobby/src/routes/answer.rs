//! What acting on a session answers: the session, or why not and the session all the same.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use regie_core::{Actor, Error, ErrorDetail, ErrorKind, Result};
use regie_identity::routes::ErrorDetailSchema;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Lobby, View, json::LobbySession};

/// A refusal, with what is the case.
#[derive(Serialize, ToSchema)]
pub struct LobbyConflict<'a> {
    #[schema(value_type = ErrorDetailSchema)]
    error: ErrorDetail<'a>,
    /// The session that was asked about; where one is to be made, the one that the asker is in.
    state: LobbySession,
}

pub fn answer(
    status: StatusCode,
    done: Result<View>,
    by: &Actor,
    state: impl FnOnce() -> Option<View>,
) -> Response {
    match done {
        Ok(view) => (status, Json(LobbySession::of(&view, by))).into_response(),
        Err(error) => refuse(error, by, state),
    }
}

fn refuse(error: Error, by: &Actor, state: impl FnOnce() -> Option<View>) -> Response {
    let state = if error.kind == ErrorKind::Conflict { state() } else { None };
    let Some(view) = state else { return error.into_response() };
    let conflict = LobbyConflict { error: error.detail(), state: LobbySession::of(&view, by) };
    (StatusCode::CONFLICT, Json(conflict)).into_response()
}

/// The session that this person is in.
pub fn own(lobby: &Lobby, who: &Actor) -> Option<View> {
    let own = Lobby::instance_of(&who.id);
    lobby.sessions().into_iter().find(|view| view.members.iter().any(|member| member.client_id == own))
}

//! HTTP in, service call, HTTP out. Whoever asks for anything here gives a sign of life.

mod answer;
mod here;
mod history;
mod openapi;
mod sessions;
mod status;
mod verbs;

use std::sync::Arc;

use axum::{
    Router,
    response::Redirect,
    routing::{get, post},
};

pub use openapi::ApiDoc;

use crate::Lobby;

/// What handlers reach.
#[derive(Clone)]
pub struct Context {
    pub lobby: Arc<Lobby>,
}

/// `/api/lobby`, and `/lobby` for people.
pub fn router(context: Context) -> Router {
    Router::new()
        .route("/api/lobby", get(status::show_lobby))
        .route("/api/lobby/sessions", get(sessions::list_lobby_sessions).post(sessions::create_lobby_session))
        .route("/api/lobby/sessions/{id}", get(sessions::show_lobby_session))
        .route("/api/lobby/sessions/{id}/history", get(history::list_lobby_history))
        .route("/api/lobby/sessions/{id}/join", post(verbs::join_lobby_session))
        .route("/api/lobby/sessions/{id}/leave", post(verbs::leave_lobby_session))
        .route("/api/lobby/sessions/{id}/start", post(verbs::start_lobby_session))
        .route("/api/lobby/sessions/{id}/close", post(verbs::close_lobby_session))
        .route("/lobby", get(|| async { Redirect::to("/app/lobby") }))
        .with_state(context)
}

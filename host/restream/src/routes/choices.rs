//! What the select lists of forms offer: always the registry, never a list in code.

use axum::{Json, extract::State};

use super::Context;
use crate::service::Choice;

/// Tracker types, `none` first.
#[utoipa::path(get, path = "/api/trackers", tag = "restreams", responses((status = 200, body = Vec<Choice>)))]
pub async fn list_trackers(State(context): State<Context>) -> Json<Vec<Choice>> {
    Json(context.restreams.tracker_types())
}

/// Hint sheets, `none` first.
#[utoipa::path(get, path = "/api/indices/templates", tag = "restreams", responses((status = 200, body = Vec<Choice>)))]
pub async fn list_indices_templates(State(context): State<Context>) -> Json<Vec<Choice>> {
    Json(context.restreams.indices_templates())
}

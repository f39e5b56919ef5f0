//! `POST /<slug>/tracker/update`: an action by HTTP.

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use regie_core::{ApiJson, Error, Result, Role, new_id};
use regie_identity::Principal;
use regie_live::{Act, Refused};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Context;
use crate::{
    model::{MAIN_PANEL, NONE},
    session::session_key,
};

#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateForm {
    /// `main` where it is absent.
    panel: Option<String>,
    /// The version the actor saw.
    base_version: Option<u64>,
    /// What the plugin understands: `{"item":"bow","slot":1,"step":1}`.
    #[schema(value_type = Object)]
    action: Box<RawValue>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Updated {
    ok: bool,
    /// The document's version after the action.
    version: u64,
}

/// Applies an action. With an `Idempotency-Key` it can be sent again without being counted twice.
#[utoipa::path(
    post, path = "/{slug}/tracker/update", tag = "restreams",
    params(("slug" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's")),
    request_body = UpdateForm,
    responses(
        (status = 200, body = Updated), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "The tracker refused the action: error, current version and state"), (status = 413), (status = 429), (status = 503)
    )
)]
pub async fn update_tracker(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<UpdateForm>,
) -> Result<Response> {
    let actor = principal.actor();
    let entry = context.restreams.get(&slug, &actor)?;
    actor.require(Role::Editor)?;
    let panel = entry.restream.panel(form.panel.as_deref().unwrap_or(MAIN_PANEL))?;
    if panel.tracker_type == NONE {
        return Err(Error::not_found(format!("`{slug}` has no tracker")));
    }
    let key = match headers.get("idempotency-key") {
        Some(value) => value
            .to_str()
            .map_err(|_| Error::bad_request("the key is not printable text").path("Idempotency-Key"))?
            .to_owned(),
        None => new_id(),
    };
    let act = Act { key, base_version: form.base_version, action: form.action };
    match context.restreams.trackers.act(&session_key(entry.restream.id, &panel.key), actor, act).await {
        Ok(version) => Ok(Json(Updated { ok: true, version }).into_response()),
        Err(refused) => Ok(answer(refused)),
    }
}

#[derive(Serialize)]
struct Refusal<'a> {
    error: regie_core::ErrorDetail<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a RawValue>,
}

fn answer(refused: Refused) -> Response {
    let Refused { error, version, state } = refused;
    if version.is_none() && state.is_none() {
        return error.into_response();
    }
    let status: StatusCode = error.kind.status();
    let body = Refusal { error: error.detail(), version, state: state.as_deref() };
    (status, Json(body)).into_response()
}

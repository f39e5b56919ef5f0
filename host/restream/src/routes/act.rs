//! `POST /<slug>/tracker/update`, `POST /<slug>/indices/update-category`: an action by HTTP.

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
use crate::model::INDICES_PANEL;

#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateForm {
    /// `main` where it is absent.
    panel: Option<String>,
    /// The version the actor saw.
    base_version: Option<u64>,
    /// What the plugin understands: `{"item":"bow","slot":1,"step":1}`.
    #[schema(value_type = serde_json::Value)]
    action: Box<RawValue>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Updated {
    pub ok: bool,
    /// The document's version after the action.
    pub version: u64,
}

impl Updated {
    pub fn at(version: u64) -> Json<Self> {
        Json(Self { ok: true, version })
    }
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
    act(&context, &principal, &slug, form.panel.as_deref(), &headers, form.base_version, form.action).await
}

/// Lines of one category; cells are split by a bar.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct CategoryForm {
    /// Key of the category: `always`.
    category: String,
    /// `["First shop | Lamp"]`
    lines: Vec<String>,
}

/// Replaces the lines of a category of the hint sheet.
#[utoipa::path(
    post, path = "/{slug}/indices/update-category", tag = "restreams",
    params(("slug" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's")),
    request_body = CategoryForm,
    responses(
        (status = 200, body = Updated), (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "The sheet refused it: error, current version and state"), (status = 413), (status = 429), (status = 503)
    )
)]
pub async fn update_category(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<CategoryForm>,
) -> Result<Response> {
    let action = crate::sessions::raw(&form);
    act(&context, &principal, &slug, Some(INDICES_PANEL), &headers, None, action).await
}

async fn act(
    context: &Context,
    principal: &Principal,
    slug: &str,
    panel: Option<&str>,
    headers: &HeaderMap,
    base_version: Option<u64>,
    action: Box<RawValue>,
) -> Result<Response> {
    let (entry, actor) = context.find(slug, principal)?;
    actor.require(Role::Editor)?;
    let on = context.restreams.on(&entry.restream, panel)?;
    on.require_editable()?;
    let act = Act { key: action_key(headers)?, base_version, action };
    match on.sessions.act(&on.key, actor, act).await {
        Ok(version) => Ok(Json(Updated { ok: true, version }).into_response()),
        Err(refused) => Ok(answer(refused)),
    }
}

/// The client's, or a new one: then a request that is sent again counts again.
pub fn action_key(headers: &HeaderMap) -> Result<String> {
    match headers.get("idempotency-key") {
        Some(value) => Ok(value
            .to_str()
            .map_err(|_| Error::bad_request("the key is not printable text").path("Idempotency-Key"))?
            .to_owned()),
        None => Ok(new_id()),
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

pub fn answer(refused: Refused) -> Response {
    let Refused { error, version, state } = refused;
    if version.is_none() && state.is_none() {
        return error.into_response();
    }
    let status: StatusCode = error.kind.status();
    let body = Refusal { error: error.detail(), version, state: state.as_deref() };
    (status, Json(body)).into_response()
}

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use regie_core::{ApiJson, Result, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Identity, Key, NewKey, Principal, routes::ErrorSchema};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// Where it is used.
    #[schema(min_length = 1, max_length = 80)]
    label: String,
    /// Each opens itself and what is below it: `tracker/12` opens `tracker/12/main`.
    #[schema(min_items = 1, max_items = 64)]
    topics: Vec<String>,
    /// `overlay`, `overlay:<view>`, `live`, `state`, …; none: all of them.
    #[serde(default)]
    #[schema(max_items = 32)]
    surfaces: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct CreatedKey {
    #[serde(flatten)]
    listed: Key,
    /// Goes into the address of the browser source as `?key=…`. It is not shown again.
    key: String,
}

/// Make an OBS key (restreamer).
#[utoipa::path(
    post,
    path = "/api/keys",
    tag = "keys",
    request_body = CreateKey,
    responses(
        (status = 201, description = "Made; the whole key is in this answer only", body = CreatedKey),
        (status = 400, description = "Label, topics or surfaces cannot be used", body = ErrorSchema),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 403, description = "Not a restreamer", body = ErrorSchema),
    )
)]
pub async fn create_key(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    ApiJson(CreateKey { label, topics, surfaces }): ApiJson<CreateKey>,
) -> Result<(StatusCode, Json<CreatedKey>)> {
    let actor = principal.require(Role::Restreamer)?;
    let (listed, secret) = identity.create_key(&actor, NewKey { label, topics, surfaces }).await?;
    Ok((StatusCode::CREATED, Json(CreatedKey { listed, key: secret.as_str().into() })))
}

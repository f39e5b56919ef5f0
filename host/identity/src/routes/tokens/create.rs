use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use regie_core::{ApiJson, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Identity, Principal, Token, routes::ErrorSchema};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 80)]
    label: String,
    /// In whose name it acts; another's only for an admin. Default: your own.
    user: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct NewToken {
    #[serde(flatten)]
    listed: Token,
    /// Send it as `Authorization: Bearer …`. It is not shown again.
    token: String,
}

/// Make an API token.
#[utoipa::path(
    post,
    path = "/api/tokens",
    tag = "tokens",
    request_body = CreateToken,
    responses(
        (status = 201, description = "Made; the plain token is in this answer only", body = NewToken),
        (status = 400, description = "The label cannot be used", body = ErrorSchema),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 403, description = "Another's token, and not an admin", body = ErrorSchema),
        (status = 404, description = "No such user", body = ErrorSchema),
        (status = 409, description = "The user has too many tokens", body = ErrorSchema),
    )
)]
pub async fn create_token(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    ApiJson(body): ApiJson<CreateToken>,
) -> Result<(StatusCode, Json<NewToken>)> {
    let (listed, secret) = identity.create_token(&principal, &body.label, body.user.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(NewToken { listed, token: secret.as_str().into() })))
}

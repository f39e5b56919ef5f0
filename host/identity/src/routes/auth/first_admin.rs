use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use regie_core::{ApiJson, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::signed_in;
use crate::{Identity, User, routes::ErrorSchema};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdmin {
    /// From the link that the server printed when it started.
    token: String,
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    #[schema(format = Password, min_length = 8, max_length = 1024)]
    password: String,
}

/// Make the first admin of a new server, and sign in.
#[utoipa::path(
    post,
    path = "/api/auth/first-admin",
    tag = "auth",
    request_body = FirstAdmin,
    security(()),
    responses(
        (status = 201, description = "Made, and signed in", body = User),
        (status = 400, description = "Name or password cannot be used", body = ErrorSchema),
        (status = 401, description = "The token is wrong, used or too old, or there is an admin", body = ErrorSchema),
        (status = 409, description = "The name is taken", body = ErrorSchema),
    )
)]
pub async fn first_admin(
    State(identity): State<Arc<Identity>>,
    ApiJson(body): ApiJson<FirstAdmin>,
) -> Result<Response> {
    let (user, token) = identity.redeem_first_admin(&body.token, &body.name, &body.password).await?;
    Ok(signed_in(&identity, StatusCode::CREATED, user, &token))
}

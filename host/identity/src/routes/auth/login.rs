use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use regie_core::{ApiJson, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use super::signed_in;
use crate::{
    Identity, User,
    routes::{ClientIp, ErrorSchema},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    name: String,
    #[schema(format = Password)]
    password: String,
}

/// Sign in with a name and a password.
///
/// Answers the user and the cookie `regie_session`.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    tag = "auth",
    request_body = Login,
    security(()),
    responses(
        (status = 200, description = "Signed in", body = User),
        (status = 401, description = "Name and password do not go together", body = ErrorSchema),
        (status = 403, description = "Disabled account, or another site's page", body = ErrorSchema),
        (status = 429, description = "Too many failed attempts", body = ErrorSchema),
    )
)]
pub async fn login(
    State(identity): State<Arc<Identity>>,
    ClientIp(from): ClientIp,
    ApiJson(login): ApiJson<Login>,
) -> Result<Response> {
    let (user, token) = identity.login(&login.name, &login.password, from).await?;
    Ok(signed_in(&identity, StatusCode::OK, user, &token))
}

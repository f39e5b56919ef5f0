use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    Identity,
    routes::{ErrorSchema, guard::cookie},
};

/// End the session of the cookie.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    tag = "auth",
    responses(
        (status = 204, description = "Signed out, or never signed in"),
        (status = 403, description = "Another site's page", body = ErrorSchema),
    )
)]
pub async fn logout(State(identity): State<Arc<Identity>>, headers: HeaderMap) -> Response {
    let mut response = match identity.logout_with(&headers).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => error.into_response(),
    };
    // Also when the end could not be written: this browser is signed out.
    response.headers_mut().insert(header::SET_COOKIE, cookie(identity.no_cookie()));
    response
}

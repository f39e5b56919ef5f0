use axum::Json;
use regie_core::{Error, Result};

use crate::{Principal, User, routes::ErrorSchema};

/// The user behind the credential of this request.
#[utoipa::path(
    get,
    path = "/api/auth/me",
    tag = "auth",
    responses(
        (status = 200, description = "Who you are", body = User),
        (status = 401, description = "Nobody known", body = ErrorSchema),
    )
)]
pub async fn me(principal: Principal) -> Result<Json<User>> {
    principal.user().map(Json).ok_or_else(Error::unauthenticated)
}

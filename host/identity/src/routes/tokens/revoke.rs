use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use regie_core::Result;

use crate::{
    Identity, Principal,
    routes::{ErrorSchema, Segment},
};

/// Revoke an API token, at once.
#[utoipa::path(
    delete,
    path = "/api/tokens/{id}",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 404, description = "No such token of yours", body = ErrorSchema),
    )
)]
pub async fn revoke_token(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    Segment(id): Segment,
) -> Result<StatusCode> {
    identity.revoke_token(&principal, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

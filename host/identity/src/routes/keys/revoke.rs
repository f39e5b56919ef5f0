use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use regie_core::{Result, Role};

use crate::{
    Identity, Principal,
    routes::{ErrorSchema, Segment},
};

/// Revoke an OBS key (restreamer); pages it opened lose what it opened.
#[utoipa::path(
    delete,
    path = "/api/keys/{kid}",
    tag = "keys",
    params(("kid" = String, Path, description = "The part of the key before the dot")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 403, description = "Not a restreamer", body = ErrorSchema),
        (status = 404, description = "No such key", body = ErrorSchema),
    )
)]
pub async fn revoke_key(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    Segment(kid): Segment,
) -> Result<StatusCode> {
    let actor = principal.require(Role::Restreamer)?;
    identity.revoke_key(&actor, &kid).await?;
    Ok(StatusCode::NO_CONTENT)
}

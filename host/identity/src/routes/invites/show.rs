use std::sync::Arc;

use axum::{Json, extract::State};
use regie_core::{Result, Role};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Identity,
    routes::{ClientIp, ErrorSchema, RoleName, Segment},
};

#[derive(Serialize, ToSchema)]
pub struct InviteTarget {
    /// What accepting it grants.
    #[schema(value_type = RoleName)]
    role: Role,
    /// Where, such as `restream.12`.
    target: String,
    /// What people call that place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    expires: String,
}

/// What an invitation is for.
#[utoipa::path(
    get,
    path = "/api/invites/{token}",
    tag = "invites",
    params(("token" = String, Path, description = "From the link")),
    security(()),
    responses(
        (status = 200, description = "It can be accepted", body = InviteTarget),
        (status = 404, description = "Unknown, expired, used up or revoked; the message says which", body = ErrorSchema),
        (status = 429, description = "Too many guesses", body = ErrorSchema),
    )
)]
pub async fn show_invite(
    State(identity): State<Arc<Identity>>,
    ClientIp(from): ClientIp,
    Segment(token): Segment,
) -> Result<Json<InviteTarget>> {
    let invite = identity.invite(&token, from)?;
    let title = identity.describe(&invite.target).map(|described| described.title);
    Ok(Json(InviteTarget { role: invite.role, target: invite.target, title, expires: invite.expires }))
}

use std::sync::Arc;

use axum::{Json, extract::State};
use regie_core::{Result, Role};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    Identity, Invite,
    routes::{ClientIp, ErrorSchema, RoleName, Segment},
};

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ShownInvite {
    /// To a role on a target.
    Target(InviteTarget),
    /// Of another room, which `kind` names: `{"kind":"race","race":{"id","name"},"name"}`.
    #[schema(value_type = Object)]
    Other(Map<String, Value>),
}

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
        (status = 200, description = "It can be accepted", body = ShownInvite),
        (status = 404, description = "Unknown, expired, used up or revoked; the message says which", body = ErrorSchema),
        (status = 429, description = "Too many guesses", body = ErrorSchema),
    )
)]
pub async fn show_invite(
    State(identity): State<Arc<Identity>>,
    ClientIp(from): ClientIp,
    Segment(token): Segment,
) -> Result<Json<ShownInvite>> {
    if let Some(shown) = identity.other_invites(&token).and_then(|others| others.show(&token)) {
        return Ok(Json(ShownInvite::Other(shown)));
    }
    let invite = identity.invite(&token, from)?;
    let title = identity.describe(&invite.target).map(|described| described.title);
    let Invite { role, target, expires, .. } = invite;
    Ok(Json(ShownInvite::Target(InviteTarget { role, target, title, expires })))
}

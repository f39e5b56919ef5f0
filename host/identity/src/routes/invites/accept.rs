use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use regie_core::{ApiJson, Error, Result, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    Accepted, Identity, Principal,
    routes::{ClientIp, ErrorSchema, RoleName, Segment, guard::cookie},
};

/// Empty for those who are signed in; a name and a password for those who are not and have no account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvite {
    #[schema(min_length = 1, max_length = 40)]
    name: Option<String>,
    #[schema(format = Password, min_length = 8, max_length = 1024)]
    password: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum InviteAnswer {
    Target(AcceptedInvite),
    /// Of another room: `{"ok":true,"kind":"race","race":{"id","name"},"participant","url"}`.
    #[schema(value_type = Object)]
    Other(Map<String, Value>),
}

#[derive(Serialize, ToSchema)]
pub struct AcceptedInvite {
    ok: bool,
    /// What you have there now.
    #[schema(value_type = RoleName)]
    role: Role,
    /// Such as `restream.12`.
    target: String,
    /// Where to go from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
}

/// Accept an invitation, with an account made on the way where you are not signed in.
///
/// A new account is a viewer everywhere else, and signed in: the answer carries the cookie `regie_session`. An invitation to
/// what you have already is not used up.
#[utoipa::path(
    post,
    path = "/api/invites/{token}",
    tag = "invites",
    params(("token" = String, Path, description = "From the link")),
    request_body = AcceptInvite,
    security((), ("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The role is yours", body = InviteAnswer),
        (status = 400, description = "Name or password cannot be used", body = ErrorSchema),
        (status = 401, description = "Not signed in, and no name and password", body = ErrorSchema),
        (status = 403, description = "A token with a scope, or another site's page", body = ErrorSchema),
        (status = 404, description = "Unknown, expired, used up or revoked; the message says which", body = ErrorSchema),
        (status = 409, description = "The name is taken, or the place it leads to takes nobody now", body = ErrorSchema),
        (status = 429, description = "Too many guesses", body = ErrorSchema),
    )
)]
pub async fn accept_invite(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    ClientIp(from): ClientIp,
    Segment(token): Segment,
    ApiJson(AcceptInvite { name, password }): ApiJson<AcceptInvite>,
) -> Result<Response> {
    let anonymous = principal.actor().is_anonymous();
    let other = identity.other_invites(&token);
    let (answer, session) = match (name, password) {
        (None, None) => match other {
            Some(other) => (InviteAnswer::Other(other.accept(&token, &principal.person()?).await?), None),
            None => (target(&identity, identity.accept_invite(&token, &principal, from).await?), None),
        },
        _ if !anonymous => {
            return Err(Error::bad_request("you have an account and are signed in")
                .path("name")
                .hint("accept with {}, or sign out first"));
        }
        (None, _) => return Err(missing("name")),
        (_, None) => return Err(missing("password")),
        (Some(name), Some(password)) => match other {
            Some(other) => {
                let (accepted, session) =
                    identity.accept_other_as_new(&*other, &token, &name, &password).await?;
                (InviteAnswer::Other(accepted), Some(session))
            }
            None => {
                let (accepted, _, session) =
                    identity.accept_invite_as_new(&token, &name, &password, from).await?;
                (target(&identity, accepted), Some(session))
            }
        },
    };
    let mut response = Json(answer).into_response();
    if let Some(session) = session {
        response.headers_mut().insert(header::SET_COOKIE, cookie(identity.cookie(&session)));
    }
    Ok(response)
}

fn target(identity: &Identity, accepted: Accepted) -> InviteAnswer {
    let Accepted { target, role } = accepted;
    let url = identity.describe(&target).map(|described| described.url);
    InviteAnswer::Target(AcceptedInvite { ok: true, role, target, url })
}

fn missing(field: &'static str) -> Error {
    Error::bad_request(format!("the new account has no {field}"))
        .path(field)
        .hint("send name and password, or sign in and send {}")
}

//! Who works on a restream: roles, invitations, and tokens of programs that count for it.

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use regie_core::{Actor, ApiJson, Error, Result, Role, parse_rfc3339};
use regie_identity::{Grant, Invite, Principal, Token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, shapes};
use crate::model::Restream;

#[derive(Debug, Serialize, ToSchema)]
pub struct RoleList {
    items: Vec<Grant>,
    next: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct RoleForm {
    items: Vec<RoleItem>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct RoleItem {
    /// Id or name.
    user: String,
    #[schema(value_type = shapes::CrewRole)]
    role: Role,
}

/// What the restream grants besides the global roles.
#[utoipa::path(
    get, path = "/api/restreams/{slug}/roles", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = RoleList), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_roles(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<RoleList>> {
    let (restream, _) = restreamer(&context, &principal, &slug)?;
    Ok(Json(RoleList { items: context.identity.grants(&restream.target()), next: None }))
}

/// Replaces all of them.
#[utoipa::path(
    put, path = "/api/restreams/{slug}/roles", tag = "restreams", params(("slug" = String, Path)), request_body = RoleForm,
    responses((status = 200, body = RoleList), (status = 400), (status = 401), (status = 403), (status = 404))
)]
pub async fn set_roles(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<RoleForm>,
) -> Result<Json<RoleList>> {
    let (restream, actor) = restreamer(&context, &principal, &slug)?;
    let wanted = form.items.into_iter().map(|item| (item.user, item.role)).collect();
    let items = context.identity.set_grants(&restream.target(), wanted, &actor).await?;
    Ok(Json(RoleList { items, next: None }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct InviteForm {
    #[schema(value_type = shapes::CrewRole)]
    role: Role,
    /// RFC 3339; a week where it is absent, 90 days at most.
    #[serde(default)]
    expires: Option<String>,
    /// How many people may use it; any number where it is absent.
    #[serde(default)]
    uses: Option<u32>,
}

/// The token is told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewInvite {
    #[serde(flatten)]
    invite: Invite,
    token: String,
    url: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InviteList {
    items: Vec<Invite>,
    next: Option<String>,
}

/// Makes a link that gives whoever opens it a role here.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/invites", tag = "restreams", params(("slug" = String, Path)), request_body = InviteForm,
    responses((status = 201, body = NewInvite), (status = 400), (status = 401), (status = 403), (status = 404))
)]
pub async fn create_invite(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<InviteForm>,
) -> Result<(StatusCode, Json<NewInvite>)> {
    let (restream, actor) = restreamer(&context, &principal, &slug)?;
    let expires = match &form.expires {
        Some(text) => Some(parse_rfc3339(text).ok_or_else(|| {
            Error::bad_request(format!("`{text}` is no time"))
                .path("expires")
                .hint("RFC 3339, as in 2026-02-04T13:38:00Z")
        })?),
        None => None,
    };
    let (invite, token) =
        context.identity.create_invite(&restream.target(), form.role, expires, form.uses, &actor).await?;
    let token = token.as_str().to_owned();
    let url = format!("{}/app/invite?token={token}", context.public_url);
    Ok((StatusCode::CREATED, Json(NewInvite { invite, token, url })))
}

/// Those that are good.
#[utoipa::path(
    get, path = "/api/restreams/{slug}/invites", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = InviteList), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_invites(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<InviteList>> {
    let (restream, _) = restreamer(&context, &principal, &slug)?;
    Ok(Json(InviteList { items: context.identity.invites(&restream.target()), next: None }))
}

/// The link is good for nobody from now on.
#[utoipa::path(
    delete, path = "/api/restreams/{slug}/invites/{id}", tag = "restreams", params(("slug" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
pub async fn revoke_invite(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((slug, id)): Path<(String, String)>,
) -> Result<StatusCode> {
    let (restream, actor) = restreamer(&context, &principal, &slug)?;
    context.identity.revoke_invite(&restream.target(), &id, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct AutoTokenForm {
    /// What uses it: `lua on Alice's machine`.
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NewAutoToken {
    #[serde(flatten)]
    made: Token,
    /// Told this once.
    token: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AutoTokenList {
    items: Vec<Token>,
    next: Option<String>,
}

/// An API token that is good for nothing but counting on this restream's trackers.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/auto-tokens", tag = "restreams", params(("slug" = String, Path)), request_body = AutoTokenForm,
    responses((status = 201, body = NewAutoToken), (status = 400), (status = 401), (status = 403), (status = 404))
)]
pub async fn create_auto_token(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<AutoTokenForm>,
) -> Result<(StatusCode, Json<NewAutoToken>)> {
    let (restream, actor) = restreamer(&context, &principal, &slug)?;
    let (made, token) =
        context.identity.create_scoped_token(&form.name, &restream.auto_scope(), &actor).await?;
    let token = token.as_str().to_owned();
    Ok((StatusCode::CREATED, Json(NewAutoToken { made, token })))
}

/// They are revoked like other API tokens.
#[utoipa::path(
    get, path = "/api/restreams/{slug}/auto-tokens", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = AutoTokenList), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_auto_tokens(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<AutoTokenList>> {
    let (restream, _) = restreamer(&context, &principal, &slug)?;
    Ok(Json(AutoTokenList { items: context.identity.scoped_tokens(&restream.auto_scope()), next: None }))
}

pub(super) fn restreamer(
    context: &Context,
    principal: &Principal,
    slug: &str,
) -> Result<(std::sync::Arc<Restream>, Actor)> {
    let (entry, actor) = context.find(slug, principal)?;
    actor.require(Role::Restreamer)?;
    Ok((entry.restream, actor))
}

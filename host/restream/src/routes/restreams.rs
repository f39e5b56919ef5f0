//! `/api/restreams`

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use regie_core::{ApiJson, ApiQuery, PageQuery, Result};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, on, view::RestreamView};
use crate::model::{NewRestream, RestreamPatch};

#[derive(Debug, Serialize, ToSchema)]
pub struct RestreamList {
    items: Vec<RestreamView>,
    /// Cursor of the next page.
    next: Option<u64>,
}

/// Newest first. Those that are not enabled are listed for crews only.
#[utoipa::path(get, path = "/api/restreams", tag = "restreams", params(PageQuery<u64>), responses((status = 200, body = RestreamList)))]
pub async fn list_restreams(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    ApiQuery(query): ApiQuery<PageQuery<u64>>,
) -> Result<Json<RestreamList>> {
    let limit = query.limit()?;
    let all = context.restreams.list(|restream| on(&principal, restream));
    let mut from = all.iter().filter(|e| query.after.is_none_or(|after| e.restream.id < after));
    let items: Vec<_> =
        from.by_ref().take(limit).map(|e| RestreamView::new(&context, &e.restream, &principal)).collect();
    let next = from.next().and(items.last()).map(|last| last.id);
    Ok(Json(RestreamList { items, next }))
}

/// Makes a restream; its tracker session follows with the first visit of any of its pages.
#[utoipa::path(
    post, path = "/api/restreams", tag = "restreams", request_body = NewRestream,
    responses((status = 201, body = RestreamView), (status = 400), (status = 401), (status = 403), (status = 409, description = "The slug is taken"))
)]
pub async fn create_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    ApiJson(form): ApiJson<NewRestream>,
) -> Result<(StatusCode, Json<RestreamView>)> {
    let actor = principal.actor();
    let made = context.restreams.create(form, &actor).await?;
    Ok((StatusCode::CREATED, Json(RestreamView::new(&context, &made, &principal))))
}

#[utoipa::path(
    get, path = "/api/restreams/{slug}", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = RestreamView), (status = 404))
)]
pub async fn show_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<RestreamView>> {
    let (entry, _) = context.find(&slug, &principal)?;
    Ok(Json(RestreamView::new(&context, &entry.restream, &principal)))
}

/// What is absent stays. Another tracker type moves the session to the history.
#[utoipa::path(
    patch, path = "/api/restreams/{slug}", tag = "restreams", params(("slug" = String, Path)), request_body = RestreamPatch,
    responses((status = 200, body = RestreamView), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn edit_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(patch): ApiJson<RestreamPatch>,
) -> Result<Json<RestreamView>> {
    let (_, actor) = context.find(&slug, &principal)?;
    let next = context.restreams.edit(&slug, patch, &actor).await?;
    Ok(Json(RestreamView::new(&context, &next, &principal)))
}

/// The restream goes; its sessions stay in the history.
#[utoipa::path(
    delete, path = "/api/restreams/{slug}", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
pub async fn delete_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<StatusCode> {
    let (_, actor) = context.find(&slug, &principal)?;
    let gone = context.restreams.delete(&slug, &actor).await?;
    context.identity.drop_target(&gone.target(), &actor).await?;
    context.identity.revoke_scope(&gone.auto_scope(), &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_enabled(
    context: Context,
    principal: &Principal,
    slug: &str,
    enabled: bool,
) -> Result<Json<RestreamView>> {
    let patch = RestreamPatch { enabled: Some(enabled), ..RestreamPatch::default() };
    let (_, actor) = context.find(slug, principal)?;
    let next = context.restreams.edit(slug, patch, &actor).await?;
    Ok(Json(RestreamView::new(&context, &next, principal)))
}

/// From now on everyone sees it.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/enable", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = RestreamView), (status = 401), (status = 403), (status = 404))
)]
pub async fn enable_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<RestreamView>> {
    set_enabled(context, &principal, &slug, true).await
}

/// From now on only crews, and overlays with a key, see it.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/disable", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = RestreamView), (status = 401), (status = 403), (status = 404))
)]
pub async fn disable_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<RestreamView>> {
    set_enabled(context, &principal, &slug, false).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct CloneForm {
    slug: String,
    title: Option<String>,
}

/// The same people and tracker under another slug; what was collected stays behind.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/clone", tag = "restreams", params(("slug" = String, Path)), request_body = CloneForm,
    responses((status = 201, body = RestreamView), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn clone_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<CloneForm>,
) -> Result<(StatusCode, Json<RestreamView>)> {
    let actor = principal.actor();
    let made = context.restreams.clone_as(&slug, &form.slug, form.title, &actor).await?;
    Ok((StatusCode::CREATED, Json(RestreamView::new(&context, &made, &principal))))
}

//! `/api/restreams`

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
};
use regie_core::{ApiJson, ApiQuery, Error, Result};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Context, view::RestreamView};
use crate::model::{NewRestream, RestreamPatch};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 200 at most.
    #[serde(default = "default_limit")]
    #[param(default = 50, maximum = 200)]
    limit: usize,
    /// The `next` of the page before.
    after: Option<u64>,
}

fn default_limit() -> usize {
    50
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RestreamList {
    items: Vec<RestreamView>,
    /// Cursor of the next page.
    next: Option<u64>,
}

/// Newest first. Those that are not enabled are listed for crews only.
#[utoipa::path(get, path = "/api/restreams", tag = "restreams", params(ListQuery), responses((status = 200, body = RestreamList)))]
pub async fn list_restreams(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<RestreamList>> {
    if !(1..=200).contains(&query.limit) {
        return Err(Error::bad_request("limit is out of bounds").path("limit").hint("1 to 200"));
    }
    let actor = principal.actor();
    let all = context.restreams.list(&actor);
    let mut from = all.iter().filter(|e| query.after.is_none_or(|after| e.restream.id < after));
    let items: Vec<_> =
        from.by_ref().take(query.limit).map(|e| RestreamView::new(&context, &e.restream)).collect();
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
    Ok((StatusCode::CREATED, Json(RestreamView::new(&context, &made))))
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
    let entry = context.restreams.get(&slug, &principal.actor())?;
    Ok(Json(RestreamView::new(&context, &entry.restream)))
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
    let actor = principal.actor();
    let next = context.restreams.edit(&slug, patch, &actor).await?;
    Ok(Json(RestreamView::new(&context, &next)))
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
    context.restreams.delete(&slug, &principal.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_enabled(
    context: Context,
    principal: &Principal,
    slug: &str,
    enabled: bool,
) -> Result<Json<RestreamView>> {
    let patch = RestreamPatch { enabled: Some(enabled), ..RestreamPatch::default() };
    let next = context.restreams.edit(slug, patch, &principal.actor()).await?;
    Ok(Json(RestreamView::new(&context, &next)))
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
    Ok((StatusCode::CREATED, Json(RestreamView::new(&context, &made))))
}

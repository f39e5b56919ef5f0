//! Setting sessions back: a tracker to its default or to a preset, a hint sheet to its template.

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use regie_core::{ApiJson, Result, Role};
use regie_identity::Principal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Context, act::Updated};
use crate::{model::INDICES_PANEL, sessions::From};

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ResetForm {
    /// `main` where it is absent.
    #[serde(default)]
    panel: Option<String>,
    /// The plugin's default where it is absent.
    #[serde(default)]
    preset_slug: Option<String>,
}

/// Sets a tracker back; what it was stays in the history.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/tracker/reset", tag = "restreams", params(("slug" = String, Path)), request_body = ResetForm,
    responses((status = 200, body = Updated), (status = 400), (status = 401), (status = 403), (status = 404), (status = 503))
)]
pub async fn reset_tracker(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<ResetForm>,
) -> Result<Json<Updated>> {
    reset(&context, &principal, &slug, form.panel.as_deref(), form.preset_slug.as_deref()).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ApplyForm {
    preset_slug: String,
    /// `main` where it is absent.
    #[serde(default)]
    panel: Option<String>,
}

/// Starts a tracker anew from a preset; slots and labels stay.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/presets/apply", tag = "restreams", params(("slug" = String, Path)), request_body = ApplyForm,
    responses((status = 200, body = Updated), (status = 400), (status = 401), (status = 403), (status = 404), (status = 503))
)]
pub async fn apply_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<ApplyForm>,
) -> Result<Json<Updated>> {
    reset(&context, &principal, &slug, form.panel.as_deref(), Some(&form.preset_slug)).await
}

/// Sets all categories back to the template.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/indices/reset-all", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = Updated), (status = 401), (status = 403), (status = 404), (status = 503))
)]
pub async fn reset_indices(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<Updated>> {
    let (entry, actor) = context.find(&slug, &principal)?;
    actor.require(Role::Restreamer)?;
    let on = context.restreams.on(&entry.restream, Some(INDICES_PANEL))?;
    Ok(Updated::at(on.sessions.reset(&on.key, &actor, From::Start).await?))
}

async fn reset(
    context: &Context,
    principal: &Principal,
    slug: &str,
    panel: Option<&str>,
    preset: Option<&str>,
) -> Result<Json<Updated>> {
    let (entry, actor) = context.find(slug, principal)?;
    actor.require(Role::Restreamer)?;
    let on = context.restreams.on(&entry.restream, panel)?;
    on.require_editable()?;
    let from = match preset {
        Some(preset) => context.restreams.preset(&on, preset).await?,
        None if panel == Some(INDICES_PANEL) => From::Start,
        None => From::Default,
    };
    Ok(Updated::at(on.sessions.reset(&on.key, &actor, from).await?))
}

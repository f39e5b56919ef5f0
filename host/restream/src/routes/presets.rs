//! `/api/trackers/{type}/presets`

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use regie_core::{ApiJson, ApiQuery, Error, PageQuery, Result, Role};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    Context,
    act::{Updated, action_key},
    history::{HistoryItem, items},
    on,
    undo::{UndoAnswer, UndoForm, undo},
};
use crate::{
    presets::{NewPreset, PresetPatch, PresetView, preset_key},
    service::On,
    sessions::Undo,
};

#[derive(Debug, Serialize, ToSchema)]
pub struct PresetList {
    items: Vec<PresetView>,
    /// Always absent: a tracker has few presets.
    next: Option<String>,
}

/// By label.
#[utoipa::path(
    get, path = "/api/trackers/{type}/presets", tag = "presets", params(("type" = String, Path)),
    responses((status = 200, body = PresetList), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_presets(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(tracker): Path<String>,
) -> Result<Json<PresetList>> {
    principal.require(Role::Restreamer)?;
    let items = context.restreams.presets.list(&tracker).await?;
    if items.is_empty() {
        context.restreams.presets.tracker(&tracker)?;
    }
    Ok(Json(PresetList { items, next: None }))
}

/// From the plugin's default, a state, or a running session.
#[utoipa::path(
    post, path = "/api/trackers/{type}/presets", tag = "presets", params(("type" = String, Path)), request_body = NewPreset,
    responses((status = 201, body = PresetView), (status = 400), (status = 401), (status = 403), (status = 404))
)]
pub async fn create_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(tracker): Path<String>,
    ApiJson(form): ApiJson<NewPreset>,
) -> Result<(StatusCode, Json<PresetView>)> {
    let actor = principal.require(Role::Admin)?;
    let from = match &form.from {
        Some(name) => {
            let session = context.restreams.session_named(name, |restream| on(&principal, restream)).await?;
            if session.plugin != tracker {
                return Err(
                    Error::bad_request(format!("`{name}` is a tracker of `{}`", session.plugin)).path("from")
                );
            }
            Some(session)
        }
        None => None,
    };
    let made = context.restreams.presets.create(&tracker, form, from, &actor).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Takes a file that was exported, or written by hand.
#[utoipa::path(
    post, path = "/api/trackers/{type}/presets/import", tag = "presets", params(("type" = String, Path)), request_body = serde_json::Value,
    responses((status = 201, body = PresetView), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn import_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(tracker): Path<String>,
    ApiJson(file): ApiJson<Box<RawValue>>,
) -> Result<(StatusCode, Json<PresetView>)> {
    let actor = principal.require(Role::Admin)?;
    let made = context.restreams.presets.import(&tracker, &file, &actor).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// With participants and state.
#[utoipa::path(
    get, path = "/api/trackers/{type}/presets/{slug}", tag = "presets", params(("type" = String, Path), ("slug" = String, Path)),
    responses((status = 200, body = PresetView), (status = 401), (status = 403), (status = 404))
)]
pub async fn show_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
) -> Result<Json<PresetView>> {
    principal.require(Role::Restreamer)?;
    Ok(Json(context.restreams.presets.show(&tracker, &slug).await?))
}

/// Label and notes. Its state is edited in the plugin's own editor.
#[utoipa::path(
    patch, path = "/api/trackers/{type}/presets/{slug}", tag = "presets", params(("type" = String, Path), ("slug" = String, Path)),
    request_body = PresetPatch,
    responses((status = 200, body = PresetView), (status = 400), (status = 401), (status = 403), (status = 404))
)]
pub async fn edit_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
    ApiJson(patch): ApiJson<PresetPatch>,
) -> Result<Json<PresetView>> {
    let actor = principal.require(Role::Admin)?;
    Ok(Json(context.restreams.presets.edit(&tracker, &slug, patch, &actor).await?))
}

/// Its versions stay in the history: `…/restore` brings it back.
#[utoipa::path(
    delete, path = "/api/trackers/{type}/presets/{slug}", tag = "presets", params(("type" = String, Path), ("slug" = String, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
pub async fn delete_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
) -> Result<StatusCode> {
    let actor = principal.require(Role::Admin)?;
    context.restreams.presets.delete(&tracker, &slug, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VersionList {
    items: Vec<HistoryItem>,
    next: Option<u64>,
}

/// Newest first.
#[utoipa::path(
    get, path = "/api/trackers/{type}/presets/{slug}/versions", tag = "presets",
    params(("type" = String, Path), ("slug" = String, Path), PageQuery<u64>),
    responses((status = 200, body = VersionList), (status = 401), (status = 403), (status = 404))
)]
pub async fn list_versions(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
    ApiQuery(query): ApiQuery<PageQuery<u64>>,
) -> Result<Json<VersionList>> {
    let actor = principal.require(Role::Restreamer)?;
    let limit = query.limit()?;
    let on = on_preset(&context, &tracker, &slug);
    let entries = on.sessions.history(&on.key, query.after, limit).await?;
    if entries.is_empty() && query.after.is_none() {
        return Err(Error::not_found(format!("there is no preset `{slug}`")));
    }
    let next = (entries.len() == limit).then(|| entries.last().map(|e| e.version)).flatten();
    let log = on.sessions.log(&on.key, None).await?;
    Ok(Json(VersionList { items: items(&entries, &log, actor.role >= Role::Admin), next }))
}

/// The document as it was.
#[utoipa::path(
    get, path = "/api/trackers/{type}/presets/{slug}/versions/{version}", tag = "presets",
    params(("type" = String, Path), ("slug" = String, Path), ("version" = u64, Path)),
    responses((status = 200, body = serde_json::Value), (status = 401), (status = 403), (status = 404))
)]
pub async fn show_version(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug, version)): Path<(String, String, u64)>,
) -> Result<Response> {
    principal.require(Role::Restreamer)?;
    let on = on_preset(&context, &tracker, &slug);
    let mut session = on.sessions.at_version(&on.key, version).await?;
    session.version = version;
    let updated_at = session.field::<String>("updated_at").unwrap_or_default();
    Ok(json_bytes(session.body(&updated_at)))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct RestorePreset {
    version: u64,
}

/// Brings a version back, also of a preset that was deleted.
#[utoipa::path(
    post, path = "/api/trackers/{type}/presets/{slug}/restore", tag = "presets", params(("type" = String, Path), ("slug" = String, Path)),
    request_body = RestorePreset,
    responses((status = 200, body = Updated), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn restore_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
    ApiJson(form): ApiJson<RestorePreset>,
) -> Result<Json<Updated>> {
    let actor = principal.require(Role::Admin)?;
    let on = on_preset(&context, &tracker, &slug);
    Ok(Updated::at(on.sessions.restore(&on.key, &actor, form.version).await?))
}

/// Takes back a change of the state.
#[utoipa::path(
    post, path = "/api/trackers/{type}/presets/{slug}/undo", tag = "presets", params(("type" = String, Path), ("slug" = String, Path)),
    request_body = UndoForm,
    responses((status = 200, body = UndoAnswer), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn undo_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<UndoForm>,
) -> Result<Response> {
    toggle(&context, &principal, &tracker, &slug, &headers, &form, false).await
}

/// Brings it back.
#[utoipa::path(
    post, path = "/api/trackers/{type}/presets/{slug}/redo", tag = "presets", params(("type" = String, Path), ("slug" = String, Path)),
    request_body = UndoForm,
    responses((status = 200, body = UndoAnswer), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn redo_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<UndoForm>,
) -> Result<Response> {
    toggle(&context, &principal, &tracker, &slug, &headers, &form, true).await
}

async fn toggle(
    context: &Context,
    principal: &Principal,
    tracker: &str,
    slug: &str,
    headers: &HeaderMap,
    form: &UndoForm,
    redo: bool,
) -> Result<Response> {
    let actor = principal.require(Role::Admin)?;
    let wanted = Undo { version: form.version, redo, key: action_key(headers)? };
    undo(&on_preset(context, tracker, slug), actor, wanted).await
}

/// The file, as it lies in the instance.
#[utoipa::path(
    get, path = "/api/trackers/{type}/presets/{slug}/export", tag = "presets", params(("type" = String, Path), ("slug" = String, Path)),
    responses((status = 200, body = serde_json::Value), (status = 401), (status = 403), (status = 404))
)]
pub async fn export_preset(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path((tracker, slug)): Path<(String, String)>,
) -> Result<Response> {
    principal.require(Role::Restreamer)?;
    let document = context.restreams.presets.document(&tracker, &slug).await?;
    let mut response = json_bytes(document.body);
    let name = format!("attachment; filename=\"{tracker}-{slug}.json\"");
    // Ids and slugs are plain ASCII; what is not would have been no preset.
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn on_preset(context: &Context, tracker: &str, slug: &str) -> On {
    let sessions = context.restreams.presets.sessions.clone();
    On { sessions, key: preset_key(tracker, slug), editable: true }
}

fn json_bytes(bytes: bytes::Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}

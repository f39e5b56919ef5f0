//! `POST /api/restreams/{slug}/undo`, `…/redo`, `…/restore`: take back, bring back.

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use regie_core::{Actor, ApiJson, Result, Role};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Context,
    act::{Updated, action_key, answer},
};
use crate::{
    service::On,
    sessions::{Undo, Undone},
};

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct UndoForm {
    /// `main` where it is absent; `indices`: the hint sheet.
    #[serde(default)]
    panel: Option<String>,
    /// Which action; one's own newest where it is absent. Anybody's: restreamers.
    #[serde(default)]
    pub version: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UndoAnswer {
    ok: bool,
    #[serde(flatten)]
    undone: Undone,
}

/// Takes an action back; later ones stand.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/undo", tag = "restreams",
    params(("slug" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's")),
    request_body = UndoForm,
    responses(
        (status = 200, body = UndoAnswer), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "`nothing_to_undo`, or `undo_conflict`: what came later needs it")
    )
)]
pub async fn undo_action(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<UndoForm>,
) -> Result<Response> {
    toggle(&context, &principal, &slug, &headers, form, false).await
}

/// Brings an action back that was taken back.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/redo", tag = "restreams",
    params(("slug" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's")),
    request_body = UndoForm,
    responses((status = 200, body = UndoAnswer), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn redo_action(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<UndoForm>,
) -> Result<Response> {
    toggle(&context, &principal, &slug, &headers, form, true).await
}

async fn toggle(
    context: &Context,
    principal: &Principal,
    slug: &str,
    headers: &HeaderMap,
    form: UndoForm,
    redo: bool,
) -> Result<Response> {
    let (entry, actor) = context.find(slug, principal)?;
    actor.require(Role::Editor)?;
    let on = context.restreams.on(&entry.restream, form.panel.as_deref())?;
    on.require_editable()?;
    undo(&on, actor, Undo { version: form.version, redo, key: action_key(headers)? }).await
}

/// On any session; the caller has checked the role.
pub async fn undo(on: &On, actor: Actor, undo: Undo) -> Result<Response> {
    Ok(match on.sessions.undo(&on.key, actor, undo).await {
        Ok(undone) => Json(UndoAnswer { ok: true, undone }).into_response(),
        Err(refused) => answer(refused),
    })
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct RestoreForm {
    #[serde(default)]
    panel: Option<String>,
    /// Of the history; that of a removal brings back what was removed.
    version: u64,
}

/// Brings back what stood at a version, also of a session that was removed or replaced.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/restore", tag = "restreams", params(("slug" = String, Path)), request_body = RestoreForm,
    responses((status = 200, body = Updated), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409))
)]
pub async fn restore_session(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<RestoreForm>,
) -> Result<Json<Updated>> {
    let (entry, actor) = context.find(&slug, &principal)?;
    actor.require(Role::Restreamer)?;
    let restored =
        context.restreams.restore(&entry.restream, form.panel.as_deref(), form.version, &actor).await?;
    Ok(Updated::at(restored))
}

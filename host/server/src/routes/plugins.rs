//! `/api/plugins`, and the plugins' own files.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use regie_core::{Error, Result, Role};
use regie_identity::Principal;
use regie_plugins::Status;

use crate::rooms::Rooms;

/// Every package of the drop folder, also those that did not load, with the reason.
#[utoipa::path(get, path = "/api/plugins", tag = "plugins", responses((status = 200, body = Vec<Object>), (status = 401), (status = 403)))]
pub async fn list_plugins(
    State(rooms): State<Arc<Rooms>>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<Vec<Status>>> {
    principal.actor().require(Role::Editor)?;
    Ok(Json(rooms.plugins.statuses().into_iter().map(|status| seen_by(&principal, status)).collect()))
}

#[utoipa::path(get, path = "/api/plugins/{id}", tag = "plugins", params(("id" = String, Path)), responses((status = 200, body = Object), (status = 401), (status = 403), (status = 404)))]
pub async fn show_plugin(
    State(rooms): State<Arc<Rooms>>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Status>> {
    principal.actor().require(Role::Editor)?;
    Ok(Json(seen_by(&principal, rooms.plugins.known(&id)?)))
}

/// What an operator has set may be nobody else's business.
fn seen_by(principal: &Principal, mut status: Status) -> Status {
    if principal.actor().role < Role::Admin {
        status.settings = None;
    }
    status
}

/// Puts a package (a zip) into the drop folder, after the checks every package passes: 201, or 200 where it replaces one.
/// What does not load is refused (`bad_package`) and changes nothing.
#[utoipa::path(post, path = "/api/plugins", tag = "plugins", request_body(content = Vec<u8>, content_type = "application/zip"), responses((status = 200, body = Object), (status = 201, body = Object), (status = 400), (status = 401), (status = 403), (status = 409), (status = 413)))]
pub async fn install_plugin(
    State(rooms): State<Arc<Rooms>>,
    Extension(principal): Extension<Principal>,
    body: Bytes,
) -> Result<(StatusCode, Json<Status>)> {
    principal.actor().require(Role::Admin)?;
    let before: BTreeSet<_> = rooms.plugins.statuses().into_iter().map(|status| status.id).collect();
    let status = rooms.plugins.install(body).await?;
    let code = if before.contains(&status.id) { StatusCode::OK } else { StatusCode::CREATED };
    Ok((code, Json(status)))
}

/// Looks at the drop folder now.
#[utoipa::path(post, path = "/api/plugins/rescan", tag = "plugins", responses((status = 200, body = Vec<Object>), (status = 401), (status = 403)))]
pub async fn rescan_plugins(
    State(rooms): State<Arc<Rooms>>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<Vec<Status>>> {
    principal.actor().require(Role::Admin)?;
    rooms.plugins.rescan().await;
    Ok(Json(rooms.plugins.statuses()))
}

/// `/plugins/<id>/<content hash>/<path>`: never changes. Pages that are just being swapped find the version before, too.
pub async fn asset(
    State(rooms): State<Arc<Rooms>>,
    Path((id, hash, path)): Path<(String, String, String)>,
) -> Result<Response> {
    let missing = || Error::not_found("there is no such file");
    // Also of the version before: pages that are being swapped still show it.
    let plugin = rooms.plugins.version(&id, &hash).ok_or_else(missing)?;
    let asset = plugin.asset(&path).ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        // An SVG that is opened by itself is a document: it may do nothing.
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'"),
        ),
    ];
    Ok((headers, Body::from(asset.bytes)).into_response())
}

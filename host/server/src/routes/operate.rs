//! What an operator does to a plugin: settings, grants, on and off, reload, removal. All of it is an admin's.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use regie_core::{ApiJson, Result, Role};
use regie_identity::Principal;
use regie_plugins::{LogLine, Status};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::rooms::Rooms;

type Answer = Result<Json<Status>>;

#[derive(Debug, Deserialize, ToSchema)]
pub struct SettingsBody {
    /// By key; what is not named stays as it is.
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    values: Map<String, Value>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct GrantsBody {
    /// Whether the plugin's scripts may run on live pages and overlays.
    allow_scripts: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Removed {
    ok: bool,
    /// Where the packages are kept, below the plugin folder.
    kept: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LogLines {
    /// Oldest first; the last 200.
    #[schema(value_type = Vec<Value>)]
    items: Vec<LogLine>,
    next: Option<String>,
}

/// Sets options of the plugin's form, in `config.toml` too; open pages are drawn again.
#[utoipa::path(put, path = "/api/plugins/{id}/settings", tag = "plugins", params(("id" = String, Path)), request_body = SettingsBody, responses((status = 200, body = Object), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn set_plugin_settings(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    Path(id): Path<String>,
    ApiJson(SettingsBody { values }): ApiJson<SettingsBody>,
) -> Answer {
    principal.actor().require(Role::Admin)?;
    rooms.plugins.check_settings(&id, &values)?;
    let changed = move |rooms: &Rooms, id: &str| rooms.operator.set(id, &values);
    operate(rooms, id, changed).await
}

/// Lets the plugin's scripts run, or no longer. Pages that are open keep what they loaded: `POST /api/links/reload`.
#[utoipa::path(put, path = "/api/plugins/{id}/grants", tag = "plugins", params(("id" = String, Path)), request_body = GrantsBody, responses((status = 200, body = Object), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn set_plugin_grants(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    Path(id): Path<String>,
    ApiJson(GrantsBody { allow_scripts }): ApiJson<GrantsBody>,
) -> Answer {
    principal.actor().require(Role::Admin)?;
    tracing::info!(plugin = id, allow_scripts, by = principal.actor().name, "grant");
    let granted = move |rooms: &Rooms, id: &str| {
        let values = Map::from_iter([("allow_scripts".to_owned(), Value::Bool(allow_scripts))]);
        rooms.operator.set(id, &values)
    };
    operate(rooms, id, granted).await
}

/// Puts a plugin that was switched off on the air again.
#[utoipa::path(post, path = "/api/plugins/{id}/enable", tag = "plugins", params(("id" = String, Path)), responses((status = 200, body = Object), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn enable_plugin(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Answer {
    principal.actor().require(Role::Admin)?;
    operate(rooms, id, |rooms, id| rooms.operator.enable(id, true)).await
}

/// Takes a plugin off the air; its sessions keep their documents, and their last block.
#[utoipa::path(post, path = "/api/plugins/{id}/disable", tag = "plugins", params(("id" = String, Path)), responses((status = 200, body = Object), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn disable_plugin(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Answer {
    principal.actor().require(Role::Admin)?;
    operate(rooms, id, |rooms, id| rooms.operator.enable(id, false)).await
}

/// Reads the plugin's package and overrides again, and tries what was refused.
#[utoipa::path(post, path = "/api/plugins/{id}/reload", tag = "plugins", params(("id" = String, Path)), responses((status = 200, body = Object), (status = 401), (status = 403), (status = 404)))]
pub async fn reload_plugin(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Answer {
    principal.actor().require(Role::Admin)?;
    Ok(Json(rooms.plugins.reload(&id).await?))
}

/// Moves the package out of the plugin folder's sight, into its `.removed/`. Settings stay.
#[utoipa::path(delete, path = "/api/plugins/{id}", tag = "plugins", params(("id" = String, Path)), responses((status = 200, body = Removed), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn remove_plugin(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<Removed>> {
    principal.actor().require(Role::Admin)?;
    let kept = rooms.plugins.remove(&id).await?;
    tracing::info!(plugin = id, ?kept, by = principal.actor().name, "plugin removed");
    Ok(Json(Removed { ok: true, kept }))
}

/// The last lines that the plugin, and the host about it, wrote.
#[utoipa::path(get, path = "/api/plugins/{id}/logs", tag = "plugins", params(("id" = String, Path)), responses((status = 200, body = LogLines), (status = 401), (status = 403), (status = 404)))]
pub async fn list_plugin_logs(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<LogLines>> {
    principal.actor().require(Role::Admin)?;
    rooms.plugins.known(&id)?;
    Ok(Json(LogLines { items: rooms.plugins.logs(&id), next: None }))
}

/// Writes `config.toml` where the plugin is known, and puts it into force.
async fn operate(
    rooms: Arc<Rooms>,
    id: String,
    write: impl FnOnce(&Rooms, &str) -> Result<()> + Send + 'static,
) -> Answer {
    rooms.plugins.known(&id)?;
    let (writer, name) = (rooms.clone(), id.clone());
    let written = tokio::task::spawn_blocking(move || write(&writer, &name)).await;
    written.map_err(regie_core::Error::internal)??;
    rooms.plugins.settings_changed().await;
    Ok(Json(rooms.plugins.known(&id)?))
}

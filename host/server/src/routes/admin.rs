//! `GET /api/admin/state`: what an operator looks at when something is odd.

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use regie_core::{Result, Role, rfc3339};
use regie_identity::Principal;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::rooms::Rooms;

#[derive(Debug, Serialize, ToSchema)]
pub struct AdminState {
    version: &'static str,
    uptime_ms: i64,
    #[schema(value_type = Object)]
    store: Value,
    #[schema(value_type = Object)]
    live: Value,
    /// Hand edits of session files that were refused and are kept aside.
    rejected: Vec<Rejected>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Rejected {
    /// Where the edit is kept.
    file: String,
    reason: String,
    /// RFC 3339.
    at: String,
    current_version: Option<u64>,
    base_version: Option<u64>,
}

#[utoipa::path(get, path = "/api/admin/state", tag = "server", responses((status = 200, body = AdminState), (status = 401), (status = 403)))]
pub async fn admin_state(
    State(rooms): State<Arc<Rooms>>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<AdminState>> {
    principal.actor().require(Role::Admin)?;
    let json = |value: serde_json::Result<Value>| value.unwrap_or(Value::Null);
    let rejected = rooms.store.rejected().into_iter().map(|edit| Rejected {
        file: edit.path.display().to_string(),
        reason: edit.reason,
        at: rfc3339(edit.at_ms),
        current_version: edit.current_version,
        base_version: edit.base_version,
    });
    Ok(Json(AdminState {
        version: env!("CARGO_PKG_VERSION"),
        uptime_ms: rooms.clock.now_ms().saturating_sub(rooms.started_ms),
        store: json(serde_json::to_value(rooms.store.health())),
        live: json(serde_json::to_value(rooms.hub.stats())),
        rejected: rejected.collect(),
    }))
}

//! `GET /api/race-modes`

use axum::{Json, extract::State};
use regie_plugins::Kind;
use serde::Serialize;
use utoipa::ToSchema;

use super::Context;

#[derive(Debug, Serialize, ToSchema)]
pub struct ModeList {
    items: Vec<ModeView>,
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ModeView {
    /// Of the plugin.
    id: String,
    name: String,
    description: String,
    /// Whether one can race without a pool.
    generates: bool,
}

/// What can be raced.
#[utoipa::path(get, path = "/api/race-modes", tag = "races", security(()), responses((status = 200, body = ModeList)))]
pub async fn list_race_modes(State(context): State<Context>) -> Json<ModeList> {
    let mut items = Vec::new();
    for plugin in context.races.plugins.all() {
        let manifest = plugin.manifest();
        if manifest.kind != Kind::Race {
            continue;
        }
        items.push(ModeView {
            id: manifest.id.clone(),
            name: manifest.name.clone(),
            description: manifest.description.clone(),
            generates: context.races.starts_alone(&plugin).await,
        });
    }
    Json(ModeList { items, next: None })
}

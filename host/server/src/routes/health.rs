//! Is it alive, is it ready, what does it say of itself.

use std::{fmt::Write, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{openapi, rooms::Rooms};

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "server", responses((status = 200, body = Object)))]
pub async fn alive() -> Json<Value> {
    Json(json!({"alive": true, "version": env!("CARGO_PKG_VERSION")}))
}

/// Each room's state; 503 while storage refuses writes.
#[utoipa::path(get, path = "/readyz", tag = "server", responses((status = 200, body = Object), (status = 503, body = Object)))]
pub async fn ready(State(rooms): State<Arc<Rooms>>) -> Response {
    let store = rooms.store.health();
    let ready = store.last_disk_error.is_none();
    let plugins = rooms.plugins.statuses();
    let body = json!({
        "ready": ready,
        "store": store,
        "plugins": {"loaded": rooms.plugins.all().len(), "known": plugins.len()},
        "live": rooms.hub.stats(),
        // Says what is wrong with its broker, and keeps nobody from anything else.
        "lobby": rooms.lobby.status(),
    });
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi::document())
}

/// Numbers for Prometheus: every number the rooms report, named after its place.
pub async fn metrics(State(rooms): State<Arc<Rooms>>) -> Response {
    let mut text = String::new();
    let lobby = rooms.lobby.status();
    let rooms_state = json!({"live": rooms.hub.stats(), "store": rooms.store.health(), "lobby": lobby.stats});
    numbers("regie", &rooms_state, &mut text);
    let uptime = rooms.clock.now_ms().saturating_sub(rooms.started_ms);
    let _ = writeln!(text, "regie_uptime_ms {uptime}");
    let _ = writeln!(text, "regie_lobby_arbitrates {}", u8::from(lobby.arbiter.active));
    for status in rooms.plugins.statuses() {
        let _ = writeln!(text, "regie_plugin_generation{{plugin=\"{}\"}} {}", status.id, status.generation);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

fn numbers(name: &str, value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => {
            let _ = writeln!(text, "{name} {number}");
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                numbers(&format!("{name}_{key}"), value, text);
            }
        }
        _ => {}
    }
}

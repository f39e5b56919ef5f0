//! HTTP in, service call, HTTP out.

mod act;
mod choices;
mod history;
mod page;
mod restreams;
mod stream;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use utoipa::OpenApi;

use crate::{pages::Statics, service::Restreams};

/// What handlers reach.
#[derive(Clone)]
pub struct Context {
    pub restreams: Arc<Restreams>,
    pub statics: Arc<Statics>,
    /// Made into links that leave the server; empty: the links stay relative.
    pub public_url: Arc<str>,
}

/// `/api/restreams`, `/api/trackers`, …
pub fn api(context: Context) -> Router {
    Router::new()
        .route("/api/trackers", get(choices::list_trackers))
        .route("/api/indices/templates", get(choices::list_indices_templates))
        .route("/api/restreams", get(restreams::list_restreams).post(restreams::create_restream))
        .route(
            "/api/restreams/{slug}",
            get(restreams::show_restream).patch(restreams::edit_restream).delete(restreams::delete_restream),
        )
        .route("/api/restreams/{slug}/enable", post(restreams::enable_restream))
        .route("/api/restreams/{slug}/disable", post(restreams::disable_restream))
        .route("/api/restreams/{slug}/clone", post(restreams::clone_restream))
        .route("/api/restreams/{slug}/history", get(history::list_history))
        .with_state(context)
}

/// The pages and streams of a restream, below its slug.
pub fn pages(context: Context) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/{slug}", get(page::restream))
        .route("/{slug}/live", get(page::live))
        .route("/{slug}/overlay", get(page::overlay))
        .route("/{slug}/tracker/update", post(act::update_tracker))
        .route("/{slug}/tracker/stream", get(stream::stream_tracker))
        .with_state(context)
}

#[derive(OpenApi)]
#[openapi(
    paths(
        choices::list_trackers,
        choices::list_indices_templates,
        restreams::list_restreams,
        restreams::create_restream,
        restreams::show_restream,
        restreams::edit_restream,
        restreams::delete_restream,
        restreams::enable_restream,
        restreams::disable_restream,
        restreams::clone_restream,
        history::list_history,
        act::update_tracker,
        stream::stream_tracker,
    ),
    tags((name = "restreams", description = "Shows, their trackers and who plays in them"))
)]
pub struct ApiDoc;

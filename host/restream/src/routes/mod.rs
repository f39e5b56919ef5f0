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
        .route("/api/trackers", get(choices::trackers))
        .route("/api/indices/templates", get(choices::indices))
        .route("/api/restreams", get(restreams::list).post(restreams::create))
        .route("/api/restreams/{slug}", get(restreams::show).patch(restreams::edit).delete(restreams::delete))
        .route("/api/restreams/{slug}/enable", post(restreams::enable))
        .route("/api/restreams/{slug}/disable", post(restreams::disable))
        .route("/api/restreams/{slug}/clone", post(restreams::clone))
        .route("/api/restreams/{slug}/history", get(history::list))
        .with_state(context)
}

/// The pages and streams of a restream, below its slug.
pub fn pages(context: Context) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/{slug}", get(page::restream))
        .route("/{slug}/live", get(page::live))
        .route("/{slug}/overlay", get(page::overlay))
        .route("/{slug}/tracker/update", post(act::update))
        .route("/{slug}/tracker/stream", get(stream::tracker))
        .with_state(context)
}

#[derive(OpenApi)]
#[openapi(
    paths(
        choices::trackers,
        choices::indices,
        restreams::list,
        restreams::create,
        restreams::show,
        restreams::edit,
        restreams::delete,
        restreams::enable,
        restreams::disable,
        restreams::clone,
        history::list,
        act::update,
        stream::tracker,
    ),
    tags((name = "restreams", description = "Shows, their trackers and who plays in them"))
)]
pub struct ApiDoc;

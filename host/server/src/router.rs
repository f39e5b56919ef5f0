//! Every route of the server, behind the checks that all requests pass.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use futures::StreamExt;
use regie_core::{Error, Settings};

use crate::{rooms::Rooms, routes, settings, statics};

/// A package is 64 MiB at most, unpacked; packed it is not larger.
const PACKAGE: usize = 64 << 20;

pub fn build(rooms: &Arc<Rooms>, settings: &Settings) -> Router {
    let statics = Arc::new(statics::names());
    let context = regie_restream::routes::Context {
        restreams: rooms.restreams.clone(),
        identity: rooms.identity.clone(),
        statics: statics.clone(),
        public_url: settings.text(&settings::PUBLIC_URL).trim_end_matches('/').into(),
    };
    let own = Router::new()
        .route("/live", get(routes::live::open))
        .route(
            "/api/plugins",
            get(routes::plugins::list_plugins)
                .post(routes::plugins::install_plugin)
                .layer(DefaultBodyLimit::max(PACKAGE)),
        )
        .route("/api/plugins/rescan", post(routes::plugins::rescan_plugins))
        .route("/api/plugins/{id}", get(routes::plugins::show_plugin).delete(routes::operate::remove_plugin))
        .route("/api/plugins/{id}/settings", put(routes::operate::set_plugin_settings))
        .route("/api/plugins/{id}/grants", put(routes::operate::set_plugin_grants))
        .route("/api/plugins/{id}/enable", post(routes::operate::enable_plugin))
        .route("/api/plugins/{id}/disable", post(routes::operate::disable_plugin))
        .route("/api/plugins/{id}/reload", post(routes::operate::reload_plugin))
        .route("/api/plugins/{id}/logs", get(routes::operate::list_plugin_logs))
        .route("/api/links", get(routes::links::list_links))
        .route("/api/links/reload", post(routes::links::reload_links))
        .route("/api/admin/state", get(routes::admin::admin_state))
        .route("/api/openapi.json", get(routes::health::openapi))
        .route("/plugins/{id}/{hash}/{*path}", get(routes::plugins::asset))
        .route("/healthz", get(routes::health::alive))
        .route("/readyz", get(routes::health::ready))
        .route("/metrics", get(routes::health::metrics))
        .with_state(rooms.clone());
    let files = Router::new()
        .route("/static/{*path}", get(statics::runtime))
        .route("/app", get(statics::app))
        .route("/app/", get(statics::app))
        .route("/app/{*path}", get(statics::app));
    let api = own
        .merge(files)
        .merge(regie_identity::routes::router(rooms.identity.clone()))
        .merge(regie_race::routes::sockets::router(regie_race::Sockets::new(rooms.races.clone())))
        .merge(regie_restream::routes::api(context.clone()))
        .merge(regie_restream::routes::pages(context))
        .merge(regie_race::routes::api(regie_race::routes::Context { races: rooms.races.clone() }))
        .merge(regie_lobby::routes::router(regie_lobby::routes::Context { lobby: rooms.lobby.clone() }))
        .merge(regie_race::routes::page::pages(regie_race::routes::page::Context {
            races: rooms.races.clone(),
            hub: rooms.hub.clone(),
            statics,
        }));
    let api = api
        .fallback(|| async { Error::not_found("there is nothing at this address") })
        .method_not_allowed_fallback(|| async {
            Error::new(regie_core::ErrorKind::NotFound, "this address has no such method")
        })
        .layer(DefaultBodyLimit::max(settings.size(&settings::BODY)));
    regie_identity::routes::layer(api, rooms.identity.clone())
        .layer(middleware::from_fn_with_state(settings.size(&settings::BODY), refuse_large))
        .layer(middleware::from_fn(everywhere))
}

/// Headers that every answer carries, and a line in the log without the query and other secrets.
async fn everywhere(request: Request, next: Next) -> Response {
    let (method, path) =
        (request.method().clone(), regie_identity::routes::loggable(request.uri().path()).to_owned());
    let mut response = next.run(request).await.into_response();
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    tracing::debug!(%method, path, status = response.status().as_u16(), "answered");
    response
}

/// A body that is too large is read to its end, within reason: a client that still writes when the connection closes
/// sees a broken pipe instead of the answer.
async fn refuse_large(State(limit): State<usize>, request: Request, next: Next) -> Response {
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let package = request.uri().path() == "/api/plugins";
    let Some(length) = length.filter(|length| *length > if package { PACKAGE } else { limit }) else {
        return next.run(request).await;
    };
    if length <= PACKAGE + limit {
        let mut body = request.into_body().into_data_stream();
        while let Some(Ok(_)) = body.next().await {}
    }
    Error::new(regie_core::ErrorKind::TooLarge, format!("{length} bytes are too many"))
        .hint(format!("{} at most", if package { PACKAGE } else { limit }))
        .into_response()
}

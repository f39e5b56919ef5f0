//! The OpenAPI document, merged from the rooms' own.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(info(title = "Régie", description = "The control room of a game broadcast."), paths(
    crate::routes::plugins::list, crate::routes::plugins::show, crate::routes::plugins::install, crate::routes::plugins::rescan,
    crate::routes::admin::state, crate::routes::health::alive, crate::routes::health::ready,
))]
struct Base;

pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    document.merge(regie_identity::routes::ApiDoc::openapi());
    document.merge(regie_restream::routes::ApiDoc::openapi());
    document
}

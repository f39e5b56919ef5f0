//! The server-rendered pages.

mod block;
mod live;
mod overlay;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use regie_core::{ApiQuery, Error, ErrorKind};
use regie_identity::Principal;
use regie_pages::routes::{PageQuery, html, remember, words};

pub use self::{
    live::{indices, live, preset},
    overlay::{overlay, overlay_indices},
};
use super::Context;
use crate::pages::{self, Words};

pub async fn index(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let actor = principal.actor();
    let words = words(query.lang.as_deref(), &headers);
    let list = context.restreams.list(|restream| super::on(&principal, restream));
    let page = html(StatusCode::OK, &pages::index(words, &context.statics, &actor, &list), "", words);
    remember(query.lang.as_deref(), words, page)
}

pub async fn restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    match context.find(&slug, &principal) {
        Ok((entry, actor)) => {
            let page = pages::restream(words, &context.statics, actor.role, &entry.restream);
            remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, "", words))
        }
        Err(error) => refused(&context, words, error),
    }
}

fn refused(context: &Context, words: Words, error: Error) -> Response {
    if error.kind == ErrorKind::NotFound {
        return html(StatusCode::NOT_FOUND, &pages::not_found(words, &context.statics), "", words);
    }
    error.into_response()
}

//! The server-rendered pages.

mod block;
mod live;
mod overlay;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;
use regie_core::{Actor, ApiQuery, Credential, Error, ErrorKind, Topic};
use regie_identity::Principal;
use serde::Deserialize;

pub use self::{
    live::{indices, live, preset},
    overlay::{overlay, overlay_indices},
};
use super::Context;
use crate::pages::{self, Words};

/// A visitor together with the OBS key of the address.
pub struct Keyed {
    principal: Principal,
    key: Option<String>,
}

impl Keyed {
    pub fn new(principal: Principal, key: Option<String>) -> Arc<Self> {
        Arc::new(Self { principal, key })
    }
}

impl Credential for Keyed {
    fn actor(&self) -> Option<Actor> {
        self.principal.current()
    }

    fn actor_on(&self, target: &str) -> Option<Actor> {
        Credential::actor_on(&self.principal, target)
    }

    fn scope(&self) -> Option<String> {
        self.principal.scope()
    }

    fn opens(&self, key: Option<&str>, topic: &Topic, surface: Option<&str>) -> bool {
        key.or(self.key.as_deref()).is_some_and(|key| self.principal.key_opens(key, topic, surface))
    }
}

#[derive(Debug, Deserialize)]
pub struct PageQuery {
    lang: Option<String>,
    key: Option<String>,
}

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

/// A language that was chosen by the address of a page for people stays chosen.
fn remember(query: Option<&str>, words: Words, mut response: Response) -> Response {
    if query.is_some() {
        let cookie = format!("regie_lang={}; Path=/; Max-Age=31536000; SameSite=Lax", words.locale);
        let cookie = HeaderValue::from_str(&cookie).expect("a language and constants");
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn words(query: Option<&str>, headers: &HeaderMap) -> Words {
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let cookie = text(header::COOKIE)
        .and_then(|all| all.split(';').find_map(|c| c.trim().strip_prefix("regie_lang=")));
    Words::choose(query, cookie, text(header::ACCEPT_LANGUAGE))
}

fn refused(context: &Context, words: Words, error: Error) -> Response {
    if error.kind == ErrorKind::NotFound {
        return html(StatusCode::NOT_FOUND, &pages::not_found(words, &context.statics), "", words);
    }
    error.into_response()
}

/// The page policy: nothing but the server's own, scripts only with this page's nonce.
fn policy(nonce: &str) -> String {
    let script = if nonce.is_empty() { "'none'".into() } else { format!("'nonce-{nonce}'") };
    format!(
        "default-src 'none'; script-src {script}; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; \
         media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )
}

fn html(status: StatusCode, page: &Markup, nonce: &str, words: Words) -> Response {
    let policy = HeaderValue::from_str(&policy(nonce)).expect("a policy is plain text");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(words.locale)),
        (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
    ];
    (status, headers, page.0.clone()).into_response()
}

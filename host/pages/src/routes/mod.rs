//! A page as a response: its policy, its language, who looks at it.

mod keyed;
mod query;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;

pub use self::{
    keyed::Keyed,
    query::{Look, PageQuery, unreadable},
};
use crate::Words;

/// An answer with a page. `nonce`: of its scripts; empty: it has none.
pub fn html(status: StatusCode, page: &Markup, nonce: &str, words: Words) -> Response {
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

/// The page policy: nothing but the server's own, scripts only with this page's nonce.
fn policy(nonce: &str) -> String {
    let script = if nonce.is_empty() { "'none'".into() } else { format!("'nonce-{nonce}'") };
    format!(
        "default-src 'none'; script-src {script}; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; \
         media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )
}

/// A language that was chosen by the address of a page for people stays chosen.
pub fn remember(query: Option<&str>, words: Words, mut response: Response) -> Response {
    if query.is_some() {
        let cookie = format!("regie_lang={}; Path=/; Max-Age=31536000; SameSite=Lax", words.locale);
        let cookie = HeaderValue::from_str(&cookie).expect("a language and constants");
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// In which language a request is answered; `query`: its `?lang=`.
pub fn words(query: Option<&str>, headers: &HeaderMap) -> Words {
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let cookie = text(header::COOKIE)
        .and_then(|all| all.split(';').find_map(|c| c.trim().strip_prefix("regie_lang=")));
    Words::choose(query, cookie, text(header::ACCEPT_LANGUAGE))
}

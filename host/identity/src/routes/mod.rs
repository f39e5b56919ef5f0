//! HTTP in, service call, HTTP out: `/api/auth`, `/api/users`, `/api/tokens`, `/api/keys`,
//! `/api/invites`, and the layer before all routes.

mod auth;
mod guard;
mod invites;
mod keys;
mod list;
mod openapi;
mod person;
mod tokens;
mod users;

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::{HeaderValue, header, request::Parts},
    middleware::map_response,
    response::Response,
    routing::{delete, get, patch, post},
};
use regie_core::Error;

pub use guard::{ClientIp, layer};
pub use list::Page;
pub use openapi::{ApiDoc, ErrorDetailSchema, ErrorSchema, RoleName};
pub use person::{Person, Visitor};

use crate::Identity;

/// The room's routes. They need [`layer`] around them.
pub fn router(identity: Arc<Identity>) -> Router {
    Router::new()
        .route("/api/auth/login", post(auth::login::login))
        .route("/api/auth/logout", post(auth::logout::logout))
        .route("/api/auth/me", get(auth::me::me))
        .route("/api/auth/first-admin", post(auth::first_admin::first_admin))
        .route("/api/auth/providers", get(auth::twitch::list_providers))
        .route("/api/auth/twitch", get(auth::twitch::leave_for_twitch))
        .route("/api/auth/callback", get(auth::twitch::return_from_twitch))
        .route("/api/auth/unlink/twitch", post(auth::twitch::unlink_twitch))
        .route("/api/users", get(users::list::list_users).post(users::create::create_user))
        .route("/api/users/{name}", patch(users::patch::patch_user))
        .route("/api/tokens", get(tokens::list::list_tokens).post(tokens::create::create_token))
        .route("/api/tokens/{id}", delete(tokens::revoke::revoke_token))
        .route("/api/keys", get(keys::list::list_keys).post(keys::create::create_key))
        .route("/api/keys/{kid}", delete(keys::revoke::revoke_key))
        .route("/api/invites/{token}", get(invites::show::show_invite).post(invites::accept::accept_invite))
        .layer(map_response(no_store))
        .with_state(identity)
}

/// A path as it may be logged: without the secret that some carry.
pub fn loggable(path: &str) -> &str {
    const SECRET_AFTER: &[&str] = &["/api/invites/", "/download/"];
    let secret = SECRET_AFTER.iter().filter_map(|before| Some(path.find(before)? + before.len())).min();
    secret.map_or(path, |at| &path[..at])
}

/// Who someone is, and secrets shown once, are nothing for caches.
async fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The one variable segment of a path, percent-decoded. 400 where it is not UTF-8.
pub struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let segment = Path::<String>::from_request_parts(parts, state).await;
        segment.map(|Path(text)| Self(text)).map_err(|rejection| {
            Error::bad_request("this address cannot be read")
                .path("path")
                .hint("UTF-8, percent-encoded")
                .source(rejection)
        })
    }
}

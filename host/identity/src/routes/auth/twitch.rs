use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use regie_core::{ApiQuery, Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Arrival, Identity, Principal, User,
    principal::cookie_of,
    routes::{ErrorSchema, guard::cookie},
};

/// Ties a sign-in under way to the browser that began it.
const BROWSER: &str = "regie_oauth";

#[derive(Debug, Serialize, ToSchema)]
pub struct Providers {
    /// Whether people can sign in with Twitch.
    twitch: bool,
}

/// The ways to sign in, besides name and password.
#[utoipa::path(
    get,
    path = "/api/auth/providers",
    tag = "auth",
    security(()),
    responses((status = 200, description = "Which are set up", body = Providers))
)]
pub async fn list_providers(State(identity): State<Arc<Identity>>) -> Json<Providers> {
    Json(Providers { twitch: identity.has_twitch() })
}

#[derive(Debug, Deserialize, IntoParams)]
pub struct Leave {
    /// A path of this server to go to afterwards.
    next: Option<String>,
    /// `1`: link the account that is signed in, instead of signing in.
    link: Option<String>,
}

/// Go to Twitch to sign in, or to link the account that is signed in.
#[utoipa::path(
    get,
    path = "/api/auth/twitch",
    tag = "auth",
    params(Leave),
    security(()),
    responses(
        (status = 302, description = "To Twitch"),
        (status = 400, description = "`next` leads elsewhere", body = ErrorSchema),
        (status = 503, description = "Not set up", body = ErrorSchema),
    )
)]
pub async fn leave_for_twitch(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    headers: HeaderMap,
    ApiQuery(query): ApiQuery<Leave>,
) -> Response {
    let link = query.link.as_deref().is_some_and(|link| !matches!(link, "" | "0" | "false"));
    let left = identity.leave_for_twitch(&principal, &origin(&headers), query.next.as_deref(), link);
    match left.and_then(|left| Ok((location(&left.authorization_url)?, left.browser))) {
        Ok((to, browser)) => {
            let kept = identity.cookie_for(BROWSER, browser.as_str(), "/api/auth/", 600);
            (StatusCode::FOUND, [(header::LOCATION, to), (header::SET_COOKIE, cookie(kept))]).into_response()
        }
        Err(error) => told(&headers, error),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
pub struct Return {
    #[serde(default)]
    state: String,
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// Where Twitch sends people back to.
///
/// Answers the cookie `regie_session`, and leads to `next`.
#[utoipa::path(
    get,
    path = "/api/auth/callback",
    tag = "auth",
    params(Return),
    security(()),
    responses(
        (status = 303, description = "Signed in, or linked"),
        (status = 400, description = "Not under way in this browser: unknown, used, too old", body = ErrorSchema),
        (status = 403, description = "Refused on Twitch, or the account is disabled", body = ErrorSchema),
        (status = 409, description = "Linked to another account", body = ErrorSchema),
        (status = 503, description = "Twitch does not answer as it should", body = ErrorSchema),
    )
)]
pub async fn return_from_twitch(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    headers: HeaderMap,
    ApiQuery(query): ApiQuery<Return>,
) -> Response {
    let answer = match (query.code, query.error) {
        (Some(code), None) => Ok(code),
        (_, error) => Err(error.unwrap_or_else(|| "no code came back".into())),
    };
    let browser = cookie_of(&headers, BROWSER);
    let came = identity.return_from_twitch(&principal, &query.state, answer, browser.as_deref()).await;
    let mut response = match came.and_then(|came| Ok((location(&came.next)?, came))) {
        Ok((to, Arrival { session, .. })) => {
            let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
            if let Some(session) = session {
                response.headers_mut().append(header::SET_COOKIE, cookie(identity.cookie(&session)));
            }
            response
        }
        Err(error) => told(&headers, error),
    };
    let gone = identity.cookie_for(BROWSER, "", "/api/auth/", 0);
    response.headers_mut().append(header::SET_COOKIE, cookie(gone));
    response
}

/// Unlink the Twitch account.
#[utoipa::path(
    post,
    path = "/api/auth/unlink/twitch",
    tag = "auth",
    responses(
        (status = 200, description = "Unlinked", body = User),
        (status = 401, description = "Nobody known", body = ErrorSchema),
        (status = 409, description = "The account has no password", body = ErrorSchema),
    )
)]
pub async fn unlink_twitch(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
) -> Result<Json<User>> {
    identity.unlink_twitch(&principal).await.map(Json)
}

/// A person reads of it on the page they came from; a program gets the error itself.
fn told(headers: &HeaderMap, error: Error) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return error.into_response();
    }
    tracing::info!(code = %error.code, %error, source = ?error.source, "a sign-in with Twitch failed");
    let to = format!("/app/login?error={}", error.code);
    match location(&to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => error.into_response(),
    }
}

fn location(url: &str) -> Result<HeaderValue> {
    HeaderValue::try_from(url).map_err(Error::internal)
}

/// Under which address the browser reached this server: what it named was checked before.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

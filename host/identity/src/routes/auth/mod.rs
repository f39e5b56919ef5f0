pub mod first_admin;
pub mod login;
pub mod logout;
pub mod me;
pub mod twitch;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::guard::cookie;
use crate::{Identity, SessionToken, User};

/// The user, and the cookie of the session just opened.
fn signed_in(identity: &Identity, status: StatusCode, user: User, token: &SessionToken) -> Response {
    (status, [(header::SET_COOKIE, cookie(identity.cookie(token)))], Json(user)).into_response()
}

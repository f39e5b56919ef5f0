//! A request that is sent again with its `Idempotency-Key` is answered again, and does nothing.

use std::collections::HashMap;

use axum::{
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use regie_core::{Error, ErrorKind, Result, idempotency_key};
use regie_identity::Principal;
use regie_store::Answer;
use serde::{Deserialize, Serialize};

use super::Context;

/// Answers that a race remembers at a time.
const MOST: usize = 1024;
/// Of an answer of ours; they are a race's JSON at most.
const ANSWER: usize = 1 << 20;

/// An answer as it is kept beside the race's document.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    body: String,
    /// Of the request: a key is good for one.
    request: String,
}

/// Around every route of one race that changes something.
pub async fn once(
    State(context): State<Context>,
    Path(path): Path<HashMap<String, String>>,
    request: Request,
    next: Next,
) -> Response {
    match answered_once(&context, path.get("id").map_or("", String::as_str), request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn answered_once(context: &Context, id: &str, request: Request, next: Next) -> Result<Response> {
    let actor = request.extensions().get::<Principal>().map(Principal::actor).unwrap_or_default();
    let key = idempotency_key(request.headers())?;
    let (Some(key), false) = (key, request.method() == Method::GET || actor.is_anonymous()) else {
        return Ok(next.run(request).await);
    };
    let races = &context.races.engine.ground.races;
    let asked = format!("{} {}", request.method(), request.uri().path());
    let _turn = context.races.turns.of(format!("{id} {} {key}", actor.id)).await;
    if let Some(answer) = races.answered(id, &key).await?.filter(|answer| answer.actor == actor.id) {
        return again(&answer, &asked);
    }
    if races.answers_kept(id).await? >= MOST {
        return Err(Error::new(ErrorKind::RateLimited, "this race has had too many requests with a key")
            .path("Idempotency-Key")
            .hint("wait some minutes"));
    }
    let (parts, body) = next.run(request).await.into_parts();
    let bytes = to_bytes(body, ANSWER).await.map_err(Error::internal)?;
    if is_kept(parts.status) {
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let kept = Kept { status: parts.status.as_u16(), body, request: asked };
        let body = serde_json::to_string(&kept).map_err(Error::internal)?;
        let at_ms = context.races.clock.now_ms();
        let answer = Answer { key, actor: actor.id, body, at_ms };
        // A race that was deleted remembers nothing.
        if let Err(error) = races.answer(id, vec![answer]).await {
            tracing::debug!(%error, race = id, "an answer is not remembered");
        }
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// What was done, and what was refused for good: not who may not, nor what may be asked later.
fn is_kept(status: StatusCode) -> bool {
    status.is_success() || matches!(status.as_u16(), 400 | 409 | 422)
}

fn again(answer: &Answer, asked: &str) -> Result<Response> {
    let taken = || {
        Error::conflict("this key was used for another request").path("Idempotency-Key").hint("a new UUID")
    };
    let kept: Kept = serde_json::from_str(&answer.body).map_err(|_| taken())?;
    if kept.request != asked {
        return Err(taken());
    }
    let status = StatusCode::from_u16(kept.status).map_err(Error::internal)?;
    let mut response = (status, kept.body).into_response();
    if status != StatusCode::NO_CONTENT {
        let json = header::HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    Ok(response)
}

//! `/api/lobby/sessions`

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use regie_core::{ApiJson, ApiQuery, Error, PageQuery, Result, idempotency_key};
use regie_identity::routes::{ErrorSchema, Segment};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Context,
    answer::{LobbyConflict, answer, own},
    here::Here,
};
use crate::{
    New, View,
    json::{LobbyBroker, LobbyList, LobbySession},
};

/// Sessions that are not over, the oldest first, and how the broker is.
#[utoipa::path(
    get, path = "/api/lobby/sessions", tag = "lobby", params(PageQuery<String>),
    responses((status = 200, body = LobbyList), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema))
)]
pub async fn list_lobby_sessions(
    State(context): State<Context>,
    Here(who): Here,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<LobbyList>> {
    let (limit, after) = (page.limit()?, page.after.as_deref().map(read_cursor).transpose()?);
    let mut views = context.lobby.sessions();
    views.sort_by(|a, b| place(a).cmp(&place(b)));
    views.retain(|view| after.is_none_or(|after| place(view) > after));
    let next = views.get(limit).map(|_| cursor(&views[limit - 1]));
    views.truncate(limit);
    Ok(Json(LobbyList {
        items: views.iter().map(|view| LobbySession::of(view, &who)).collect(),
        next,
        broker: LobbyBroker::new(context.lobby.status().broker),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLobbySession {
    /// What is played.
    #[schema(min_length = 1, max_length = 100)]
    model_name: String,
    /// Members without whom it does not start.
    #[serde(default)]
    num_players_min: u32,
    /// 0: no limit.
    #[serde(default)]
    num_players_max: u32,
}

/// Make a session; you are its creator and in it.
#[utoipa::path(
    post, path = "/api/lobby/sessions", tag = "lobby", request_body = CreateLobbySession,
    params(("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's: the same request again makes no second session")),
    responses(
        (status = 201, body = LobbySession), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema),
        (status = 409, description = "`in_another_session`; `too_many_sessions`", body = LobbyConflict)
    )
)]
pub async fn create_lobby_session(
    State(context): State<Context>,
    Here(by): Here,
    headers: HeaderMap,
    ApiJson(form): ApiJson<CreateLobbySession>,
) -> Result<Response> {
    let CreateLobbySession { model_name, num_players_min, num_players_max } = form;
    let new = New { model_name, num_players_min, num_players_max };
    let made = context.lobby.create(&by, new, idempotency_key(&headers)?).await;
    Ok(answer(StatusCode::CREATED, made, &by, || own(&context.lobby, &by)))
}

/// One session.
#[utoipa::path(
    get, path = "/api/lobby/sessions/{id}", tag = "lobby", params(("id" = String, Path)),
    responses((status = 200, body = LobbySession), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn show_lobby_session(
    State(context): State<Context>,
    Here(who): Here,
    Segment(id): Segment,
) -> Result<Json<LobbySession>> {
    Ok(Json(LobbySession::of(&context.lobby.session(&id)?, &who)))
}

/// Where a session stands in the list; a page goes on behind it also when it is over meanwhile.
fn place(view: &View) -> (i64, &str) {
    (view.created_at_ms, &view.id)
}

fn cursor(view: &View) -> String {
    format!("{}.{}", view.created_at_ms, view.id)
}

fn read_cursor(text: &str) -> Result<(i64, &str)> {
    let read = text.split_once('.').and_then(|(ms, id)| Some((ms.parse().ok()?, id)));
    read.ok_or_else(|| {
        Error::bad_request("this is no place in the list").path("after").hint("`next` of the page before")
    })
}

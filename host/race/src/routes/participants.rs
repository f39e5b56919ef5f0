//! Who takes part: `/api/races/{id}/participants`

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use regie_core::{ApiJson, Error, Result};
use regie_identity::routes::{ErrorSchema, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, OfParticipant, OfRace};
use crate::{
    json::{InviteView, ParticipantView, RaceView},
    service::{Added, Named},
};

/// One of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameForm {
    /// Of an account here, or else on Twitch.
    name: Option<String>,
    /// On Twitch, or else of an account here.
    twitch_username: Option<String>,
}

impl NameForm {
    pub fn named(self) -> Result<Named> {
        let named = match (self.name, self.twitch_username) {
            (Some(name), None) => Named::Here(name),
            (None, Some(name)) => Named::OnTwitch(name),
            _ => {
                return Err(Error::bad_request("who is meant is not said once")
                    .path("name")
                    .hint(r#"{"name":"…"} or {"twitch_username":"…"}"#));
            }
        };
        named.check()
    }
}

/// The participant, or an invitation where there is no such account yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AddedView {
    Participant(Box<ParticipantView>),
    Invite(InviteView),
}

/// Add somebody (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/participants", tag = "races", params(("id" = String, Path)), request_body = NameForm,
    responses(
        (status = 201, description = "`{participant}`, or `{invite}` for who has no account yet", body = AddedView), (status = 400, body = ErrorSchema),
        (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`already_joined`, `race_full`, `started`", body = ErrorSchema)
    )
)]
pub async fn add_participant(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<NameForm>,
) -> Result<(StatusCode, Json<AddedView>)> {
    let added = match context.races.add(&id, &by, &form.named()?).await? {
        Added::Participant(participant) => {
            let view = ParticipantView::new(&participant, None, false, &context.races.identity);
            AddedView::Participant(Box::new(view))
        }
        Added::Invite(invite) => AddedView::Invite(InviteView::new(&invite, &context.races.base(&headers))),
    };
    Ok((StatusCode::CREATED, Json(added)))
}

/// Take somebody out before the start (organizer, or themselves).
#[utoipa::path(
    delete, path = "/api/races/{id}/participants/{pid}", tag = "races", params(("id" = String, Path), ("pid" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "It has started", body = ErrorSchema))
)]
pub async fn remove_participant(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfParticipant { id, pid }): Path<OfParticipant>,
) -> Result<StatusCode> {
    context.races.remove(&id, &by, &pid).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give up (organizer, or themselves).
#[utoipa::path(
    post, path = "/api/races/{id}/participants/{pid}/abandon", tag = "races", params(("id" = String, Path), ("pid" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "`already_ended`, or not started", body = ErrorSchema))
)]
pub async fn abandon_player(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfParticipant { id, pid }): Path<OfParticipant>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.abandon(&id, &by, &pid).await?;
    context.view(&id, &by, &headers).await
}

/// Take somebody out of the ranks (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/participants/{pid}/disqualify", tag = "races", params(("id" = String, Path), ("pid" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "`already_ended`, or not started", body = ErrorSchema))
)]
pub async fn disqualify_player(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfParticipant { id, pid }): Path<OfParticipant>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.disqualify(&id, &by, &pid).await?;
    context.view(&id, &by, &headers).await
}

/// Take back how somebody ended; a race that was over runs again (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/participants/{pid}/undo", tag = "races", params(("id" = String, Path), ("pid" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "They have not ended", body = ErrorSchema))
)]
pub async fn undo_player(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfParticipant { id, pid }): Path<OfParticipant>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.undo(&id, &by, &pid).await?;
    context.view(&id, &by, &headers).await
}

/// A new token for somebody's game and pack; the old ones are void (organizer, or themselves).
#[utoipa::path(
    post, path = "/api/races/{id}/participants/{pid}/new-token", tag = "races", params(("id" = String, Path), ("pid" = String, Path)),
    responses((status = 200, body = RaceView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn renew_token(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfParticipant { id, pid }): Path<OfParticipant>,
    headers: HeaderMap,
) -> Result<Json<RaceView>> {
    context.races.new_token(&id, &by, &pid).await?;
    context.view(&id, &by, &headers).await
}

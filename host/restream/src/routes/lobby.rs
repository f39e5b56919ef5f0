//! `/api/restreams/{slug}/lobby`: the session of a lobby whose members become participants.

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use regie_core::{ApiJson, Result};
use regie_identity::{Principal, routes::ErrorSchema};
use regie_live::RosterMember;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Context, people::restreamer, view::RestreamView};
use crate::model::{Fate, MAX_PARTICIPANTS};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RestreamTieForm)]
pub struct TieForm {
    session_id: String,
}

/// Each member in one of the lists.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = RestreamTaken)]
pub struct TakenView {
    added: Vec<SlotOfMember>,
    /// Of that name there was somebody already.
    there: Vec<SlotOfMember>,
    refused: Vec<TurnedAway>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SlotOfMember {
    client_id: String,
    name: String,
    slot: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TurnedAway {
    client_id: String,
    name: String,
    /// `restream_full`
    code: &'static str,
    message: String,
}

/// Tie the restream to a session of the lobby, in place of the one before.
#[utoipa::path(
    put, path = "/api/restreams/{slug}/lobby", tag = "restreams", params(("slug" = String, Path)), request_body = TieForm,
    responses(
        (status = 200, body = RestreamView), (status = 400, body = ErrorSchema), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema),
        (status = 404, description = "No such restream, or no such session", body = ErrorSchema)
    )
)]
pub async fn tie_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiJson(form): ApiJson<TieForm>,
) -> Result<Json<RestreamView>> {
    let (_, actor) = restreamer(&context, &principal, &slug)?;
    let next = context.restreams.tie(&slug, &form.session_id, &actor).await?;
    Ok(Json(RestreamView::new(&context, &next, &principal)))
}

/// Tie it to none. Who takes part stays.
#[utoipa::path(
    delete, path = "/api/restreams/{slug}/lobby", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = RestreamView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn untie_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<RestreamView>> {
    let (_, actor) = restreamer(&context, &principal, &slug)?;
    let next = context.restreams.untie(&slug, &actor).await?;
    Ok(Json(RestreamView::new(&context, &next, &principal)))
}

/// Make participants of the session's members, after those who are there. It may be asked again: a name that is there stays.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/lobby/take", tag = "restreams", params(("slug" = String, Path)),
    responses(
        (status = 200, body = TakenView), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema),
        (status = 409, description = "`not_tied`, `session_gone`", body = ErrorSchema)
    )
)]
pub async fn take_members_into_restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<TakenView>> {
    let (_, actor) = restreamer(&context, &principal, &slug)?;
    context.restreams.take_members(&slug, &actor).await.map(TakenView::new).map(Json)
}

impl TakenView {
    fn new(fates: Vec<(RosterMember, Fate)>) -> Self {
        let mut view = Self::default();
        for (member, fate) in fates {
            let RosterMember { client_id, name, .. } = member;
            match fate {
                Fate::Added(slot) => view.added.push(SlotOfMember { client_id, name, slot }),
                Fate::There(slot) => view.there.push(SlotOfMember { client_id, name, slot }),
                Fate::Full => view.refused.push(TurnedAway {
                    client_id,
                    name,
                    code: "restream_full",
                    message: format!("a restream has {MAX_PARTICIPANTS} participants at most"),
                }),
            }
        }
        view
    }
}

//! `POST /api/races/{id}/generate-zips`: packs are built while they are downloaded, so this only lets people have them.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use regie_core::Result;
use regie_identity::routes::{ErrorSchema, Person};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Context, OfRace};

#[derive(Debug, Serialize, ToSchema)]
pub struct PackList {
    packs: Vec<PackLink>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PackLink {
    participant_id: String,
    name: String,
    /// For this player alone: whoever has it plays as them.
    url: String,
}

/// Release the packs, and answer each player's link (organizer).
#[utoipa::path(
    post, path = "/api/races/{id}/generate-zips", tag = "races", params(("id" = String, Path)),
    responses((status = 200, body = PackList), (status = 401, body = ErrorSchema), (status = 403, body = ErrorSchema), (status = 404, body = ErrorSchema), (status = 409, description = "`no_participants`, or the race is over", body = ErrorSchema))
)]
pub async fn release_packs(
    State(context): State<Context>,
    Person(by): Person,
    Path(OfRace { id }): Path<OfRace>,
    headers: HeaderMap,
) -> Result<Json<PackList>> {
    let races = &context.races;
    races.release_packs(&id, &by).await?;
    let (race, base) = (races.race(&id)?, races.base(&headers));
    let link = |p: &crate::model::Participant| PackLink {
        participant_id: p.id.clone(),
        name: p.name.clone(),
        url: races.pack_url(&race, p, &base),
    };
    Ok(Json(PackList { packs: race.participants.iter().map(link).collect() }))
}

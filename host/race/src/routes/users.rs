//! `GET /api/users/{name}`: what somebody has raced.

use axum::{
    Json,
    extract::{Path, State},
};
use regie_core::{ApiQuery, PageQuery, Result};
use regie_identity::routes::{ErrorSchema, Visitor};
use serde::Serialize;
use utoipa::ToSchema;

use super::Context;
use crate::{
    model::{ParticipantStatus, RaceStatus},
    service::{Raced, Totals},
};

#[derive(Debug, Serialize, ToSchema)]
pub struct PlayerView {
    name: String,
    avatar_url: Option<String>,
    twitch_name: Option<String>,
    /// Newest first.
    races: Vec<RacedView>,
    /// Cursor of the next page of `races`.
    next: Option<String>,
    totals: Totals,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RacedView {
    id: String,
    name: String,
    mode: String,
    mode_name: String,
    status: RaceStatus,
    finished_at: Option<String>,
    /// Of a finished race.
    place: Option<u32>,
    /// How many took part.
    of: usize,
    /// Milliseconds of in-game time, of a finished race.
    igt_ms: Option<u64>,
    /// The player's own status.
    status_of: ParticipantStatus,
}

/// A player and their races: public ones, and to themselves all.
#[utoipa::path(
    get, path = "/api/users/{name}", tag = "users", params(("name" = String, Path, description = "Name, name on Twitch or id"), PageQuery<String>),
    security((), ("bearer" = []), ("session" = [])),
    responses((status = 200, body = PlayerView), (status = 400, body = ErrorSchema), (status = 404, body = ErrorSchema))
)]
pub async fn show_player(
    State(context): State<Context>,
    Visitor(who): Visitor,
    Path(name): Path<String>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<PlayerView>> {
    let player = context.races.player(&name, &who, page.after.as_deref(), page.limit()?).await?;
    let view = |raced: Raced| RacedView {
        id: raced.race.id.clone(),
        name: raced.race.name.clone(),
        mode: raced.race.mode.clone(),
        mode_name: context.races.mode_name(&raced.race.mode),
        status: raced.race.status,
        finished_at: raced.race.finished_at.clone(),
        place: raced.place,
        of: raced.race.participants.len(),
        igt_ms: raced.igt_ms,
        status_of: raced.status,
    };
    let races: Vec<_> = player.races.into_iter().map(view).collect();
    Ok(Json(PlayerView {
        name: player.user.name,
        avatar_url: player.user.avatar_url,
        twitch_name: player.user.twitch_name,
        next: races.last().filter(|_| player.more).map(|last| last.id.clone()),
        races,
        totals: player.totals,
    }))
}

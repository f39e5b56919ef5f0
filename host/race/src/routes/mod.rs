//! HTTP in, service call, HTTP out.

mod acting;
mod casters;
pub mod download;
mod history;
mod idempotent;
mod invites;
mod lifecycle;
mod lobby;
mod modes;
mod openapi;
mod overlay_keys;
mod packs;
pub mod page;
mod participants;
mod players;
pub mod pools;
mod races;
mod replay;
pub mod sockets;
mod users;

use std::sync::Arc;

use axum::{
    Json, Router,
    http::{HeaderMap, header},
    middleware,
    routing::{delete, get, post, put},
};
use regie_core::{Actor, Result};
use serde::Deserialize;

use crate::{Races, json::RaceView};

pub use openapi::document;

/// What handlers reach.
#[derive(Clone)]
pub struct Context {
    pub races: Arc<Races>,
}

/// `/api/races`, `/api/race-modes`, `/api/users/{name}`
pub fn api(context: Context) -> Router {
    let one = Router::new()
        .route("/api/races/{id}", get(races::show_race).patch(races::edit_race).delete(races::delete_race))
        .route("/api/races/{id}/open", post(lifecycle::open_race))
        .route("/api/races/{id}/start", post(lifecycle::start_race).delete(lifecycle::unschedule_race))
        .route("/api/races/{id}/reset", post(lifecycle::reset_race))
        .route("/api/races/{id}/finish", post(lifecycle::finish_race))
        .route("/api/races/{id}/cancel", post(lifecycle::cancel_race))
        .route("/api/races/{id}/reroll-seed", post(lifecycle::reroll_seed))
        .route("/api/races/{id}/reveal", post(lifecycle::reveal_seed))
        .route("/api/races/{id}/join", post(players::join_race))
        .route("/api/races/{id}/leave", post(players::leave_race))
        .route("/api/races/{id}/ready", post(players::ready_player))
        .route("/api/races/{id}/begin", post(players::begin_player))
        .route("/api/races/{id}/participants", post(participants::add_participant))
        .route("/api/races/{id}/participants/{pid}", delete(participants::remove_participant))
        .route("/api/races/{id}/participants/{pid}/abandon", post(participants::abandon_player))
        .route("/api/races/{id}/participants/{pid}/disqualify", post(participants::disqualify_player))
        .route("/api/races/{id}/participants/{pid}/undo", post(participants::undo_player))
        .route("/api/races/{id}/participants/{pid}/new-token", post(participants::renew_token))
        .route("/api/races/{id}/casters", post(casters::add_caster))
        .route("/api/races/{id}/casters/{user}", delete(casters::remove_caster))
        .route("/api/races/{id}/invites", post(invites::create_race_invite))
        .route("/api/races/{id}/invites/{token}", delete(invites::withdraw_race_invite))
        .route("/api/races/{id}/lobby", put(lobby::tie_race).delete(lobby::untie_race))
        .route("/api/races/{id}/lobby/take", post(lobby::take_members_into_race))
        .route("/api/races/{id}/generate-zips", post(packs::release_packs))
        .route("/api/races/{id}/hud-key", post(overlay_keys::create_hud_key))
        .route("/api/races/{id}/overlay-key", post(overlay_keys::create_overlay_key))
        .route("/api/races/{id}/history", get(history::list_race_history))
        .route("/api/races/{id}/replay", get(replay::replay_race))
        .route_layer(middleware::from_fn_with_state(context.clone(), idempotent::once))
        // Has a key of its own.
        .route("/api/races/{id}/act", post(acting::act_in_race));
    Router::new()
        .route("/api/races", get(races::list_races).post(races::create_race))
        .merge(one)
        .route("/api/race-modes", get(modes::list_race_modes))
        .route("/api/users/{name}", get(users::show_player))
        .with_state(context.clone())
        .merge(pools::router(context.races.pools.clone()))
        .merge(download::router(context.races.clone(), context.races.pools.clone()))
}

/// Of requests about one race.
#[derive(Deserialize)]
struct OfRace {
    id: String,
}

#[derive(Deserialize)]
struct OfParticipant {
    id: String,
    pid: String,
}

impl Context {
    /// The race as it is now, for this person.
    async fn view(&self, id: &str, who: &Actor, headers: &HeaderMap) -> Result<Json<RaceView>> {
        RaceView::new(&self.races, id, who, 0, &self.races.base(headers)).await.map(Json)
    }
}

impl Races {
    /// What links that leave the server begin with: the public address, else the one that the request came to.
    pub fn base(&self, headers: &HeaderMap) -> String {
        if let Some(url) = self.public_url.as_deref().filter(|url| !url.is_empty()) {
            return url.trim_end_matches('/').to_owned();
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(String::new, |host| format!("http://{host}"))
    }
}

//! The room's part of `/api/openapi.json`.

use utoipa::OpenApi;

/// Of all routes of the room.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = ApiDoc::openapi();
    document.merge(super::pools::ApiDoc::openapi());
    document.merge(super::download::ApiDoc::openapi());
    document
}

#[derive(OpenApi)]
#[openapi(
    paths(
        super::races::list_races,
        super::races::create_race,
        super::races::show_race,
        super::races::edit_race,
        super::races::delete_race,
        super::lifecycle::open_race,
        super::lifecycle::start_race,
        super::lifecycle::unschedule_race,
        super::lifecycle::reset_race,
        super::lifecycle::finish_race,
        super::lifecycle::cancel_race,
        super::lifecycle::reroll_seed,
        super::lifecycle::reveal_seed,
        super::participants::add_participant,
        super::participants::remove_participant,
        super::players::join_race,
        super::players::leave_race,
        super::players::ready_player,
        super::players::begin_player,
        super::participants::abandon_player,
        super::participants::disqualify_player,
        super::participants::undo_player,
        super::participants::renew_token,
        super::casters::add_caster,
        super::casters::remove_caster,
        super::invites::create_race_invite,
        super::invites::withdraw_race_invite,
        super::lobby::tie_race,
        super::lobby::untie_race,
        super::lobby::take_members_into_race,
        super::packs::release_packs,
        super::overlay_keys::create_hud_key,
        super::overlay_keys::create_overlay_key,
        super::history::list_race_history,
        super::replay::replay_race,
        super::acting::act_in_race,
        super::modes::list_race_modes,
        super::users::show_player,
    ),
    tags((name = "races", description = "Races: rooms, people, clocks, packs"))
)]
struct ApiDoc;

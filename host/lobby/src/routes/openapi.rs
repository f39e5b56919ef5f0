//! The room's part of `/api/openapi.json`.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    paths(
        super::status::show_lobby,
        super::sessions::list_lobby_sessions,
        super::sessions::create_lobby_session,
        super::sessions::show_lobby_session,
        super::history::list_lobby_history,
        super::verbs::join_lobby_session,
        super::verbs::leave_lobby_session,
        super::verbs::start_lobby_session,
        super::verbs::close_lobby_session,
    ),
    components(schemas(crate::json::LobbyPicture)),
    tags((name = "lobby", description = "Lobbies: sessions of games on many machines"))
)]
pub struct ApiDoc;

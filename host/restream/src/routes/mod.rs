//! HTTP in, service call, HTTP out.

mod act;
mod archipelago;
mod auto;
mod choices;
mod history;
mod lobby;
mod page;
mod people;
mod presets;
mod reset;
mod restreams;
mod shapes;
mod stream;
mod undo;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, post, put},
};
use regie_core::{Actor, Credential, Result};
use regie_identity::{Identity, Principal};
use regie_pages::Statics;
use utoipa::OpenApi;

use crate::{
    directory::Entry,
    model::Restream,
    service::{Restreams, visible},
};

/// What handlers reach.
#[derive(Clone)]
pub struct Context {
    pub restreams: Arc<Restreams>,
    pub identity: Arc<Identity>,
    pub statics: Arc<Statics>,
    /// Made into links that leave the server; empty: the links stay relative.
    pub public_url: Arc<str>,
}

/// Who a visitor is on a restream: the greater of the global role and what the restream grants.
pub fn on(credential: &dyn Credential, restream: &Restream) -> Actor {
    credential.actor_on(&restream.target()).unwrap_or_default()
}

impl Context {
    /// What people call a plugin that is not on the air: its name where its package still says it, else its id.
    fn known_name(&self, id: &str) -> String {
        self.restreams.plugins.status(id).map_or_else(|| id.to_owned(), |status| status.name)
    }

    /// A restream that the visitor may see, and who they are on it. Errors: `not_found`.
    fn find(&self, slug: &str, principal: &Principal) -> Result<(Entry, Actor)> {
        let entry = self.restreams.directory.by_slug(slug)?;
        let actor = on(principal, &entry.restream);
        if visible(&entry.restream, &actor) {
            return Ok((entry, actor));
        }
        Err(regie_core::Error::not_found(format!("there is no restream `{slug}`")))
    }
}

/// `/api/restreams`, `/api/trackers`, …
pub fn api(context: Context) -> Router {
    Router::new()
        .route("/api/trackers", get(choices::list_trackers))
        .route("/api/indices/templates", get(choices::list_indices_templates))
        .route("/api/restreams", get(restreams::list_restreams).post(restreams::create_restream))
        .route(
            "/api/restreams/{slug}",
            get(restreams::show_restream).patch(restreams::edit_restream).delete(restreams::delete_restream),
        )
        .route("/api/restreams/{slug}/enable", post(restreams::enable_restream))
        .route("/api/restreams/{slug}/disable", post(restreams::disable_restream))
        .route("/api/restreams/{slug}/clone", post(restreams::clone_restream))
        .route("/api/restreams/{slug}/history", get(history::list_history))
        .route("/api/restreams/{slug}/undo", post(undo::undo_action))
        .route("/api/restreams/{slug}/redo", post(undo::redo_action))
        .route("/api/restreams/{slug}/restore", post(undo::restore_session))
        .route("/api/restreams/{slug}/tracker/reset", post(reset::reset_tracker))
        .route("/api/restreams/{slug}/presets/apply", post(reset::apply_preset))
        .route("/api/restreams/{slug}/indices/reset-all", post(reset::reset_indices))
        .route("/api/restreams/{slug}/auto", post(auto::count_items))
        .route(
            "/api/restreams/{slug}/archipelago",
            get(archipelago::list_feeds).put(archipelago::set_feed).delete(archipelago::remove_feed),
        )
        .route("/api/restreams/{slug}/lobby", put(lobby::tie_restream).delete(lobby::untie_restream))
        .route("/api/restreams/{slug}/lobby/take", post(lobby::take_members_into_restream))
        .route("/api/restreams/{slug}/roles", get(people::list_roles).put(people::set_roles))
        .route("/api/restreams/{slug}/invites", get(people::list_invites).post(people::create_invite))
        .route("/api/restreams/{slug}/invites/{id}", delete(people::revoke_invite))
        .route(
            "/api/restreams/{slug}/auto-tokens",
            get(people::list_auto_tokens).post(people::create_auto_token),
        )
        .route("/api/trackers/{type}/presets", get(presets::list_presets).post(presets::create_preset))
        .route("/api/trackers/{type}/presets/import", post(presets::import_preset))
        .route(
            "/api/trackers/{type}/presets/{slug}",
            get(presets::show_preset).patch(presets::edit_preset).delete(presets::delete_preset),
        )
        .route("/api/trackers/{type}/presets/{slug}/versions", get(presets::list_versions))
        .route("/api/trackers/{type}/presets/{slug}/versions/{version}", get(presets::show_version))
        .route("/api/trackers/{type}/presets/{slug}/restore", post(presets::restore_preset))
        .route("/api/trackers/{type}/presets/{slug}/undo", post(presets::undo_preset))
        .route("/api/trackers/{type}/presets/{slug}/redo", post(presets::redo_preset))
        .route("/api/trackers/{type}/presets/{slug}/export", get(presets::export_preset))
        .with_state(context)
}

/// The pages and streams of a restream, below its slug.
pub fn pages(context: Context) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/{slug}", get(page::restream))
        .route("/{slug}/live", get(page::live))
        .route("/{slug}/overlay", get(page::overlay))
        .route("/{slug}/overlay/indices", get(page::overlay_indices))
        .route("/{slug}/indices", get(page::indices))
        .route("/preset/{type}/{slug}/editor", get(page::preset))
        .route("/{slug}/tracker/update", post(act::update_tracker))
        .route("/{slug}/tracker/stream", get(stream::stream_tracker))
        .route("/{slug}/indices/update-category", post(act::update_category))
        .route("/{slug}/indices/stream", get(stream::stream_indices))
        .route("/{slug}/indices/completions", get(choices::list_completions))
        .with_state(context)
}

#[derive(OpenApi)]
#[openapi(
    paths(
        choices::list_trackers,
        choices::list_indices_templates,
        restreams::list_restreams,
        restreams::create_restream,
        restreams::show_restream,
        restreams::edit_restream,
        restreams::delete_restream,
        restreams::enable_restream,
        restreams::disable_restream,
        restreams::clone_restream,
        history::list_history,
        undo::undo_action,
        undo::redo_action,
        undo::restore_session,
        reset::reset_tracker,
        reset::apply_preset,
        reset::reset_indices,
        auto::count_items,
        archipelago::list_feeds,
        archipelago::set_feed,
        archipelago::remove_feed,
        lobby::tie_restream,
        lobby::untie_restream,
        lobby::take_members_into_restream,
        people::list_roles,
        people::set_roles,
        people::list_invites,
        people::create_invite,
        people::revoke_invite,
        people::list_auto_tokens,
        people::create_auto_token,
        presets::list_presets,
        presets::create_preset,
        presets::import_preset,
        presets::show_preset,
        presets::edit_preset,
        presets::delete_preset,
        presets::list_versions,
        presets::show_version,
        presets::restore_preset,
        presets::undo_preset,
        presets::redo_preset,
        presets::export_preset,
        act::update_tracker,
        act::update_category,
        stream::stream_tracker,
        stream::stream_indices,
        choices::list_completions,
    ),
    tags(
        (name = "restreams", description = "Shows, their trackers and who plays in them"),
        (name = "presets", description = "What trackers start from")
    )
)]
pub struct ApiDoc;

//! `/race/{id}`

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use regie_core::{ApiQuery, Credential, Result, random_hex};
use regie_identity::Principal;
use regie_pages::{
    Words,
    routes::{Keyed, html, remember, words},
};
use serde::Deserialize;

use super::{Blocks, Context, base_surface, overlays, refused, surface};
use crate::{
    json::RaceView,
    model::Race,
    pages::{self, Layers, Me, OverlayLink, PEOPLE, ROOM, RacePage},
};

#[derive(Debug, Deserialize)]
pub struct RaceQuery {
    lang: Option<String>,
    /// Seconds by which the visitor wants to be late.
    #[serde(default)]
    delay: u32,
}

pub async fn race(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<RaceQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let credential = Keyed::new(principal, None);
    let nonce = random_hex(16);
    match page(&context, &id, &credential, query.delay, words, &nonce, &headers).await {
        Ok(page) => remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, &nonce, words)),
        Err(error) => refused(&context, words, error),
    }
}

async fn page(
    context: &Context,
    id: &str,
    credential: &Keyed,
    delay: u32,
    words: Words,
    nonce: &str,
    headers: &HeaderMap,
) -> Result<maud::Markup> {
    let races = &context.races;
    let actor = credential.actor().unwrap_or_default();
    let race = races.race(id)?;
    let class = race.class_of(&actor, delay);
    let base = races.base(headers);
    let view = RaceView::new(races, id, &actor, delay, &base).await?;
    // Without its mode nobody is late, and nobody's name is hidden: only what the view has is said of it.
    let seen = races.shown(id, class).await.map_or_else(|_| race.clone(), |shown| shown.race.clone());
    let blocks = Blocks { context, race: &race, class, credential, words };
    let live = blocks.block("live", &view.mode_name, None);
    let (room, people, live, map) = tokio::join!(
        blocks.block(ROOM, words.get("race.clock"), None),
        blocks.block(PEOPLE, words.get("participants"), None),
        live,
        layers(&blocks),
    );
    let participant = race.participant_of(&actor.id);
    let pack = view.participants.iter().find(|p| Some(&p.id) == participant.map(|p| &p.id));
    let me = Me {
        class,
        can: view.me.can.clone(),
        participant_id: view.me.participant_id.clone(),
        pack: pack.and_then(|p| p.pack.clone()),
    };
    let page = RacePage {
        words,
        statics: &context.statics,
        nonce,
        actor: &actor,
        race: &seen,
        mode: &view.mode_name,
        organizer: &view.organizer.name,
        me,
        room: room?,
        people: people?,
        live: live?,
        map: map?,
        overlays: links(context, &race, &base),
        now_ms: races.clock.now_ms(),
    };
    Ok(pages::race(&page))
}

/// The first overlay that has a base.
async fn layers(blocks: &Blocks<'_>) -> Result<Option<Layers>> {
    let overlays = overlays(blocks.context, blocks.race);
    let Some(overlay) = overlays.into_iter().find(|overlay| overlay.base) else { return Ok(None) };
    let (below, above) = (base_surface(&overlay.name), surface(&overlay.name));
    let (base, above) = tokio::try_join!(
        blocks.block(&below, &overlay.title, None),
        blocks.block(&above, &overlay.title, None),
    )?;
    Ok(Some(Layers { title: overlay.title, width: overlay.width, height: overlay.height, base, above }))
}

/// What everybody may add to OBS; a player's own display is made by the player.
fn links(context: &Context, race: &Race, base: &str) -> Vec<OverlayLink> {
    let link = |overlay: regie_plugins::Overlay| OverlayLink {
        url: format!("{base}/overlay/{}/{}", race.id, overlay.name),
        name: overlay.name,
        title: overlay.title,
        width: overlay.width,
        height: overlay.height,
    };
    overlays(context, race)
        .into_iter()
        .filter(|overlay| overlay.name != super::overlay::HUD)
        .map(link)
        .collect()
}

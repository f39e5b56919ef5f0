//! `/overlay/{id}/{overlay}`: for OBS.

use axum::{
    Extension,
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use regie_core::{Credential, Error, Result, random_hex};
use regie_identity::Principal;
use regie_pages::{
    Canvas, Options, Picture, Words, overlay as canvas,
    routes::{Keyed, Look, html, unreadable, words},
};
use serde::Deserialize;
use serde_json::Map;

use super::{Blocks, Context, base_surface, overlays, refused, surface, topic};
use crate::{
    Class, Who,
    model::Race,
    pages::{Display, Follow, properties},
};

/// The overlay that shows one player what their own game would: it needs a participant.
pub const HUD: &str = "hud";

#[derive(Debug, Deserialize)]
struct OverlayQuery {
    key: Option<String>,
    lang: Option<String>,
    slot: Option<String>,
    delay: Option<String>,
    follow: Option<String>,
    #[serde(rename = "maxLayers")]
    max_layers: Option<String>,
    #[serde(flatten)]
    look: Look,
    #[serde(flatten)]
    display: Display,
}

/// 404 where the mode has no such overlay.
pub async fn overlay(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    OriginalUri(uri): OriginalUri,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let query = match Query::<OverlayQuery>::try_from_uri(&uri) {
        Ok(Query(query)) => query,
        Err(error) => return unreadable(&error.to_string()),
    };
    let words = words(query.lang.as_deref(), &headers);
    let credential = Keyed::new(principal, query.key.clone());
    let nonce = random_hex(16);
    match page(&context, &id, &name, query, &credential, words, &nonce).await {
        Ok(page) => html(StatusCode::OK, &page, &nonce, words),
        Err(error) => refused(&context, words, error),
    }
}

async fn page(
    context: &Context,
    id: &str,
    name: &str,
    query: OverlayQuery,
    credential: &Keyed,
    words: Words,
    nonce: &str,
) -> Result<maud::Markup> {
    let race = context.races.race(id)?;
    let delay = query.delay.as_deref().and_then(|delay| delay.parse().ok()).unwrap_or_default();
    let class = class(&race, credential, query.key.is_some(), &surface(name), delay)?;
    let slot = class.who.slot().or_else(|| query.slot.as_deref()?.parse().ok());
    let slot = slot.filter(|_| name == HUD);
    if name == HUD && slot.is_none() {
        return Err(Error::not_found("this overlay shows one player")
            .path("key")
            .hint("make its link on the race's page"));
    }
    let overlay = overlays(context, &race).into_iter().find(|overlay| overlay.name == name);
    let (width, height) = overlay.as_ref().map_or((1920, 1080), |overlay| (overlay.width, overlay.height));
    let title = overlay.as_ref().map_or(name, |overlay| &overlay.title);
    let blocks = Blocks { context, race: &race, class, credential, words };
    let mut layers = Vec::new();
    if overlay.as_ref().is_some_and(|overlay| overlay.base) {
        layers.push(blocks.block(&base_surface(name), title, slot).await?);
    }
    layers.push(blocks.block(&surface(name), title, slot).await?);
    let follow = Follow {
        follow: matches!(query.follow.as_deref(), Some("true" | "1")),
        max_layers: query.max_layers.as_deref().and_then(|layers| layers.parse().ok()),
    };
    let mut options = Options::from(query.look);
    options.scale = options.scale.or(query.display.scale().filter(|_| name == HUD));
    Ok(canvas(&Canvas {
        words,
        statics: &context.statics,
        nonce,
        title: &race.name,
        width,
        height,
        properties: properties(&follow, &options),
        options: &options,
        picture: Picture::Layers(layers),
        data: if name == HUD { query.display.data() } else { Map::new() },
        tail: maud::html! {},
        key: query.key.as_deref(),
    }))
}

/// Whose picture an overlay shows: the one that the key in its address opens, else the visitor's own. A key that opens
/// nothing of it (any more) is refused rather than shown something else. Errors: `not_found`.
fn class(race: &Race, credential: &Keyed, keyed: bool, surface: &str, delay: u32) -> Result<Class> {
    if !keyed {
        return Ok(race.class_of(&credential.actor().unwrap_or_default(), delay));
    }
    let players = race.participants.iter().map(|p| Who::Participant(p.slot));
    let opened =
        [Who::Caster].into_iter().chain(players).map(Class::now).find(|class| {
            topic(race, *class).is_ok_and(|topic| credential.opens(None, &topic, Some(surface)))
        });
    let mut class = opened.ok_or_else(|| Error::not_found("this key opens nothing here").path("key"))?;
    if class.who == Who::Caster {
        class.delay = crate::model::offered(delay);
    }
    Ok(class)
}

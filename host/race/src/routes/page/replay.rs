//! `/race/{id}/replay?t=<seconds>`

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use regie_core::{ApiQuery, Credential, Result, random_hex};
use regie_identity::Principal;
use regie_live::{Body, Snapshot};
use regie_pages::{
    Block, Words,
    routes::{Keyed, html, remember, words},
};
use regie_plugins::Plugin;
use serde::Deserialize;

use super::{Context, base_surface, overlays, refused, surface, to, topic};
use crate::{
    Shown,
    model::RaceStatus,
    pages::{self, Layers, Replay},
    picture::Picture,
};

#[derive(Debug, Deserialize)]
pub struct ReplayQuery {
    lang: Option<String>,
    /// Seconds of in-game time; at the start where it is absent.
    #[serde(default)]
    t: u64,
}

/// Leads to the race while that is not over.
pub async fn replay(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<ReplayQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let credential = Keyed::new(principal, None);
    let nonce = random_hex(16);
    if context.races.race(&id).is_ok_and(|race| race.status != RaceStatus::Finished) {
        return to("/race/", &id, "").into_response();
    }
    match page(&context, &id, &credential, query.t.saturating_mul(1_000), words, &nonce).await {
        Ok(page) => remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, &nonce, words)),
        Err(error) => refused(&context, words, error),
    }
}

async fn page(
    context: &Context,
    id: &str,
    credential: &Keyed,
    at_ms: u64,
    words: Words,
    nonce: &str,
) -> Result<maud::Markup> {
    let races = &context.races;
    let actor = credential.actor().unwrap_or_default();
    let race = races.race(id)?;
    let plugin = races.engine.mode(&race.mode)?;
    let replay = races.replay(id, &actor, Some(at_ms)).await?;
    let past = Past { context, plugin: &plugin, shown: &replay.shown, words };
    let mut map = None;
    if let Some(overlay) = overlays(context, &race).into_iter().find(|overlay| overlay.base) {
        map = Some(Layers {
            base: past.block(&base_surface(&overlay.name), &overlay.title).await?,
            above: past.block(&surface(&overlay.name), &overlay.title).await?,
            title: overlay.title,
            width: overlay.width,
            height: overlay.height,
        });
    }
    Ok(pages::replay(&Replay {
        words,
        statics: &context.statics,
        nonce,
        race: &race,
        live: past.block("live", &plugin.manifest().name).await?,
        map,
        at_ms: replay.at_ms,
        end_ms: replay.end_ms,
    }))
}

/// The race at one of its moments.
struct Past<'a> {
    context: &'a Context,
    plugin: &'a Plugin,
    shown: &'a Shown,
    words: Words,
}

impl Past<'_> {
    async fn block(&self, surface: &str, name: &str) -> Result<Block> {
        let locale = self.plugin.locale(Some(self.words.locale));
        let picture = Picture { surface: surface.to_owned(), slot: None, locale, can_edit: false };
        let html = self.context.races.draw(self.plugin, self.shown, picture).await?;
        Ok(Block {
            topic: topic(&self.shown.race, self.shown.class)?,
            plugin: self.shown.race.mode.clone(),
            name: name.to_owned(),
            want: Block::want(surface, None, self.words),
            snapshot: Some(Snapshot {
                version: self.shown.version,
                etag: String::new(),
                css: self.plugin.stylesheets().into(),
                body: Body::Html(html),
            }),
        })
    }
}

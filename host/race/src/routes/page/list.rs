//! `/races`

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use futures::future::join_all;
use regie_core::{ApiQuery, Credential, random_hex};
use regie_identity::Principal;
use regie_pages::routes::{Keyed, PageQuery, html, remember, words};

use super::Context;
use crate::{
    Class, Races, Who,
    model::{Race, RaceStatus},
    pages::{self, Listed},
    service::Wanted,
};

/// The newest of them.
const MOST: usize = 200;

pub async fn races(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let actor = Keyed::new(principal, None).actor().unwrap_or_default();
    let races = &context.races;
    let (found, _) = races.list(&Wanted { limit: MOST, ..Wanted::default() }, &actor);
    let listed = join_all(found.iter().map(|race| listed(races, race))).await;
    let nonce = random_hex(16);
    let page = pages::list(words, &context.statics, &nonce, &actor, &listed, races.clock.now_ms());
    remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, &nonce, words))
}

async fn listed<'a>(races: &Races, race: &'a Race) -> Listed<'a> {
    let mut listed =
        Listed { race, mode: races.mode_name(&race.mode), winners: Vec::new(), winning_ms: None };
    if race.status != RaceStatus::Finished {
        return listed;
    }
    // Once it is over everybody may see how all stood.
    let Ok(shown) = races.shown(&race.id, Class::now(Who::Public)).await else { return listed };
    for first in shown.standings.participants.iter().filter(|s| s.place == 1 && s.status == "finished") {
        listed.winning_ms = first.igt_ms;
        listed.winners.extend(race.in_slot(first.participant).map(|p| p.name.clone()));
    }
    listed
}

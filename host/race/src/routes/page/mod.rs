//! The room's server-rendered pages, and addresses that lead to the app's.

mod list;
mod overlay;
mod race;
mod replay;

use std::sync::Arc;

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use regie_core::{Credential, Error, ErrorKind, Result, Topic};
use regie_live::Hub;
use regie_pages::{
    Block, Statics, Words,
    routes::{Keyed, html},
};
use regie_plugins::Overlay;

use crate::{Class, Races, model::Race, pages};

/// What handlers reach.
#[derive(Clone)]
pub struct Context {
    pub races: Arc<Races>,
    pub hub: Arc<Hub>,
    pub statics: Arc<Statics>,
}

/// `/races`, `/race/{id}`, `/overlay/{id}/{overlay}`, and what leads to the app.
pub fn pages(context: Context) -> Router {
    Router::new()
        .route("/races", get(list::races))
        .route("/race/new", get(|| async { Redirect::to("/app/races/new") }))
        .route("/race/{id}", get(race::race))
        .route("/race/{id}/replay", get(replay::replay))
        .route("/race/{id}/manage", get(|Path(id): Path<String>| async move { to("/app/races/", &id, "") }))
        .route(
            "/race/{id}/join",
            get(|Path(id): Path<String>| async move { to("/app/races/", &id, "/join") }),
        )
        .route(
            "/invite/{token}",
            get(|Path(token): Path<String>| async move { to("/app/invite?token=", &token, "") }),
        )
        .route("/users/{name}", get(|Path(name): Path<String>| async move { to("/app/people/", &name, "") }))
        .route("/overlay/{id}/{overlay}", get(overlay::overlay))
        .with_state(context)
}

/// `name` came decoded, and may hold anything.
fn to(before: &str, name: &str, after: &str) -> Redirect {
    let encoded: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    Redirect::to(&format!("{before}{encoded}{after}"))
}

fn refused(context: &Context, words: Words, error: Error) -> Response {
    if error.kind == ErrorKind::NotFound {
        return html(StatusCode::NOT_FOUND, &pages::not_found(words, &context.statics), "", words);
    }
    error.into_response()
}

/// The topic of a class of viewers.
fn topic(race: &Race, class: Class) -> Result<Topic> {
    Topic::parse(&format!("race/{}/{class}", race.id))
}

/// Whose blocks they are, for one visitor of one race.
struct Blocks<'a> {
    context: &'a Context,
    race: &'a Race,
    class: Class,
    credential: &'a Keyed,
    words: Words,
}

impl Blocks<'_> {
    /// `name`: for those who hear the page.
    async fn block(&self, surface: &str, name: &str, slot: Option<u32>) -> Result<Block> {
        let plugin = if pages::OWN.contains(&surface) { String::new() } else { self.race.mode.clone() };
        let (topic, want) = (topic(self.race, self.class)?, Block::want(surface, slot, self.words));
        Block::of(&self.context.hub, topic, plugin, name.to_owned(), want, self.credential as &dyn Credential)
            .await
    }
}

/// The overlays of a race's mode; none while it is away.
fn overlays(context: &Context, race: &Race) -> Vec<Overlay> {
    context.races.plugins.get(&race.mode).map(|p| p.manifest().overlays.clone()).unwrap_or_default()
}

/// What a mode calls the changing layer of an overlay, and the one below.
fn surface(overlay: &str) -> String {
    format!("overlay:{overlay}")
}

fn base_surface(overlay: &str) -> String {
    format!("overlay:{overlay}:base")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_the_app_keeps_its_name_whatever_that_holds() {
        for (name, location) in [
            ("0198-a", "/app/races/0198-a/join"),
            ("../x?y#z", "/app/races/..%2Fx%3Fy%23z/join"),
            ("é\n", "/app/races/%C3%A9%0A/join"),
        ] {
            let response = to("/app/races/", name, "/join").into_response();
            assert_eq!(response.headers()["location"], location);
        }
    }
}

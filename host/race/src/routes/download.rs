//! A player's pack. Its address is the capability: it needs no sign-in, and is good for this player's pack alone.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use regie_core::{Error, ErrorKind, Result};
use utoipa::OpenApi;

use crate::{
    Pools, Races,
    packs::{PackFor, pack},
};

/// What the handler reaches.
#[derive(Clone)]
pub struct Downloads {
    pub races: Arc<Races>,
    pub pools: Arc<Pools>,
}

pub fn router(races: Arc<Races>, pools: Arc<Pools>) -> Router {
    Router::new()
        .route("/api/races/{id}/download/{token}", get(download_pack))
        .with_state(Downloads { races, pools })
}

#[derive(OpenApi)]
#[openapi(paths(download_pack))]
pub struct ApiDoc;

/// A zip, made while it is sent: the seed's files with this player's settings among them. 409 `not_released` before the organizer
/// has released the packs; 403 `revoked` for an address that was replaced; 404 for any other.
#[utoipa::path(get, path = "/api/races/{id}/download/{token}", tag = "races", params(("id" = String, Path), ("token" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/zip"), (status = 403), (status = 404), (status = 409), (status = 429)))]
pub async fn download_pack(
    State(Downloads { races, pools }): State<Downloads>,
    Path((id, token)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let race = races.race(&id)?;
    let slot = races.participant_of_pack_token(&race, &token).map_err(refused)?;
    let participant =
        race.participants.iter().find(|participant| participant.slot == slot).ok_or_else(nothing)?;
    if race.seeds_released_at.is_none() {
        return Err(Error::conflict("the packs of this race are not released yet")
            .code("not_released")
            .hint("the organizer does it"));
    }
    let seed = race.seed_id.as_deref().map(|seed| pools.seed(seed)).transpose()?;
    let whose = PackFor {
        race_id: race.id.clone(),
        race_name: race.name.clone(),
        player_name: participant.name.clone(),
        url: races.public_url.clone().unwrap_or_else(|| address(&headers)),
        mod_token: races.mod_token(&race, participant),
    };
    let pack = pack(&pools, seed.as_deref(), &whose).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, disposition(&pack.name)),
        // It holds the player's token.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(pack.stream())).into_response())
}

/// An address that never was one says nothing; one that was says what became of it.
fn refused(error: Error) -> Error {
    if error.code != "revoked" {
        return nothing();
    }
    let mut revoked =
        Error::new(ErrorKind::Forbidden, "this link was replaced by a newer one").code("revoked");
    revoked.hint = Some("the page of the race has the new one".into());
    revoked
}

fn nothing() -> Error {
    Error::not_found("there is no such pack")
}

/// The server's address as this request reached it.
fn address(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}

/// With the name twice: plain for old clients, then as it is.
fn disposition(name: &str) -> HeaderValue {
    let plain: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let encoded: String = name
        .bytes()
        .map(|byte| if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_plain_is_given_twice() {
        let said = disposition("Été-Ada.zip");
        let expected = "attachment; filename=\"_t_-Ada.zip\"; filename*=UTF-8''%C3%89t%C3%A9-Ada.zip";
        assert_eq!(said.to_str().unwrap(), expected);
    }
}

//! Races that run, with a game for every player.

use std::io::{Cursor, Read};

use futures::{StreamExt, future::join_all, stream};
use regie_tests::Regie;
use serde_json::{Value, json};

use super::{
    GAMES, ROOMS,
    load::{Game, Room},
};

/// A race, and what its players sign in with.
pub struct Open {
    id: String,
    tokens: Vec<String>,
}

pub async fn open(regie: &Regie) -> Vec<Open> {
    for n in 0..GAMES {
        regie.user(&format!("player{n}"), "viewer").await;
    }
    stream::iter(0..ROOMS).map(|_| one(regie)).buffer_unordered(8).collect().await
}

async fn one(regie: &Regie) -> Open {
    let form = json!({"name": "Race", "mode": "race-dag", "config": {"countdown_seconds": 0}});
    let made = regie.post("/api/races", form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    for n in 0..GAMES {
        let name = json!({"name": format!("player{n}")});
        let added = regie.post(&format!("/api/races/{id}/participants"), name).await;
        assert_eq!(added.status, 201, "{}", added.text);
    }
    regie.post(&format!("/api/races/{id}/open"), json!({})).await;
    let released = regie.post(&format!("/api/races/{id}/generate-zips"), json!({})).await.json();
    let packs = released["packs"].as_array().unwrap_or_else(|| panic!("{released}"));
    let tokens = packs.iter().map(|pack| token(regie, pack["url"].as_str().expect("an address")));
    Open { id, tokens: join_all(tokens).await }
}

/// As the pack of a player holds it.
async fn token(regie: &Regie, url: &str) -> String {
    let answer = regie.http.get(url).send().await.expect("a pack");
    let bytes = answer.bytes().await.expect("it comes whole");
    let mut pack = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    pack.by_name("regie_race.toml").expect("a settings file").read_to_string(&mut text).expect("text");
    let settings: toml::Table = text.parse().expect("TOML");
    settings["server"]["mod_token"].as_str().expect("a token").to_owned()
}

/// Everybody is connected and ready, and then all the races are started.
pub async fn join(regie: &Regie, rooms: Vec<Open>) -> Vec<Room> {
    let joined = rooms.into_iter().map(|open| async move {
        let games = join_all(open.tokens.iter().map(|token| game(regie, &open.id, token))).await;
        let started = regie.post(&format!("/api/races/{}/start", open.id), json!({})).await;
        assert_eq!(started.status, 200, "{}", started.text);
        regie.until(&format!("/api/races/{}", open.id), |race| race["status"] == "running").await;
        Room { spectate: format!("/ws/race/{}", open.id), games }
    });
    stream::iter(joined).buffer_unordered(8).collect().await
}

async fn game(regie: &Regie, race: &str, token: &str) -> Game {
    let mut game = Game::connect(&regie.url, &format!("/ws/mod/{race}")).await;
    game.say(json!({"type": "auth", "mod_token": token, "protocol_version": "1.3"})).await;
    let hello = game.hear("auth_ok").await;
    let flags = hello["seed"]["event_ids"].as_array().cloned().unwrap_or_default();
    game.flags = flags.iter().filter_map(Value::as_u64).collect();
    game.say(json!({"type": "ready", "message_id": "ready"})).await;
    game.hear("ready_ack").await;
    game
}

//! A race with people in it, and their games.

use std::io::{Cursor, Read};

use regie_tests::{Answer, Regie, Socket};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The mode that is raced here.
pub const MODE: &str = "race-dag";

pub struct Stage {
    pub regie: Regie,
    pub id: String,
    /// API token of who organizes it.
    pub organizer: String,
    pub players: Vec<Player>,
}

pub struct Player {
    /// API token.
    pub token: String,
    /// Id of the participant.
    pub id: String,
    pub mod_token: String,
}

impl Stage {
    /// An open race whose packs are out, with a player a name.
    pub async fn open(config: Value, names: &[&str]) -> Self {
        let mut stage = Self::draft(config, names).await;
        stage.organize("open").await;
        stage.release().await;
        stage
    }

    /// Nobody may join yet, and there are no packs.
    pub async fn draft(config: Value, names: &[&str]) -> Self {
        let regie = Regie::with(&[MODE]).await;
        let organizer = regie.user("organizer", "viewer").await;
        let form = json!({"name": "Sunday", "mode": MODE, "config": config});
        let made = regie.call_as(Some(&organizer), Method::POST, "/api/races", Some(form)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let mut stage = Self { regie, id, organizer, players: Vec::new() };
        for name in names {
            let token = stage.regie.user(name, "viewer").await;
            let added = stage.post("participants", json!({"name": name})).await;
            assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
            let participant = added.json()["participant"].clone();
            stage.players.push(Player {
                token,
                id: participant["id"].as_str().unwrap().to_owned(),
                mod_token: String::new(),
            });
        }
        stage
    }

    /// Hands out the packs, and reads each player's token from theirs.
    pub async fn release(&mut self) {
        let packs = self.organize("generate-zips").await.json()["packs"].clone();
        for player in &mut self.players {
            let pack =
                packs.as_array().unwrap().iter().find(|pack| pack["participant_id"] == player.id).unwrap();
            let url = pack["url"].as_str().unwrap();
            let path = &url[url.find("/api/").unwrap()..];
            let answer = self.regie.http.get(format!("{}{path}", self.regie.url)).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{url}");
            player.mod_token = mod_token(answer.bytes().await.unwrap().to_vec());
        }
    }

    /// Something the organizer may do, which must succeed.
    pub async fn organize(&self, what: &str) -> Answer {
        self.organize_with(what, json!({})).await
    }

    pub async fn organize_with(&self, what: &str, form: Value) -> Answer {
        let answer = self.post(what, form).await;
        assert!(answer.status.is_success(), "{what}: {} {}", answer.status, answer.text);
        answer
    }

    pub async fn post(&self, what: &str, form: Value) -> Answer {
        let path = format!("/api/races/{}/{what}", self.id);
        self.regie.call_as(Some(&self.organizer), Method::POST, &path, Some(form)).await
    }

    /// The race's JSON as `token` (or nobody) gets it.
    pub async fn race(&self, token: Option<&str>) -> Value {
        self.regie.call_as(token, Method::GET, &format!("/api/races/{}", self.id), None).await.json()
    }

    pub fn mod_path(&self) -> String {
        format!("/ws/mod/{}", self.id)
    }

    pub fn race_path(&self) -> String {
        format!("/ws/race/{}", self.id)
    }

    /// A connection of this player's game that has said who it is; the answer is the first message.
    pub async fn game(&self, player: usize) -> Socket {
        let mut game = Socket::open(&self.regie.url, &self.mod_path()).await;
        game.send(
            json!({"type": "auth", "mod_token": self.players[player].mod_token, "protocol_version": "1.3"}),
        )
        .await;
        game
    }

    /// The same, past `auth_ok`, which is answered too.
    pub async fn playing(&self, player: usize) -> (Socket, Value) {
        let mut game = self.game(player).await;
        let auth_ok = game.next().await;
        assert_eq!(auth_ok["type"], "auth_ok", "{auth_ok}");
        (game, auth_ok)
    }

    /// A spectator who is somebody (an API token) or nobody.
    pub async fn spectator(&self, token: Option<&str>, query: &str) -> Socket {
        let mut socket = Socket::open(&self.regie.url, &format!("{}{query}", self.race_path())).await;
        socket
            .send(match token {
                Some(token) => json!({"type": "auth", "token": token}),
                None => json!({"type": "no_auth"}),
            })
            .await;
        socket
    }

    /// Everybody's game says that it is ready; then the race is started, and runs.
    pub async fn run(&self) -> Vec<Socket> {
        let mut games = Vec::new();
        for player in 0..self.players.len() {
            let (mut game, _) = self.playing(player).await;
            game.send(json!({"type": "ready", "message_id": "ready"})).await;
            game.until("ready_ack").await;
            games.push(game);
        }
        self.organize("start").await;
        for game in &mut games {
            game.until_it(|m| m["type"] == "race_status_change" && m["status"] == "running").await;
        }
        games
    }
}

/// What the settings file of a pack holds.
fn mod_token(pack: Vec<u8>) -> String {
    let mut pack = zip::ZipArchive::new(Cursor::new(pack)).expect("a pack is a zip");
    for index in 0..pack.len() {
        let mut file = pack.by_index(index).unwrap();
        if !file.name().unwrap().ends_with(".toml") {
            continue;
        }
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let settings: toml::Table = text.parse().unwrap();
        if let Some(token) = settings.get("server").and_then(|server| server.get("mod_token")) {
            return token.as_str().unwrap().to_owned();
        }
    }
    panic!("no settings file in the pack");
}

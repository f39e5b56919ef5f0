//! Games that tell their clock, spectators that read it. The clock is the microseconds since the run began, so that whoever reads it knows
//! how long it was under way.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use futures::{SinkExt, StreamExt, future::join_all};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, Utf8Bytes},
};

use super::{GAMES, ROOMS, told::Told};

const EVERY: Duration = Duration::from_secs(1);
/// Each so manieth frame of a game is an event, which must be durable before it is answered: a place every half minute is quick.
const EVENT: usize = 30;
/// For what is under way when the last frame was sent.
const REST: Duration = Duration::from_secs(2);

pub struct Room {
    pub spectate: String,
    pub games: Vec<Game>,
}

/// A connection, of a game or of a spectator.
pub struct Game {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Events of the seed that it can tell.
    pub flags: Vec<u64>,
}

#[derive(Clone)]
pub struct Run {
    pub url: String,
    /// In each room.
    pub spectators: usize,
    pub lasts: Duration,
    /// Bytes that a frame is made up to; 0 for frames as games send them.
    pub padding: usize,
}

/// Everybody who is connected, and waits for the run.
pub struct Crowd {
    run: Run,
    games: Vec<Game>,
    spectators: Vec<Game>,
}

/// Rooms of a server that asks nobody who they are.
pub async fn unknown(url: &str) -> Vec<Room> {
    let mut rooms = Vec::new();
    for room in 0..ROOMS {
        let spectate = format!("/{room}");
        let games = join_all((0..GAMES).map(|_| Game::connect(url, &spectate))).await;
        rooms.push(Room { spectate, games });
    }
    rooms
}

impl Run {
    /// Everybody looks on before the first clock is told.
    pub async fn gather(&self, rooms: Vec<Room>) -> Crowd {
        let mut spectators = Vec::new();
        for room in &rooms {
            for _ in 0..self.spectators {
                let mut spectator = Game::connect(&self.url, &room.spectate).await;
                if self.padding == 0 {
                    spectator.say(json!({"type": "no_auth"})).await;
                    spectator.hear("race_state").await;
                }
                spectators.push(spectator);
            }
        }
        let games = rooms.into_iter().flat_map(|room| room.games).collect();
        Crowd { run: self.clone(), games, spectators }
    }
}

impl Crowd {
    pub async fn run(self) -> Told {
        let (began, run) = (Instant::now(), self.run);
        let watching =
            self.spectators.into_iter().map(|spectator| tokio::spawn(spectator.watch(began, run.lasts)));
        let playing = self.games.into_iter().enumerate();
        let playing = playing.map(|(number, game)| tokio::spawn(game.play(number, began, run.clone())));
        let mut told = Told::default();
        for part in watching.chain(playing).collect::<Vec<_>>() {
            told.add(part.await.expect("no part of the load fails"));
        }
        told.latencies.sort_unstable();
        told.acks.sort_unstable();
        told
    }
}

impl Game {
    pub async fn connect(url: &str, path: &str) -> Self {
        let url = format!("{}{path}", url.replacen("http", "ws", 1));
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("it connects");
        Self { socket, flags: Vec::new() }
    }

    pub async fn say(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.expect("it is connected");
    }

    /// The next message of this type.
    pub async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let text = self.text().await.expect("it is connected");
            let message: Value = serde_json::from_str(&text).expect("JSON");
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// `None` once the link has ended.
    async fn text(&mut self) -> Option<Utf8Bytes> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Some(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }

    async fn play(mut self, number: usize, began: Instant, run: Run) -> Told {
        let mut told = Told::default();
        let first = began + EVERY.mul_f64(number as f64 / (ROOMS * GAMES) as f64);
        let mut clock = tokio::time::interval_at(first.into(), EVERY);
        let (mut sent, mut asked) = (0, began);
        let end = tokio::time::sleep_until((began + run.lasts + REST).into());
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return told,
                _ = clock.tick(), if began.elapsed() < run.lasts => {
                    sent += 1;
                    let flag = (sent % EVENT == number % EVENT).then(|| self.flags.pop()).flatten();
                    match flag {
                        Some(_) => asked = Instant::now(),
                        None => told.clocks += 1,
                    }
                    self.say(frame(number, micros(began), flag, run.padding)).await;
                }
                came = self.text() => {
                    let Some(text) = came else {
                        told.errors += 1;
                        return told;
                    };
                    told.came(&text);
                    if text.contains("event_flag_ack") {
                        told.acks.push(micros(asked));
                    }
                }
            }
        }
    }

    async fn watch(mut self, began: Instant, lasts: Duration) -> Told {
        let mut told = Told::default();
        // A clock may be told again: the first time counts.
        let mut known = HashMap::<String, u64>::new();
        let end = tokio::time::sleep_until((began + lasts + REST).into());
        tokio::pin!(end);
        loop {
            let came = tokio::select! {
                () = &mut end => return told,
                came = self.text() => came,
            };
            let Some(text) = came else {
                told.errors += 1;
                return told;
            };
            let now = micros(began);
            told.came(&text);
            if !text.contains(r#""player_update""#) {
                continue;
            }
            told.updates = (told.updates.0 + 1, told.updates.1 + text.len());
            let message: Value = serde_json::from_str(&text).expect("JSON");
            let player = &message["player"];
            let igt = player["igt_ms"].as_u64().unwrap_or(0);
            let before = known.entry(player["id"].to_string()).or_default();
            if igt > *before {
                *before = igt;
                told.latencies.push(now.saturating_sub(igt));
            }
        }
    }
}

/// A floor forwards it as it is, so it looks like a `player_update` there.
fn frame(number: usize, igt: u64, flag: Option<u64>, padding: usize) -> Value {
    if let Some(flag) = flag {
        return json!({"type": "event_flag", "flag_id": flag, "igt_ms": igt, "message_id": igt});
    }
    if padding == 0 {
        return json!({"type": "status_update", "igt_ms": igt, "death_count": 0});
    }
    let more = "x".repeat(padding.saturating_sub(80));
    json!({"type": "player_update", "player": {"id": number.to_string(), "igt_ms": igt, "more": more}})
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

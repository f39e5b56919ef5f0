//! The mod socket: connects, signs in, connects again after a while where that makes sense.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};
use tokio_util::sync::CancellationToken;

use crate::{Random, Settings};

/// The version of the wire this client was written for.
const PROTOCOL: &str = "1.3";
const PATIENCE: Duration = Duration::from_secs(10);
/// Waits between attempts: full jitter, doubling.
const WAIT_MS: (u64, u64) = (500, 15_000);

/// What comes of a link.
#[derive(Debug)]
pub enum Told {
    /// Signed in; `auth_ok` as it came.
    Up(Value),
    Message(Value),
    /// Away; it is tried again.
    Down(String),
    /// The race begins anew; it is connected again.
    Reset,
    /// Not tried again: the token is not good, there is no such race, or another client of this player has taken over.
    Over(String),
}

/// A link that keeps itself up until it is over or dropped.
pub struct Link {
    told: mpsc::Receiver<Told>,
    say: mpsc::Sender<Value>,
    stop: CancellationToken,
    cut: mpsc::Sender<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

enum End {
    Away(String),
    Reset,
    Over(String),
}

impl Link {
    pub fn open(settings: &Settings) -> Self {
        let (tell, told) = mpsc::channel(256);
        let (say, said) = mpsc::channel(256);
        let (cut, cuts) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let task = Task {
            socket: settings.socket(),
            token: settings.server.mod_token.clone(),
            tell,
            said,
            cuts,
            random: Random::from_system(),
        };
        let stopped = stop.clone();
        tokio::spawn(async move { stopped.run_until_cancelled(task.run()).await });
        Self { told, say, stop, cut }
    }

    /// The next thing; `None` after [`Told::Over`].
    pub async fn next(&mut self) -> Option<Told> {
        self.told.recv().await
    }

    /// Sends a frame on the link that is up; while there is none it is gone. What must arrive goes into an [`crate::Outbox`].
    pub async fn say(&self, frame: Value) {
        let _ = self.say.send(frame).await;
    }

    /// Breaks the link, as a bad network does.
    pub fn cut(&self) {
        let _ = self.cut.try_send(());
    }
}

struct Task {
    socket: String,
    token: String,
    tell: mpsc::Sender<Told>,
    said: mpsc::Receiver<Value>,
    cuts: mpsc::Receiver<()>,
    random: Random,
}

impl Task {
    async fn run(mut self) {
        let mut failures = 0;
        loop {
            let end = self.once(&mut failures).await;
            let told = match end {
                End::Over(reason) => {
                    let _ = self.tell.send(Told::Over(reason)).await;
                    return;
                }
                End::Reset => Told::Reset,
                End::Away(reason) => Told::Down(reason),
            };
            if self.tell.send(told).await.is_err() {
                return;
            }
            let most = (WAIT_MS.0 << failures.min(6)).min(WAIT_MS.1);
            let wait = self.random.between(most / 2, most);
            tokio::time::sleep(Duration::from_millis(wait)).await;
            failures += 1;
            // What was said meanwhile went nowhere: the outbox knows what must go again.
            while self.said.try_recv().is_ok() {}
            while self.cuts.try_recv().is_ok() {}
        }
    }

    async fn once(&mut self, failures: &mut u32) -> End {
        let connected = tokio::time::timeout(PATIENCE, tokio_tungstenite::connect_async(&self.socket)).await;
        let mut stream = match connected {
            Ok(Ok((stream, _))) => stream,
            Ok(Err(error)) => return End::Away(error.to_string()),
            Err(_) => return End::Away("no answer".into()),
        };
        let auth = json!({"type": "auth", "mod_token": self.token, "protocol_version": PROTOCOL,
            "mod_version": concat!("regie-racer ", env!("CARGO_PKG_VERSION"))});
        if let Err(error) = stream.send(Message::text(auth.to_string())).await {
            return End::Away(error.to_string());
        }
        loop {
            let frame = tokio::select! {
                frame = stream.next() => frame,
                said = self.said.recv() => {
                    let Some(said) = said else { return End::Over("left".into()) };
                    match stream.send(Message::text(said.to_string())).await {
                        Ok(()) => continue,
                        Err(error) => return End::Away(error.to_string()),
                    }
                }
                _ = self.cuts.recv() => return End::Away("cut".into()),
            };
            let text = match frame {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(close))) => return ended(close.as_ref()),
                Some(Ok(_)) => continue,
                Some(Err(error)) => return End::Away(error.to_string()),
                None => return End::Away("the server went away".into()),
            };
            let Ok(message) = serde_json::from_str::<Value>(&text) else { continue };
            let told = match message["type"].as_str() {
                Some("ping") => {
                    if stream.send(Message::text(json!({"type": "pong"}).to_string())).await.is_err() {
                        return End::Away("the server went away".into());
                    }
                    continue;
                }
                Some("auth_ok") => {
                    *failures = 0;
                    Told::Up(message)
                }
                _ => Told::Message(message),
            };
            if self.tell.send(told).await.is_err() {
                return End::Over("left".into());
            }
        }
    }
}

fn ended(close: Option<&CloseFrame>) -> End {
    let Some(close) = close else { return End::Away("the server closed the link".into()) };
    let reason = close.reason.to_string();
    match u16::from(close.code) {
        1000 if reason.contains("reset") => End::Reset,
        4000 => End::Over("another client of this player has taken over".into()),
        4003 => End::Over("this token is not good (any more): download the pack again".into()),
        4004 => End::Over("there is no such race".into()),
        code @ 4000.. => End::Over(format!("{reason} ({code})")),
        code => End::Away(format!("{reason} ({code})")),
    }
}

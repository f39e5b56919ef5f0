//! A WebSocket of a race, as a player's game or a spectator has it: raw frames out, JSON in, and how it ended.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

pub struct Socket {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Every byte of text that came.
    pub heard: String,
}

/// What came.
#[derive(Debug, Clone, PartialEq)]
pub enum Came {
    Json(Value),
    /// Code and reason; 1006 and nothing where the link just ended.
    Closed(u16, String),
}

impl Socket {
    /// `path` begins with a slash. Without any header of a browser's.
    pub async fn open(url: &str, path: &str) -> Self {
        Self::try_open(url, path, &[]).await.expect("the socket opens")
    }

    pub async fn try_open(url: &str, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("{}{path}", url.replacen("http", "ws", 1)).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value)?);
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Self { socket, heard: String::new() })
    }

    pub async fn send(&mut self, frame: Value) {
        self.text(frame.to_string()).await;
    }

    pub async fn text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.expect("a frame can be sent");
    }

    /// Though the other side may have closed.
    pub async fn try_text(&mut self, text: String) -> Result<(), Error> {
        self.socket.send(Message::text(text)).await
    }

    pub async fn binary(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).await.expect("a frame can be sent");
    }

    /// The next message, or how the link ended. At most 40 s.
    pub async fn came(&mut self) -> Came {
        self.within(Duration::from_secs(40)).await.expect("a message in time")
    }

    /// `None` where nothing came in time.
    pub async fn within(&mut self, time: Duration) -> Option<Came> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        self.heard.push_str(&text);
                        self.heard.push('\n');
                        return Came::Json(serde_json::from_str(&text).expect("messages are JSON"));
                    }
                    Some(Ok(Message::Close(close))) => {
                        let close = close.map(|c| (u16::from(c.code), c.reason.to_string()));
                        let (code, reason) = close.unwrap_or((1005, String::new()));
                        return Came::Closed(code, reason);
                    }
                    None | Some(Err(_)) => return Came::Closed(1006, String::new()),
                    Some(Ok(_)) => {}
                }
            }
        };
        tokio::time::timeout(time, next).await.ok()
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        match self.came().await {
            Came::Json(message) => message,
            Came::Closed(code, reason) => panic!("the link ended: {code} {reason}"),
        }
    }

    /// The next message of that type; others are passed over.
    pub async fn until(&mut self, kind: &str) -> Value {
        self.until_it(|message| message["type"] == kind).await
    }

    /// The next message of one of those types; others are passed over.
    pub async fn next_of(&mut self, kinds: &[&str]) -> Value {
        self.until_it(|message| kinds.iter().any(|kind| message["type"] == *kind)).await
    }

    /// The next message that fits; others are passed over.
    pub async fn until_it(&mut self, mut fits: impl FnMut(&Value) -> bool) -> Value {
        loop {
            let message = self.next().await;
            if fits(&message) {
                return message;
            }
        }
    }

    /// How the link ends; messages before are passed over.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Came::Closed(code, reason) = self.came().await {
                return (code, reason);
            }
        }
    }

    /// Reads what is there, until nothing came for that long.
    pub async fn drain(&mut self, quiet: Duration) {
        while let Some(Came::Json(_)) = self.within(quiet).await {}
    }

    /// Ends the link without a word, as a game that crashes does.
    pub fn cut(self) {
        drop(self.socket);
    }
}

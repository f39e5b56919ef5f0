//! A page's WebSocket.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

pub struct Link {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Link {
    /// With a bearer token, or as an anonymous visitor from the server's own pages.
    pub async fn open(url: &str, token: Option<&str>) -> Self {
        let bearer = token.map(|token| ("authorization", format!("Bearer {token}")));
        Self::connect(url, bearer, Some(url)).await.expect("the link opens")
    }

    /// As a page of `origin` whose browser sends this cookie.
    pub async fn try_open(url: &str, cookie: Option<&str>, origin: Option<&str>) -> Result<Self, Error> {
        Self::connect(url, cookie.map(|cookie| ("cookie", cookie.to_owned())), origin).await
    }

    async fn connect(
        url: &str,
        credential: Option<(&'static str, String)>,
        origin: Option<&str>,
    ) -> Result<Self, Error> {
        let mut request = format!("{}/live", url.replace("http", "ws")).into_client_request()?;
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", HeaderValue::from_str(origin)?);
        }
        if let Some((name, value)) = credential {
            request.headers_mut().insert(name, HeaderValue::from_str(&value)?);
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Self { socket })
    }

    pub async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.expect("a frame can be sent");
    }

    pub async fn subscribe(&mut self, topic: &str, more: Value) {
        let mut want = json!({"topic": topic});
        for (key, value) in more.as_object().into_iter().flatten() {
            want[key] = value.clone();
        }
        self.send(json!({"subscribe": [want]})).await;
    }

    /// The next JSON frame; `None` when the server closed.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(20), self.socket.next())
                .await
                .expect("a frame in time")?;
            match message {
                Ok(Message::Text(text)) => {
                    return Some(serde_json::from_str(&text).expect("frames are JSON"));
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next frame that fits; others are passed over.
    pub async fn until(&mut self, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let found = async {
            loop {
                let frame = self.next().await.expect("the link stays open");
                if fits(&frame) {
                    return frame;
                }
            }
        };
        // Beats come for ever.
        tokio::time::timeout(Duration::from_secs(60), found).await.expect("a frame that fits, in time")
    }
}

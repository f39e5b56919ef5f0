//! The server under the fan-out bench: the Hub with a synthetic room, or (`--floor`) the least any server must do, one loop
//! that writes one shared frame to every socket.
//!
//!     fanout-server [--floor] [--listen 127.0.0.1:0]
//!
//! `GET /live` is the WebSocket, `GET /sub` the stream, `POST /pub` publishes its body, `GET /stats` tells. It prints its
//! address and process id.

use std::{error::Error, io, net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::{Request, State},
    http::StatusCode,
    routing::{get, post},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use parking_lot::Mutex;
use regie_core::{Actor, Result, Shutdown, Topic};
use regie_live::{Act, Body, Credential, Form, Hub, Options, Refused, Snapshot, Source, Variant, Want};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// One document, whatever the topic.
#[derive(Default)]
struct Room(Mutex<(u64, Arc<str>)>);

#[async_trait]
impl Source for Room {
    async fn admit(&self, _: &Topic, want: Want, _: Option<&str>, _: &dyn Credential) -> Result<Variant> {
        Ok(Variant { want, can_edit: false })
    }

    async fn snapshot(&self, _: &Topic, _: &Variant) -> Result<Snapshot> {
        let (version, body) = self.0.lock().clone();
        Ok(Snapshot { version, etag: format!("bench-{version}-0"), css: [].into(), body: Body::State(body) })
    }

    async fn act(&self, _: &Topic, _: &dyn Credential, _: Act) -> Result<u64, Refused> {
        Ok(self.0.lock().0)
    }
}

struct Anyone;

impl Credential for Anyone {
    fn actor(&self) -> Option<Actor> {
        None
    }

    fn opens(&self, _: Option<&str>, _: &Topic, _: Option<&str>) -> bool {
        true
    }
}

fn topic() -> Topic {
    Topic::parse("bench/1").expect("two tokens")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut floor, mut listen) = (false, "127.0.0.1:0".to_owned());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--floor" => floor = true,
            "--listen" => listen = arguments.next().ok_or("--listen needs an address")?,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let listen: SocketAddr = listen.parse()?;
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(listen)?;
    let listener = socket.listen(4096)?;
    println!("{} {}", listener.local_addr()?, std::process::id());
    if floor { serve_floor(listener).await } else { serve_hub(listener).await }
}

async fn serve_hub(listener: TcpListener) -> Result<(), Box<dyn Error>> {
    // The publisher's rhythm is the bench's, not the Hub's: half of ours, so that nothing is left out.
    let options = Options { viewer_interval: Duration::from_millis(50), ..Options::default() };
    let hub = Hub::start(options, &Shutdown::new());
    let room = Arc::new(Room::default());
    room.0.lock().1 = "\"\"".into();
    hub.register("bench", room.clone());
    let live = |State(hub): State<Arc<Hub>>, request: Request| async move {
        regie_live::websocket(hub, request, Arc::new(Anyone), std::net::Ipv4Addr::LOCALHOST.into())
    };
    let sub = |State(hub): State<Arc<Hub>>| async move {
        let want = Want { form: Form::State, surface: None, slot: None, locale: None };
        regie_live::sse(hub, topic(), want, None, Arc::new(Anyone)).await
    };
    let publish = move |State(hub): State<Arc<Hub>>, body: String| async move {
        {
            let mut document = room.0.lock();
            *document = (document.0 + 1, serde_json::Value::String(body).to_string().into());
        }
        hub.changed(&topic());
        StatusCode::NO_CONTENT
    };
    let router = Router::new()
        .route("/live", get(live))
        .route("/sub", get(sub))
        .route("/pub", post(publish))
        .route("/stats", get(|State(hub): State<Arc<Hub>>| async move { Json(hub.stats()) }))
        .with_state(hub);
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let builder = auto::Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection_with_upgrades(TokioIo::new(socket), service).await;
        });
    }
}

enum Message {
    Subscriber(TcpStream, usize),
    Publish(Vec<u8>),
}

/// No parsing beyond the request line, no bookkeeping, one thread for all writes.
async fn serve_floor(listener: TcpListener) -> Result<(), Box<dyn Error>> {
    let (send, mut receive) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        // WebSockets, then streams.
        let mut sockets: [Vec<TcpStream>; 2] = Default::default();
        while let Some(message) = receive.recv().await {
            match message {
                Message::Subscriber(socket, kind) => sockets[kind].push(socket),
                Message::Publish(body) => {
                    let mut frame = vec![0x81, 126];
                    frame.extend(u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes());
                    frame.extend(&body);
                    let event = [b"data: ", body.as_slice(), b"\n\n"].concat();
                    for (sockets, bytes) in sockets.iter_mut().zip([frame, event]) {
                        sockets.retain_mut(|socket| match socket.try_write(&bytes) {
                            Ok(_) => true,
                            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
                        });
                    }
                }
            }
        }
    });
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        tokio::spawn(floor_connection(socket, send.clone()));
    }
}

async fn floor_connection(mut socket: TcpStream, send: mpsc::UnboundedSender<Message>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(1024);
    loop {
        let head = loop {
            if let Some(at) = memchr::memmem::find(&buffer, b"\r\n\r\n") {
                break at + 4;
            }
            if socket.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        if text.starts_with("get") {
            let kind = usize::from(text.contains("text/event-stream"));
            let heads: [&[u8]; 2] = [
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n",
            ];
            socket.write_all(heads[kind]).await?;
            let _ = send.send(Message::Subscriber(socket, kind));
            return Ok(());
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let end = head + length.unwrap_or(0);
        while buffer.len() < end {
            if socket.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let _ = send.send(Message::Publish(buffer[head..end].to_vec()));
        buffer.drain(..end);
        socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
    }
}

//! A synthetic room, a server built like the real one, and clients.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{Router, extract::Request, routing::get};
use futures::future::BoxFuture;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use parking_lot::Mutex;
use regie_core::{Actor, Error, Result, Role, Shutdown, Topic};
use regie_live::{Act, Body, Credential, Form, Hub, Options, Refused, Snapshot, Source, Variant, Want};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

pub fn topic(name: &str) -> Topic {
    Topic::parse(name).unwrap()
}

/// Permits of the gate before renders: whoever holds them all keeps it closed.
pub const GATE: usize = 1000;

/// Documents are a number and padding; an action adds to the number.
pub struct Room {
    pub documents: Mutex<HashMap<Topic, Document>>,
    pub renders: AtomicUsize,
    /// Renders under way at once for one variant, at most.
    pub most_at_once: AtomicUsize,
    at_once: Mutex<HashMap<(Topic, Variant), usize>>,
    /// Closed: renders wait.
    pub gate: Semaphore,
    pub broken: Mutex<bool>,
    pub acted: Mutex<Vec<(String, String)>>,
    /// Actions on `t/held` wait for their turn here.
    pub held: Semaphore,
    hub: Mutex<Option<Arc<Hub>>>,
}

#[derive(Clone)]
pub struct Document {
    pub version: u64,
    pub value: i64,
    pub padding: usize,
    /// Only for those who may edit.
    pub secret: bool,
}

impl Room {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            documents: Mutex::default(),
            renders: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            at_once: Mutex::default(),
            gate: Semaphore::new(GATE),
            broken: Mutex::new(false),
            acted: Mutex::default(),
            held: Semaphore::new(0),
            hub: Mutex::default(),
        })
    }

    fn hub(&self) -> Arc<Hub> {
        Arc::clone(self.hub.lock().as_ref().unwrap())
    }

    /// Stores and publishes; answers the version.
    pub fn put(&self, name: &str, value: i64) -> u64 {
        self.change(name, |document| document.value = value)
    }

    pub fn change(&self, name: &str, change: impl FnOnce(&mut Document)) -> u64 {
        let topic = topic(name);
        let version = {
            let mut documents = self.documents.lock();
            let empty = Document { version: 0, value: 0, padding: 0, secret: false };
            let document = documents.entry(topic.clone()).or_insert(empty);
            change(document);
            document.version += 1;
            document.version
        };
        self.hub().changed(&topic);
        version
    }

    pub fn remove(&self, name: &str) {
        self.documents.lock().remove(&topic(name));
        self.hub().removed(&topic(name));
    }
}

#[async_trait]
impl Source for Room {
    async fn admit(
        &self,
        topic: &Topic,
        want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant> {
        let documents = self.documents.lock();
        let document =
            documents.get(topic).ok_or_else(|| Error::not_found("no such document").path("topic"))?;
        let can_edit = credential.actor().is_some_and(|actor| actor.role >= Role::Editor);
        if document.secret && !can_edit && !credential.opens(key, topic, want.surface.as_deref()) {
            return Err(Error::forbidden("this is secret"));
        }
        Ok(Variant { want, can_edit })
    }

    async fn snapshot(&self, topic: &Topic, variant: &Variant) -> Result<Snapshot> {
        self.renders.fetch_add(1, SeqCst);
        let id = (topic.clone(), variant.clone());
        {
            let mut at_once = self.at_once.lock();
            let count = at_once.entry(id.clone()).or_default();
            *count += 1;
            self.most_at_once.fetch_max(*count, SeqCst);
        }
        drop(self.gate.acquire().await.unwrap());
        *self.at_once.lock().get_mut(&id).unwrap() -= 1;
        if *self.broken.lock() {
            panic!("a room that fails");
        }
        let document =
            self.documents.lock().get(topic).cloned().ok_or_else(|| Error::not_found("no such document"))?;
        let padding = "x".repeat(document.padding);
        let body = match variant.want.form {
            Form::Html => {
                Body::Html(format!("<p>{} {}</p>{padding}", document.value, variant.can_edit).into())
            }
            Form::State => {
                Body::State(json!({"value": document.value, "padding": padding}).to_string().into())
            }
        };
        Ok(Snapshot {
            version: document.version,
            etag: format!("l-{}-v", document.version),
            css: [].into(),
            body,
        })
    }

    async fn act(&self, topic: &Topic, credential: &dyn Credential, act: Act) -> Result<u64, Refused> {
        if topic.as_str() == "t/held" {
            self.held.acquire().await.unwrap().forget();
        }
        self.acted.lock().push((topic.to_string(), act.key.clone()));
        credential.actor().unwrap_or_default().require(Role::Editor)?;
        let add: i64 =
            serde_json::from_str(act.action.get()).map_err(|e| Error::bad_request(e.to_string()))?;
        let document =
            self.documents.lock().get(topic).cloned().ok_or_else(|| Error::not_found("no such document"))?;
        if act.base_version.is_some_and(|base| base != document.version) {
            let state = serde_json::value::to_raw_value(&json!({"value": document.value})).unwrap();
            return Err(Refused {
                error: Error::conflict("it changed meanwhile"),
                version: Some(document.version),
                state: Some(state),
            });
        }
        Ok(self.change(topic.as_str(), |document| document.value += add))
    }
}

/// Set from outside while links are open.
#[derive(Default)]
pub struct Badge(pub Mutex<Option<Role>>);

impl Credential for Badge {
    fn actor(&self) -> Option<Actor> {
        let role = (*self.0.lock())?;
        Some(Actor { id: "u".into(), name: "Ada".into(), role })
    }

    fn opens(&self, key: Option<&str>, _: &Topic, _: Option<&str>) -> bool {
        key == Some("good")
    }
}

pub struct House {
    pub hub: Arc<Hub>,
    pub room: Arc<Room>,
    pub badge: Arc<Badge>,
    pub shutdown: Shutdown,
    pub address: SocketAddr,
}

/// How the server wraps its sockets.
#[derive(Clone, Copy, PartialEq)]
pub enum Wiring {
    Auto,
    Plain,
    /// As with TLS: the Hub cannot take the socket itself.
    Wrapped,
}

pub fn options() -> Options {
    Options {
        shards: 2,
        viewer_interval: Duration::from_millis(5),
        farewell: Duration::from_millis(200),
        ..Options::default()
    }
}

impl House {
    pub async fn open() -> Self {
        Self::with(options(), Wiring::Auto).await
    }

    pub async fn with(options: Options, wiring: Wiring) -> Self {
        let shutdown = Shutdown::new();
        let hub = Hub::start(options, &shutdown);
        let room = Room::new();
        *room.hub.lock() = Some(Arc::clone(&hub));
        hub.register("t", room.clone());
        let badge = Arc::new(Badge::default());
        let (ws_hub, ws_badge) = (Arc::clone(&hub), Arc::clone(&badge));
        let live = move |request: Request| {
            let (hub, badge) = (Arc::clone(&ws_hub), Arc::clone(&ws_badge));
            let editor = Arc::new(Badge(Mutex::new(Some(Role::Editor))));
            let badge = if request.uri().query() == Some("editor") { editor } else { badge };
            async move { regie_live::websocket(hub, request, badge, std::net::Ipv4Addr::LOCALHOST.into()) }
        };
        let (sse_hub, sse_badge) = (Arc::clone(&hub), Arc::clone(&badge));
        let stream = move |request: Request| {
            let (hub, badge) = (Arc::clone(&sse_hub), Arc::clone(&sse_badge));
            async move {
                let name = request.uri().query().unwrap_or_default().to_owned();
                let last = request.headers().get("last-event-id").map(|v| v.to_str().unwrap().to_owned());
                let want = Want { form: Form::State, surface: None, slot: None, locale: None };
                regie_live::sse(hub, topic(&name), want, last, badge).await
            }
        };
        let router = Router::new().route("/live", get(live)).route("/stream", get(stream));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(socket, router.clone(), wiring));
            }
        });
        Self { hub, room, badge, shutdown, address }
    }

    /// A link with the house's badge.
    pub async fn connect(&self) -> Client {
        self.connect_to("/live").await
    }

    /// A link that may edit whatever happens to the badge.
    pub async fn connect_editor(&self) -> Client {
        self.connect_to("/live?editor").await
    }

    async fn connect_to(&self, path: &str) -> Client {
        let request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        Client(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }

    /// A socket after the handshake, with `more` sent in the same segment as the request.
    pub async fn raw(&self, more: &[u8]) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "GET /live HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.address
        );
        socket.write_all(&[request.as_bytes(), more].concat()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 101"), "{head}");
        assert!(head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
        socket
    }

    pub async fn close(self) {
        assert!(self.shutdown.drain(Duration::from_secs(10)).await, "the hub did not end");
    }
}

async fn serve(socket: TcpStream, router: Router, wiring: Wiring) {
    let service = TowerToHyperService::new(router);
    let builder = auto::Builder::new(TokioExecutor::new());
    let served: BoxFuture<'static, ()> = match wiring {
        Wiring::Auto => Box::pin(async move {
            let _ = builder.serve_connection_with_upgrades(TokioIo::new(socket), service).await;
        }),
        Wiring::Plain => Box::pin(async move {
            let http = hyper::server::conn::http1::Builder::new();
            let _ = http.serve_connection(TokioIo::new(socket), service).with_upgrades().await;
        }),
        Wiring::Wrapped => Box::pin(async move {
            let socket = tokio::io::BufStream::new(socket);
            let _ = builder.serve_connection_with_upgrades(TokioIo::new(socket), service).await;
        }),
    };
    served.await;
}

pub struct Client(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    pub async fn say(&mut self, value: Value) {
        self.text(&value.to_string()).await;
    }

    pub async fn text(&mut self, text: &str) {
        futures::SinkExt::send(&mut self.0, Message::text(text)).await.unwrap();
    }

    pub async fn message(&mut self) -> Option<Message> {
        let next = futures::StreamExt::next(&mut self.0);
        timeout(Duration::from_secs(20), next).await.expect("nothing came").and_then(Result::ok)
    }

    /// The next frame, beats left out.
    pub async fn hear(&mut self) -> Value {
        loop {
            match self.message().await {
                Some(Message::Text(text)) => {
                    let value: Value = serde_json::from_str(&text).unwrap();
                    if value.get("beat").is_none() {
                        return value;
                    }
                }
                other => panic!("expected a frame, got {other:?}"),
            }
        }
    }

    /// Reads until `wanted` is true of a frame.
    pub async fn hear_until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.hear().await;
            if wanted(&frame) {
                return frame;
            }
        }
    }

    pub async fn closed(&mut self) -> Option<CloseFrame> {
        loop {
            match self.message().await {
                Some(Message::Close(frame)) => return frame,
                Some(_) => {}
                None => return None,
            }
        }
    }

    pub async fn watch(&mut self, name: &str) -> Value {
        self.say(json!({"subscribe": [{"topic": name, "as": "state"}]})).await;
        self.hear_until(|frame| frame["topic"] == name).await
    }
}

pub fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        n @ 0..=125 => frame.push(0x80 | n as u8),
        n => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(n).unwrap().to_be_bytes());
        }
    }
    let key = [7, 1, 9, 2];
    frame.extend(key);
    frame.extend(payload.iter().enumerate().map(|(i, byte)| byte ^ key[i % 4]));
    frame
}

/// A server frame: opcode and payload; `None` at the end of the stream.
pub async fn frame(socket: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let read = async {
        let first = socket.read_u8().await.ok()?;
        let length = match socket.read_u8().await.ok()? {
            126 => usize::from(socket.read_u16().await.ok()?),
            127 => usize::try_from(socket.read_u64().await.ok()?).unwrap(),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        socket.read_exact(&mut payload).await.ok()?;
        Some((first & 0x0f, payload))
    };
    timeout(Duration::from_secs(20), read).await.expect("nothing came")
}

/// Waits for what other threads bring about.
pub async fn until(what: &str, done: impl Fn() -> bool) {
    let mut looks = tokio::time::interval(Duration::from_millis(2));
    let wait = async {
        while !done() {
            looks.tick().await;
        }
    };
    timeout(Duration::from_secs(20), wait).await.unwrap_or_else(|_| panic!("never: {what}"));
}

//! The connection to the broker, over MQTT 5 or, where the broker refuses that, 3.1.1.
//!
//! Every connection has an event loop of its own: what was on its way when the former one broke is dropped, neither published nor
//! acknowledged again (packet ids would be another connection's). Nothing is lost by it, as what must stand on the broker follows from
//! the model, and what was not acknowledged the broker sends again.

mod outage;
mod v4;
mod v5;

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::Remote;
pub use outage::Outage;

/// Requests that wait in the client for the broker's window; more wait in the lane.
const REQUESTS: usize = 4096;
/// Above the largest payload that is a message at all (1 MiB), so that none tears the connection. A broker of MQTT 5 keeps back what is larger.
const MAX_PACKET: u32 = 2 << 20;
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How long the broker keeps what was said while this host was away.
const SESSION_EXPIRY_S: u32 = 3600;
/// Unacknowledged messages at a time, of those that come and of those that go.
const WINDOW: u16 = 1000;
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_MOST: Duration = Duration::from_secs(2);

/// As whom to connect.
#[derive(Debug, Clone)]
pub struct Role {
    pub client_id: String,
    /// The broker keeps what is said while this host is away.
    pub persistent: bool,
    /// Topic whose retained message the broker empties when the connection is lost.
    pub will: Option<String>,
}

pub enum Event {
    Up {
        link: Link,
        protocol: &'static str,
        /// The broker kept what was said meanwhile.
        resumed: bool,
    },
    Message(Message),
    /// The broker's rules forbid something; for people.
    Forbidden(String),
    Down(Outage),
}

pub struct Message {
    pub topic: String,
    pub payload: Bytes,
    /// It stood there when it was subscribed to, and was not said now.
    pub retain: bool,
    pub at: Instant,
    /// `None`: it was sent at most once.
    pub ack: Option<Ack>,
}

/// The packet id of a message; good for the connection that it came on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ack(u16);

/// A message to be published, at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Out {
    pub topic: String,
    /// Empty with `retain`: nothing stands there any more.
    pub payload: Bytes,
    pub retain: bool,
    /// Vanishes by itself after this many seconds, where the broker can do that.
    pub expiry_s: Option<u32>,
}

impl Out {
    pub fn empty(topic: String) -> Self {
        Self { topic, payload: Bytes::new(), retain: true, expiry_s: None }
    }
}

/// One connection. None of its calls wait: `false` says that its queue is full, or that it is broken.
#[derive(Clone)]
pub enum Link {
    V5(rumqttc::v5::AsyncClient),
    V4(rumqttc::AsyncClient),
}

impl Link {
    pub fn publish(&self, out: &Out) -> bool {
        match self {
            Self::V5(client) => v5::publish(client, out),
            Self::V4(client) => v4::publish(client, out),
        }
    }

    pub fn ack(&self, ack: Ack) -> bool {
        match self {
            Self::V5(client) => v5::ack(client, ack),
            Self::V4(client) => v4::ack(client, ack),
        }
    }

    pub fn subscribe(&self, filters: &[&str]) -> bool {
        match self {
            Self::V5(client) => v5::subscribe(client, filters),
            Self::V4(client) => v4::subscribe(client, filters),
        }
    }

    /// Orderly: the will is not published.
    pub fn disconnect(&self) -> bool {
        match self {
            Self::V5(client) => client.try_disconnect().is_ok(),
            Self::V4(client) => client.try_disconnect().is_ok(),
        }
    }
}

/// Connects, again and again, until `stop`; `events` is told. Waits with reading while `events` is full.
pub async fn run(remote: Remote, role: Role, events: mpsc::Sender<Event>, stop: CancellationToken) {
    let (mut older, mut refusals, mut pause) = (false, 0, RETRY_FIRST);
    loop {
        let connection = async {
            if older {
                v4::connection(&remote, &role, &events).await
            } else {
                v5::connection(&remote, &role, &events).await
            }
        };
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = connection => ended,
        };
        if ended.was_up {
            (refusals, pause) = (0, RETRY_FIRST);
        } else if ended.outage.protocol_refused {
            // Some brokers say that they do not speak it, some only hang up, which one that is just stopping does, too.
            refusals += if ended.outage.said_so { 2 } else { 1 };
            if refusals >= 2 {
                (older, refusals) = (!older, 0);
            }
        }
        if events.send(Event::Down(ended.outage)).await.is_err() {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(RETRY_MOST),
        }
    }
}

/// How a connection ended.
struct Ended {
    was_up: bool,
    outage: Outage,
}

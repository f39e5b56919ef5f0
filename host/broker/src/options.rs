//! What a broker is told, and where its bounds are.

use std::time::Duration;

/// Every bound holds at every moment; what happens at each is said there.
#[derive(Clone, Debug)]
pub struct Options {
    /// `host:port`; port 0 takes a free one.
    pub listen: String,
    /// The name and the password that every client must give; none lets everybody in.
    pub credentials: Option<(String, String)>,
    /// Bytes of one packet; the connection of a larger one is closed.
    pub max_packet: usize,
    /// One more is closed at once.
    pub max_connections: usize,
    /// Of connections and of clients that are away; one more is refused (server busy).
    pub max_sessions: usize,
    /// Filters of one session; one more is refused in SUBACK.
    pub max_subscriptions: usize,
    /// Messages that are on their way to one client without its acknowledgement.
    pub max_inflight: u16,
    /// Messages that wait for one client. One more is dropped, as mosquitto does, and counted.
    pub max_queued: usize,
    /// Bytes of the messages that wait for one client; shared payloads count for each.
    pub max_queued_bytes: usize,
    /// The same of all clients together.
    pub max_queued_bytes_of_all: usize,
    /// Bytes that wait to be written to one connection before its messages wait in its queue.
    pub max_unwritten: usize,
    /// Topics with a retained message. One more is delivered and not kept.
    pub max_retained: usize,
    pub max_retained_bytes: usize,
    /// How long a connection may take to say CONNECT.
    pub hello_within: Duration,
    /// How long a session may outlive its connection; what 3.1.1 clients get, and the most that MQTT 5 ones may ask for.
    pub session_expiry: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:1883".into(),
            credentials: None,
            max_packet: 2 << 20,
            max_connections: 4_096,
            max_sessions: 8_192,
            max_subscriptions: 4_096,
            max_inflight: 100,
            max_queued: 50_000,
            max_queued_bytes: 64 << 20,
            max_queued_bytes_of_all: 256 << 20,
            max_unwritten: 1 << 20,
            max_retained: 20_000,
            max_retained_bytes: 256 << 20,
            hello_within: Duration::from_secs(10),
            session_expiry: Duration::from_secs(24 * 3_600),
        }
    }
}

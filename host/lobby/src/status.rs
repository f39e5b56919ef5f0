//! How the lobby is: its broker, whether this host arbitrates, and its numbers.

use serde::Serialize;

use crate::Stats;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub broker: BrokerStatus,
    pub arbiter: ArbiterStatus,
    pub stats: Stats,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokerStatus {
    pub kind: BrokerKind,
    /// `mqtt://127.0.0.1:1883`, without name and password. `None` while the embedded broker does not listen, and where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub state: LinkState,
    /// Since when, milliseconds since 1970.
    pub since_ms: i64,
    /// `5` or `3.1.1`, of the last connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<&'static str>,
    /// Why it is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What would help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BrokerKind {
    Embedded,
    External,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// For the first time, or looking whether another host arbitrates.
    Connecting,
    Connected,
    /// Tried again until it is there. What is asked over HTTP is done meanwhile, and told the peers on return.
    Away,
    /// Another host arbitrates on this broker.
    Standby,
    Off,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArbiterStatus {
    /// This host's id on the broker.
    pub host: String,
    /// Rises whenever this host becomes the arbiter.
    pub epoch: u64,
    pub active: bool,
    /// The host that arbitrates in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

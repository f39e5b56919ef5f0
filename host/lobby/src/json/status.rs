//! How the room is: its broker, who arbitrates, and its numbers.

use regie_core::{Actor, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{BrokerKind, BrokerStatus, LinkState, Lobby, Stats, Status};

#[derive(Debug, Serialize, ToSchema)]
pub struct LobbyStatus {
    /// What you are called among the members of sessions.
    pub instance_id: String,
    pub broker: LobbyBroker,
    pub arbiter: LobbyArbiter,
    /// Counts since the server's start.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    pub stats: Stats,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LobbyBroker {
    pub kind: LobbyBrokerKind,
    pub state: LobbyLink,
    /// Where games connect, without name and password: `mqtt://127.0.0.1:1883`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub address: Option<String>,
    /// RFC 3339: since when its state is this.
    pub since: String,
    /// MQTT's version on the last connection: `5` or `3.1.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>)]
    pub protocol: Option<&'static str>,
    /// Why it is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<String>,
    /// What would help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LobbyBrokerKind {
    /// In the server's own process.
    Embedded,
    External,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LobbyLink {
    Connecting,
    Connected,
    /// Tried again until it is there; what is asked here is done meanwhile, and games are told when it returns.
    Away,
    /// Another host arbitrates on this broker.
    Standby,
    Off,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LobbyArbiter {
    /// This host's id on the broker.
    pub host: String,
    /// Rises whenever this host begins to arbitrate.
    pub epoch: u64,
    pub active: bool,
    /// The host that arbitrates in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub other: Option<String>,
}

impl LobbyStatus {
    pub fn new(status: Status, who: &Actor) -> Self {
        Self {
            instance_id: Lobby::instance_of(&who.id),
            broker: LobbyBroker::new(status.broker),
            arbiter: LobbyArbiter {
                host: status.arbiter.host,
                epoch: status.arbiter.epoch,
                active: status.arbiter.active,
                other: status.arbiter.other,
            },
            stats: status.stats,
        }
    }
}

impl LobbyBroker {
    pub fn new(broker: BrokerStatus) -> Self {
        Self {
            kind: match broker.kind {
                BrokerKind::Embedded => LobbyBrokerKind::Embedded,
                BrokerKind::External => LobbyBrokerKind::External,
                BrokerKind::Off => LobbyBrokerKind::Off,
            },
            state: match broker.state {
                LinkState::Connecting => LobbyLink::Connecting,
                LinkState::Connected => LobbyLink::Connected,
                LinkState::Away => LobbyLink::Away,
                LinkState::Standby => LobbyLink::Standby,
                LinkState::Off => LobbyLink::Off,
            },
            address: broker.address,
            since: rfc3339(broker.since_ms),
            protocol: broker.protocol,
            error: broker.error,
            hint: broker.hint,
        }
    }
}

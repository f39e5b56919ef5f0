//! Why the broker is away, in words for an operator.

use std::io::ErrorKind;

use rumqttc::{ConnectReturnCode as Code4, ConnectionError as Error4, v5};
use v5::{ConnectionError as Error5, StateError, mqttbytes::v5::ConnectReturnCode as Code5};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    pub error: String,
    pub hint: Option<&'static str>,
    /// The broker may not speak this version of MQTT.
    pub(super) protocol_refused: bool,
    /// … and said so.
    pub(super) said_so: bool,
}

const CREDENTIALS: &str = "check name and password in lobby.broker, or lobby.user and lobby.password";
const ADDRESS: &str = "check lobby.broker, and that the broker runs";
const CERTIFICATE: &str =
    "name the broker as its certificate does, and give its authority with lobby.ca_file";
const COPY: &str = "does another server run on a copy of this data directory?";

impl Outage {
    fn new(error: impl Into<String>, hint: Option<&'static str>) -> Self {
        Self { error: error.into(), hint, protocol_refused: false, said_so: false }
    }

    pub fn stopped() -> Self {
        Self::new("the server is stopping", None)
    }

    pub fn of_v5(error: &Error5) -> Self {
        match error {
            Error5::Io(error) => io(error),
            Error5::Tls(error) => tls(error),
            Error5::Timeout(_) => Self::new("the broker does not answer", Some(ADDRESS)),
            Error5::ConnectionRefused(code) => match code {
                Code5::BadUserNamePassword | Code5::NotAuthorized => refused(),
                Code5::RefusedProtocolVersion | Code5::UnsupportedProtocolVersion => older(true),
                other => Self::new(format!("the broker refuses the connection: {other:?}"), None),
            },
            Error5::NotConnAck(_) => older(false),
            Error5::MqttState(StateError::ServerDisconnect { reason_code, .. }) => {
                let hint = format!("{reason_code:?}").contains("TakenOver").then_some(COPY);
                Self::new(format!("the broker ended the connection: {reason_code:?}"), hint)
            }
            Error5::MqttState(StateError::ConnectionAborted) => older(false),
            Error5::MqttState(StateError::Deserialization(_)) => older(false),
            other => Self::new(other.to_string(), None),
        }
    }

    pub fn of_v4(error: &Error4) -> Self {
        match error {
            Error4::Io(error) => io(error),
            Error4::Tls(error) => tls(error),
            Error4::NetworkTimeout | Error4::FlushTimeout => {
                Self::new("the broker does not answer", Some(ADDRESS))
            }
            Error4::ConnectionRefused(code) => match code {
                Code4::BadUserNamePassword | Code4::NotAuthorized => refused(),
                Code4::RefusedProtocolVersion => older(true),
                other => Self::new(format!("the broker refuses the connection: {other:?}"), None),
            },
            Error4::NotConnAck(_) | Error4::MqttState(_) => older(false),
            other => Self::new(other.to_string(), None),
        }
    }
}

fn io(error: &std::io::Error) -> Outage {
    match error.kind() {
        ErrorKind::ConnectionRefused => Outage::new("nothing listens there", Some(ADDRESS)),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::UnexpectedEof
        | ErrorKind::BrokenPipe => older(false),
        _ => Outage::new(error.to_string(), Some(ADDRESS)),
    }
}

fn tls(error: &rumqttc::TlsError) -> Outage {
    Outage::new(format!("no secure connection: {error}"), Some(CERTIFICATE))
}

fn refused() -> Outage {
    Outage::new("the broker refuses the name or the password", Some(CREDENTIALS))
}

fn older(said_so: bool) -> Outage {
    let error = if said_so {
        "the broker does not speak this version of MQTT"
    } else {
        "the broker closed the connection"
    };
    Outage { protocol_refused: true, said_so, ..Outage::new(error, None) }
}

//! Which broker, and who is speaking.

use std::{path::PathBuf, time::Duration};

use rumqttc::{NetworkOptions, TlsConfiguration, Transport, v5};
use url::Url;

use super::error::ConnectError;

/// Seconds without traffic after which the library asks the broker whether it is there; the broker gives a peer up at one and a half of it.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Seconds that an MQTT 5 broker keeps a connection's place after it broke. More than the will waits, else the will is sent at once.
const KEPT_S: u32 = 10;
/// Seconds that an MQTT 5 broker waits with a will, in which a peer may connect again.
const WILL_DELAY_S: u32 = 5;
/// Bytes of the largest message that is taken.
const LARGEST: u32 = 2 * 1024 * 1024;
/// Messages that wait for the broker's acknowledgement. The library sets so many places aside, a connection.
const INFLIGHT: u16 = 64;
/// Messages that wait to be sent; who publishes beyond it has lost the broker.
const QUEUE: usize = 256;

/// What [`Lobby::connect`](super::Lobby::connect) needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// `mqtt://[user:password@]host[:1883]`, or `mqtts://…[:8883]` over TLS.
    pub url: String,
    /// This peer's id in `connected_instances`: 1 to 128 characters without `/`, `+`, `#`. The same at each start, and no other peer's.
    pub client_id: String,
    /// Rises with each start of the peer, so that the last will of an earlier one says nothing about this one. `None`: milliseconds since 1970.
    pub incarnation: Option<u64>,
    /// PEM file with the certificate that signed the broker's, where the system does not know it.
    pub ca_file: Option<PathBuf>,
    pub protocol: Protocol,
}

/// Of MQTT.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// 5, and where the broker does not speak it 3.1.1.
    #[default]
    Best,
    V5,
    /// A will is sent at once: each break of the connection shortly takes the peer out of the session.
    V311,
}

impl Options {
    pub fn new(url: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            client_id: client_id.into(),
            incarnation: None,
            ca_file: None,
            protocol: Protocol::Best,
        }
    }
}

/// The broker of [`Options`], looked at.
#[derive(Clone)]
pub struct Broker {
    host: String,
    port: u16,
    login: Option<(String, String)>,
    transport: Transport,
}

/// A last will: topic and payload.
pub type Testament = (String, Vec<u8>);

impl Broker {
    pub fn of(options: &Options) -> Result<Self, ConnectError> {
        let bad = || ConnectError::Address(shown(&options.url));
        let url = Url::parse(&options.url).map_err(|_| bad())?;
        let tls = match url.scheme() {
            "mqtt" => false,
            "mqtts" => true,
            _ => return Err(bad()),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(bad)?.to_owned();
        let transport = match (&options.ca_file, tls) {
            (_, false) => Transport::Tcp,
            (None, true) => Transport::Tls(TlsConfiguration::Native),
            (Some(file), true) => {
                let ca = std::fs::read(file).map_err(|error| ConnectError::Ca(file.clone(), error))?;
                Transport::Tls(TlsConfiguration::SimpleNative { ca, client_auth: None })
            }
        };
        let login = (!url.username().is_empty())
            .then(|| (plain(url.username()), plain(url.password().unwrap_or_default())));
        let port = url.port().unwrap_or(if tls { 8883 } else { 1883 });
        Ok(Self { host, port, login, transport })
    }

    pub fn v5(&self, client_id: &str, will: Option<Testament>) -> (v5::AsyncClient, v5::EventLoop) {
        let mut options = v5::MqttOptions::new(client_id, &self.host, self.port);
        options.set_keep_alive(KEEP_ALIVE).set_transport(self.transport.clone());
        options.set_network_options(network()).set_outgoing_inflight_upper_limit(INFLIGHT);
        options.set_max_packet_size(Some(LARGEST)).set_session_expiry_interval(Some(KEPT_S));
        if let Some((user, password)) = &self.login {
            options.set_credentials(user, password);
        }
        if let Some((topic, payload)) = will {
            let waits = v5::mqttbytes::v5::LastWillProperties {
                delay_interval: Some(WILL_DELAY_S),
                payload_format_indicator: None,
                message_expiry_interval: None,
                content_type: None,
                response_topic: None,
                correlation_data: None,
                user_properties: Vec::new(),
            };
            let qos = v5::mqttbytes::QoS::AtLeastOnce;
            options.set_last_will(v5::mqttbytes::v5::LastWill::new(topic, payload, qos, false, Some(waits)));
        }
        v5::AsyncClient::new(options, QUEUE)
    }

    pub fn v311(
        &self,
        client_id: &str,
        will: Option<Testament>,
    ) -> (rumqttc::AsyncClient, rumqttc::EventLoop) {
        let mut options = rumqttc::MqttOptions::new(client_id, &self.host, self.port);
        options.set_keep_alive(KEEP_ALIVE).set_transport(self.transport.clone()).set_inflight(INFLIGHT);
        options.set_max_packet_size(LARGEST as usize, LARGEST as usize);
        if let Some((user, password)) = &self.login {
            options.set_credentials(user, password);
        }
        if let Some((topic, payload)) = will {
            let qos = rumqttc::QoS::AtLeastOnce;
            options.set_last_will(rumqttc::LastWill::new(topic, payload, qos, false));
        }
        let (client, mut events) = rumqttc::AsyncClient::new(options, QUEUE);
        events.set_network_options(network());
        (client, events)
    }
}

/// As in a topic, one level of it.
pub fn check_client_id(id: &str) -> Result<(), ConnectError> {
    let bad = id.is_empty()
        || id.chars().count() > 128
        || id.chars().any(|c| matches!(c, '/' | '+' | '#') || c.is_control());
    if bad { Err(ConnectError::ClientId(id.to_owned())) } else { Ok(()) }
}

fn network() -> NetworkOptions {
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    network
}

/// `%40` → `@`
fn plain(text: &str) -> String {
    // A form's rules make a space of a plus, which an address does not.
    let pair = format!("={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

/// Without the password, which may stand in logs else.
fn shown(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_its_defaults_and_its_login() {
        let check = |url: &str, host: &str, port: u16, login: Option<(&str, &str)>| {
            let broker = Broker::of(&Options::new(url, "ada")).unwrap_or_else(|e| panic!("{url}: {e}"));
            assert_eq!((broker.host.as_str(), broker.port), (host, port), "{url}");
            assert_eq!(broker.login, login.map(|(u, p)| (u.into(), p.into())), "{url}");
        };
        check("mqtt://localhost", "localhost", 1883, None);
        check("mqtts://broker.example", "broker.example", 8883, None);
        check("mqtt://ada:p%40ss+w@10.0.0.1:99", "10.0.0.1", 99, Some(("ada", "p@ss+w")));
    }

    #[test]
    fn an_address_that_is_none_is_told_without_its_password() {
        let told = |url: &str| Broker::of(&Options::new(url, "ada")).err().map(|e| e.to_string());
        for bad in ["localhost:1883", "http://localhost", "mqtt://", ""] {
            assert!(told(bad).is_some_and(|text| text.contains("mqtt://host:port")), "{bad}");
        }
        assert!(told("http://ada:secret@there").is_some_and(|text| !text.contains("secret")));
    }

    #[test]
    fn a_client_id_is_one_level_of_a_topic() {
        for good in ["ada", "machine 7", "a.b:c@d"] {
            assert!(check_client_id(good).is_ok(), "{good}");
        }
        for bad in ["", "a/b", "+", "a#", "a\n"] {
            assert!(check_client_id(bad).is_err(), "{bad:?}");
        }
    }
}

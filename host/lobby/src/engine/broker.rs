//! The embedded broker, started when lobbies have no other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use regie_core::Shutdown;

use crate::{Credentials, Remote};

/// It listens, until the server stops.
pub struct Running {
    /// How it is reached from here.
    pub remote: Remote,
    /// Where it listens, for people: `mqtt://127.0.0.1:1883`.
    pub shown: String,
}

/// It does not; in words for an operator.
pub struct Fault {
    pub error: String,
    pub hint: &'static str,
}

pub async fn listen(
    listen: &str,
    credentials: Option<&Credentials>,
    shutdown: &Shutdown,
) -> Result<Running, Fault> {
    let options = regie_broker::Options {
        listen: listen.to_owned(),
        credentials: credentials.map(|known| (known.user.clone(), known.password.clone())),
        ..regie_broker::Options::default()
    };
    let stop = shutdown.token().cancelled_owned();
    let broker = regie_broker::serve(options, stop).await.map_err(|error| Fault {
        error: error.message,
        hint: "set lobby.listen to another address, or lobby.broker to the broker that listens there",
    })?;
    let address = broker.address();
    shutdown.spawn(broker.ended());
    let remote = Remote {
        host: host(address.ip()),
        port: address.port(),
        tls: false,
        credentials: credentials.cloned(),
        ca: None,
    };
    Ok(Running { remote, shown: format!("mqtt://{address}") })
}

/// One that listens everywhere is reached here by the loopback.
fn host(ip: IpAddr) -> String {
    let ip = match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    };
    let text = SocketAddr::new(ip, 0).to_string();
    text.strip_suffix(":0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_that_listens_everywhere_is_reached_by_the_loopback() {
        for (ip, expected) in
            [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("10.0.0.7", "10.0.0.7")]
        {
            assert_eq!(host(ip.parse().unwrap()), expected, "{ip}");
        }
    }
}

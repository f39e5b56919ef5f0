//! Which address a request came from, behind proxies that the operator named.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;
use regie_core::{Error, Result};

/// `server.trusted_proxies`: addresses (`10.0.0.1`) and networks (`10.0.0.0/8`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    pub fn parse<S: AsRef<str>>(entries: &[S]) -> Result<Self> {
        let parse = |entry: &S| {
            let text = entry.as_ref().trim();
            text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
                Error::bad_request(format!("`{text}` is neither an address nor a network"))
                    .path("server.trusted_proxies")
                    .hint("as in 127.0.0.1 or 10.0.0.0/8")
            })
        };
        entries.iter().map(parse).collect::<Result<_>>().map(Self)
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The nearest address that is not a trusted proxy: `peer` itself, else `X-Forwarded-For` read from its end. What stands
/// before an untrusted (or unreadable) entry was written by whoever stands there, and is not believed.
pub fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &Proxies) -> IpAddr {
    let mut nearest = peer.to_canonical();
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().map(|v| v.to_str().unwrap_or("?")).collect();
    let mut hops = lines.iter().flat_map(|line| line.split(',')).rev();
    while trusted.contain(nearest) {
        let Some(address) = hops.next().and_then(address) else { break };
        nearest = address.to_canonical();
    }
    nearest
}

/// Some proxies write a port, too.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|a| a.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_proxies_are_believed() {
        let trusted = Proxies::parse(&["127.0.0.1", "10.0.0.0/8", "fd00::/8"]).unwrap();
        for (peer, forwarded, expected) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["6.6.6.6, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            ("127.0.0.1", &["6.6.6.6", "198.51.100.1", "10.1.2.3"], "198.51.100.1"),
            ("127.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("fd00::1", &["[2001:db8::1]:443"], "2001:db8::1"),
            ("127.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("127.0.0.1", &["198.51.100.1, nonsense"], "127.0.0.1"),
            ("127.0.0.1", &["nonsense, 10.0.0.7"], "10.0.0.7"),
            ("127.0.0.1", &["10.0.0.6, 10.0.0.7"], "10.0.0.6"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let found = client_ip(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
        assert!(Proxies::parse(&["10.0.0.0/33"]).is_err());
    }
}

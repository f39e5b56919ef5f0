//! Host names and ports, as `Host`, `Origin` and `server.public_url` carry them, and the check against DNS rebinding: a
//! page of another site whose name was pointed at this server has that name in `Host`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regie_core::{Error, ErrorKind, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    Ip(IpAddr),
    /// Lower case, without a trailing dot.
    Dns(String),
}

/// `name[:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authority {
    pub name: Name,
    pub port: Option<u16>,
}

impl Authority {
    pub fn parse(text: &str) -> Option<Self> {
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (literal, port) = rest.split_once(']')?;
                (
                    Name::Ip(literal.parse::<Ipv6Addr>().ok()?.into()),
                    port.strip_prefix(':').or(port.is_empty().then_some(""))?,
                )
            }
            None => {
                let (name, port) = text.split_once(':').unwrap_or((text, ""));
                (dns_or_ipv4(name)?, port)
            }
        };
        let digits = port.bytes().all(|b| b.is_ascii_digit());
        let port = if port.is_empty() { None } else { Some(port.parse().ok().filter(|_| digits)?) };
        Some(Self { name, port })
    }

    /// The port meant, where `scheme_default` is the one of the scheme in use.
    pub fn port_or(&self, scheme_default: u16) -> u16 {
        self.port.unwrap_or(scheme_default)
    }
}

fn dns_or_ipv4(text: &str) -> Option<Name> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some(Name::Ip(address.into()));
    }
    let token =
        |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (text.len() <= 253 && text.split('.').all(token)).then(|| Name::Dns(text.to_ascii_lowercase()))
}

pub(crate) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// `server.public_url`, as far as requests are checked against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    pub(crate) https: bool,
    pub(crate) authority: Authority,
}

impl PublicUrl {
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::bad_request(format!("`{text}` is not an address of a server"))
                .path("server.public_url")
                .hint("as in https://regie.example")
        };
        let (scheme, rest) = text.trim().split_once("://").ok_or_else(wrong)?;
        let scheme = scheme.to_ascii_lowercase();
        default_port(&scheme).ok_or_else(wrong)?;
        let authority = rest.split(['/', '?', '#']).next().and_then(Authority::parse).ok_or_else(wrong)?;
        Ok(Self { https: scheme == "https", authority })
    }

    fn matches(&self, host: &Authority) -> bool {
        let port = if self.https { 443 } else { 80 };
        self.authority.name == host.name && self.authority.port_or(port) == host.port_or(port)
    }
}

/// `Ok` where `host` (a `Host` header's value) is an IP literal, `localhost`, or what `public_url` names; else 421.
pub fn check_host(host: &str, public_url: Option<&PublicUrl>) -> Result<()> {
    let known = Authority::parse(host).is_some_and(|host| {
        let literal = match &host.name {
            Name::Ip(_) => true,
            Name::Dns(name) => name == "localhost",
        };
        literal || public_url.is_some_and(|url| url.matches(&host))
    });
    if known {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Misdirected, "this server does not go by that name")
        .path("Host")
        .hint("use its IP address, localhost, or the address in server.public_url"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_an_ip_literal_localhost_or_the_public_name() {
        let url = PublicUrl::parse("https://Regie.Example/").unwrap();
        for (host, known) in [
            ("127.0.0.1", true),
            ("127.0.0.1:4400", true),
            ("192.168.1.20:80", true),
            ("[::1]", true),
            ("[::1]:4400", true),
            ("[fe80::1]:65535", true),
            ("localhost", true),
            ("LOCALHOST:4400", true),
            ("localhost.", true),
            ("localhost:", true),
            ("regie.example", true),
            ("REGIE.example.", true),
            ("regie.example:443", true),
            ("regie.example:80", false),
            ("regie.example:8443", false),
            ("evil.example", false),
            ("regie.example.evil.example", false),
            ("evil-regie.example", false),
            ("a.localhost", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("127.1", false),
            ("0x7f000001", false),
            ("2130706433", false),
            ("::1", false),
            ("[::1", false),
            ("[::1]x", false),
            ("[127.0.0.1]", false),
            ("[fe80::1%25eth0]", false),
            ("localhost:65536", false),
            ("localhost:+80", false),
            ("localhost:80:80", false),
            ("user@localhost", false),
            ("localhost@evil.example", false),
            ("localhost/", false),
            ("localhost localhost", false),
            ("localhost,evil.example", false),
            ("localhost..", false),
            ("", false),
            (".", false),
            (":80", false),
            ("lócalhost", false),
        ] {
            let answer = check_host(host, Some(&url));
            assert_eq!(answer.is_ok(), known, "{host}");
            if let Err(error) = answer {
                assert_eq!(error.kind, ErrorKind::Misdirected, "{host}");
            }
        }
        assert!(check_host("regie.example", None).is_err());
    }

    #[test]
    fn a_public_url_may_have_a_port_and_an_ip() {
        for (url, host, known) in [
            ("http://stream.lan:4400", "stream.lan:4400", true),
            ("http://stream.lan:4400", "stream.lan", false),
            ("http://stream.lan", "stream.lan:80", true),
            ("HTTPS://stream.lan:443/path?x", "stream.lan", true),
        ] {
            assert_eq!(
                check_host(host, Some(&PublicUrl::parse(url).unwrap())).is_ok(),
                known,
                "{url} {host}"
            );
        }
        for bad in ["", "regie.example", "ftp://regie.example", "https://", "https://a b", "https://u@h"] {
            assert_eq!(
                PublicUrl::parse(bad).unwrap_err().path.as_deref(),
                Some("server.public_url"),
                "{bad}"
            );
        }
    }
}

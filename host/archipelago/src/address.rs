//! Where a room is.

use http::{Uri, uri::Scheme as UriScheme};
use regie_core::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Ws,
    Wss,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// `None`: try both.
    pub scheme: Option<Scheme>,
    /// `host:port`, an IPv6 address in brackets.
    pub authority: String,
}

/// The port of a room that names none.
const PORT: u16 = 38281;
const MAX_ADDRESS: usize = 255;

impl Address {
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let refuse = |why: &str| {
            Error::bad_request(format!("this is not a room's address: {why}"))
                .path("address")
                .hint("host:port as the room's page shows it, or ws://host:port, or wss://host:port")
        };
        if text.is_empty() || text.len() > MAX_ADDRESS {
            return Err(refuse("it is empty or too long"));
        }
        let has_scheme = text.contains("://");
        let full = if has_scheme { text.to_owned() } else { format!("ws://{text}") };
        let uri: Uri = full.parse().map_err(|_| refuse("it cannot be read"))?;
        let scheme = match uri.scheme().map(UriScheme::as_str) {
            Some("ws") => Scheme::Ws,
            Some("wss") => Scheme::Wss,
            Some("http" | "https") => return Err(refuse("it is that of a web page")),
            _ => return Err(refuse("it has an unknown scheme")),
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(refuse("nothing comes after the port"));
        }
        let authority = uri.authority().ok_or_else(|| refuse("it has no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("slot and password have fields of their own"));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(refuse("it has no host"));
        }
        let port = match authority.port() {
            Some(port) => port.as_str().parse().ok().filter(|port| *port > 0),
            // `host:` has an authority without a port, too.
            None if authority.as_str() == host => Some(PORT),
            None => None,
        };
        let port: u16 = port.ok_or_else(|| refuse("its port is not one"))?;
        Ok(Self { scheme: has_scheme.then_some(scheme), authority: format!("{host}:{port}") })
    }

    pub fn url(&self, scheme: Scheme) -> String {
        let scheme = match scheme {
            Scheme::Ws => "ws",
            Scheme::Wss => "wss",
        };
        format!("{scheme}://{}/", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_with_or_without_scheme_and_port() {
        for (text, scheme, authority) in [
            ("room.example:50123", None, "room.example:50123"),
            (" room.example ", None, "room.example:38281"),
            ("localhost:1/", None, "localhost:1"),
            ("ws://room.example", Some(Scheme::Ws), "room.example:38281"),
            ("wss://room.example:443", Some(Scheme::Wss), "room.example:443"),
            ("[::1]:38281", None, "[::1]:38281"),
            ("127.0.0.1:38281", None, "127.0.0.1:38281"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.scheme, address.authority.as_str()), (scheme, authority), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_right_form() {
        for text in [
            "",
            ":38281",
            "https://room.example/room/x",
            "ftp://room.example",
            "room.example:0",
            "room.example:99999",
            "room.example:",
            "room.example:port",
            "room.example:1/path",
            "wss://slot:word@room.example:1",
            "two words",
            "room.example:1?x",
            &"x".repeat(256),
        ] {
            let error = Address::parse(text).unwrap_err();
            assert_eq!(error.path.as_deref(), Some("address"), "{text}");
            assert!(error.hint.unwrap().contains("host:port"), "{text}");
        }
    }
}

//! The address of a broker elsewhere, read from its URL.

use url::Url;

use super::Credentials;

/// A broker elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    pub host: String,
    pub port: u16,
    pub tls: bool,
    pub credentials: Option<Credentials>,
    /// PEM of one certificate authority to believe, beside the system's.
    pub ca: Option<Vec<u8>>,
}

impl Remote {
    /// `mqtt://host:port`, `mqtts://user:password@host:port`; name and password percent-encoded. Errors: what is wrong, for people;
    /// never the address itself, in which a password may stand.
    pub fn read(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("this is no address of a broker: {error}"))?;
        let tls = match url.scheme() {
            "mqtt" | "tcp" => false,
            "mqtts" | "ssl" => true,
            other => return Err(format!("a broker is not reached by `{other}://`")),
        };
        let host =
            url.host_str().filter(|host| !host.is_empty()).ok_or("the address names no host")?.to_owned();
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("the address of a broker ends with its port".into());
        }
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => Some(Credentials {
                user: decoded(user).ok_or("the user's name is not UTF-8, percent-encoded")?,
                password: decoded(password.unwrap_or_default())
                    .ok_or("the password is not UTF-8, percent-encoded")?,
            }),
        };
        let port = url.port().unwrap_or(if tls { 8883 } else { 1883 });
        Ok(Self { host, port, tls, credentials, ca: None })
    }

    /// For people: `mqtts://host:8883`, without name and password.
    pub fn shown(&self) -> String {
        format!("{}://{}:{}", if self.tls { "mqtts" } else { "mqtt" }, self.host, self.port)
    }
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escaped = (*first == b'%')
            .then(|| rest.get(..2).and_then(|two| std::str::from_utf8(two).ok()))
            .flatten()
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[2..];
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_its_password_is_never_shown() {
        let check = |text: &str, shown: &str, user: Option<(&str, &str)>| {
            let remote = Remote::read(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!(remote.shown(), shown, "{text}");
            let credentials = remote.credentials.as_ref().map(|c| (c.user.as_str(), c.password.as_str()));
            assert_eq!(credentials, user, "{text}");
            if let Some((_, password)) = user.filter(|(_, password)| !password.is_empty()) {
                assert!(!format!("{remote:?}").contains(password), "{text}");
            }
        };
        check("mqtt://localhost", "mqtt://localhost:1883", None);
        check("mqtt://127.0.0.1:39123/", "mqtt://127.0.0.1:39123", None);
        check("mqtts://broker.example", "mqtts://broker.example:8883", None);
        check("mqtts://ada:p%40ss%2Fw%25rd@b.example:1", "mqtts://b.example:1", Some(("ada", "p@ss/w%rd")));
        check("mqtt://ada@[::1]:1884", "mqtt://[::1]:1884", Some(("ada", "")));
        check("mqtt://a+b:1%zz@h", "mqtt://h:1883", Some(("a+b", "1%zz")));
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for text in
            ["", "localhost:1883", "http://b.example", "mqtt://", "mqtt://b/topic", "mqtt://u:hunter2@b/x?y"]
        {
            let fault = Remote::read(text).expect_err(text);
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}

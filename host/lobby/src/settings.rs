//! What an operator says about lobbies: which broker, who may connect to the one in the process, what becomes of a session whose creator vanished.

mod address;

use regie_core::{Error, Kind, Result, Setting, Settings};

pub use address::Remote;

use crate::model::{CreatorGone, Rules};

static BROKER: Setting = Setting::new(
    "lobby",
    "broker",
    Kind::Url,
    "embedded",
    "MQTT broker: `embedded`, `mqtt://host:port`, `mqtts://user:password@host:port`, or `off`",
);
static LISTEN: Setting =
    Setting::new("lobby", "listen", Kind::Text, "127.0.0.1:1883", "where the embedded broker listens");
static USER: Setting = Setting::new(
    "lobby",
    "user",
    Kind::Text,
    "",
    "name that the broker asks for; empty: anybody may connect",
);
static PASSWORD: Setting = Setting::new("lobby", "password", Kind::Secret, "", "of the same user");
static CA_FILE: Setting = Setting::new(
    "lobby",
    "ca_file",
    Kind::Text,
    "",
    "PEM file with a certificate authority to believe, beside the system's, for mqtts://",
);
static CREATOR_GONE: Setting = Setting::new(
    "lobby",
    "creator_gone",
    Kind::Text,
    "close",
    "what becomes of an open session whose creator is silent: `close`, or `hand_over` to who is in it longest",
);
static MAX_SESSIONS: Setting = Setting::new(
    "lobby",
    "max_sessions",
    Kind::Integer,
    "2000",
    "sessions at a time; more are not arbitrated",
);

pub static SETTINGS: &[&Setting] =
    &[&BROKER, &LISTEN, &USER, &PASSWORD, &CA_FILE, &CREATOR_GONE, &MAX_SESSIONS];

#[derive(Debug, Clone)]
pub struct Options {
    pub broker: BrokerChoice,
    pub rules: Rules,
    pub max_sessions: usize,
}

/// Which broker the arbiter works on.
#[derive(Debug, Clone)]
pub enum BrokerChoice {
    /// In this process.
    Embedded {
        /// `address:port`
        listen: String,
        credentials: Option<Credentials>,
    },
    External(Remote),
    Off,
}

/// Name and password; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            broker: BrokerChoice::Embedded { listen: LISTEN.default.into(), credentials: None },
            rules: Rules::default(),
            max_sessions: 2000,
        }
    }
}

impl Options {
    /// The table `[lobby]`. Errors: `bad_request` with the setting as `path`.
    pub fn from_settings(settings: &Settings) -> Result<Self> {
        let credentials = match (settings.text(&USER), settings.text(&PASSWORD)) {
            ("", "") => None,
            ("", _) => {
                return Err(Error::bad_request("there is a password without a user")
                    .path(USER.name())
                    .hint("set lobby.user, too"));
            }
            (user, password) => Some(Credentials { user: user.into(), password: password.into() }),
        };
        let broker = match settings.text(&BROKER) {
            "embedded" => BrokerChoice::Embedded { listen: settings.text(&LISTEN).to_owned(), credentials },
            "off" => BrokerChoice::Off,
            url => {
                let mut remote = Remote::read(url).map_err(|fault| {
                    Error::bad_request(fault)
                        .path(BROKER.name())
                        .hint("embedded, off, mqtt://host:1883 or mqtts://user:password@host:8883")
                })?;
                remote.credentials = remote.credentials.or(credentials);
                remote.ca = certificate(settings.text(&CA_FILE))?;
                BrokerChoice::External(remote)
            }
        };
        let creator_gone = match settings.text(&CREATOR_GONE) {
            "close" => CreatorGone::Close,
            "hand_over" => CreatorGone::HandOver,
            other => {
                return Err(Error::bad_request(format!("`{other}` is no answer to a creator who is gone"))
                    .path(CREATOR_GONE.name())
                    .hint("close or hand_over"));
            }
        };
        let rules = Rules { creator_gone, ..Rules::default() };
        Ok(Self { broker, rules, max_sessions: settings.size(&MAX_SESSIONS).max(1) })
    }
}

fn certificate(file: &str) -> Result<Option<Vec<u8>>> {
    if file.is_empty() {
        return Ok(None);
    }
    let fault = |what: String| {
        Error::bad_request(what)
            .path(CA_FILE.name())
            .hint("a file that begins with -----BEGIN CERTIFICATE-----")
    };
    let pem = std::fs::read(file).map_err(|error| fault(format!("{file}: {error}")))?;
    if !pem.windows(27).any(|part| part == b"-----BEGIN CERTIFICATE-----") {
        return Err(fault(format!("{file} holds no certificate")));
    }
    Ok(Some(pem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Options> {
        let environment =
            values.iter().map(|(key, value)| (format!("REGIE_LOBBY_{key}"), (*value).to_owned()));
        let settings = Settings::load(SETTINGS, std::path::Path::new("none"), environment, &[]).unwrap();
        Options::from_settings(&settings)
    }

    #[test]
    fn the_declared_defaults_are_the_defaults() {
        assert_eq!(format!("{:?}", read(&[]).unwrap()), format!("{:?}", Options::default()));
    }

    #[test]
    fn a_broker_is_one_in_the_process_or_elsewhere_or_none() {
        assert!(matches!(read(&[("BROKER", "off")]).unwrap().broker, BrokerChoice::Off));
        let embedded = read(&[("LISTEN", "0.0.0.0:1"), ("USER", "ada"), ("PASSWORD", "hunter2")]).unwrap();
        assert!(!format!("{embedded:?}").contains("hunter2"));
        let BrokerChoice::Embedded { listen, credentials } = embedded.broker else { panic!("not embedded") };
        assert_eq!((listen.as_str(), credentials.unwrap().user.as_str()), ("0.0.0.0:1", "ada"));
        let elsewhere = read(&[("BROKER", "mqtt://b:7"), ("USER", "ada"), ("PASSWORD", "x")]).unwrap();
        let BrokerChoice::External(remote) = elsewhere.broker else { panic!("not elsewhere") };
        assert_eq!(remote.shown(), "mqtt://b:7");
        assert_eq!(remote.credentials.unwrap().password, "x");
        let handed = read(&[("CREATOR_GONE", "hand_over")]).unwrap();
        assert_eq!(handed.rules.creator_gone, CreatorGone::HandOver);
    }

    #[test]
    fn what_does_not_fit_is_refused_at_its_setting() {
        let check = |values: &[(&str, &str)], path: &str| {
            let error = read(values).expect_err(path);
            assert_eq!(error.path.as_deref(), Some(path));
            assert!(error.hint.is_some(), "{path}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        };
        check(&[("BROKER", "inside")], "lobby.broker");
        check(&[("BROKER", "http://u:hunter2@b")], "lobby.broker");
        check(&[("PASSWORD", "hunter2")], "lobby.user");
        check(&[("CREATOR_GONE", "wait")], "lobby.creator_gone");
        check(&[("BROKER", "mqtts://b"), ("CA_FILE", "/nowhere/ca.pem")], "lobby.ca_file");
        check(&[("BROKER", "mqtts://b"), ("CA_FILE", "Cargo.toml")], "lobby.ca_file");
    }
}

//! Which room, which slot, and how patient to be.

use std::time::Duration;

use regie_core::{Error, Result};

use crate::address::Address;

/// A slot of a room.
#[derive(Clone)]
pub struct Config {
    /// `host:port`, `ws://host:port` or `wss://host:port`; the port is 38281 where none is given. Without a scheme
    /// `wss` is tried first, then `ws`.
    pub address: String,
    /// The slot's name as the room knows it; case counts.
    pub name: String,
    pub password: Option<String>,
    /// The game that the slot plays. With none the room does not check it, and the right names are used all the same.
    pub game: Option<String>,
    pub options: Options,
}

/// Times; [`Default`] is what a server should use.
#[derive(Debug, Clone)]
pub struct Options {
    /// For each step that waits for the room: connecting, its greeting, its answer, its item names, a new list of items.
    pub timeout: Duration,
    /// Without a scheme, how long `wss` may take before `ws` is tried: a room that speaks no TLS may just not answer.
    pub tls_timeout: Duration,
    pub ping_every: Duration,
    /// A link on which nothing came for so long is dead.
    pub silence: Duration,
    /// The wait before the next try is drawn between `retry_min` and a ceiling that doubles up to `retry_max`.
    pub retry_min: Duration,
    pub retry_max: Duration,
    /// The same after the room has refused the slot: only a person can mend that.
    pub refused_min: Duration,
    pub refused_max: Duration,
    /// A connection that held for so long starts the waits anew.
    pub steady: Duration,
    /// The wait before counts that the sink refused are offered again; doubles up to 16 times as much.
    pub sink_retry: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(15),
            tls_timeout: Duration::from_secs(5),
            ping_every: Duration::from_secs(20),
            silence: Duration::from_secs(60),
            retry_min: Duration::from_millis(500),
            retry_max: Duration::from_secs(30),
            refused_min: Duration::from_secs(60),
            refused_max: Duration::from_secs(600),
            steady: Duration::from_secs(20),
            sink_retry: Duration::from_secs(5),
        }
    }
}

const MAX_TEXT: usize = 256;

impl Config {
    /// Refuses what can never work, with the field's name as the error's path: for whoever takes a configuration in.
    pub fn check(&self) -> Result<()> {
        Address::parse(&self.address)?;
        if self.name.trim().is_empty() {
            return Err(Error::bad_request("the slot has no name")
                .path("name")
                .hint("the slot's name as the room's page shows it"));
        }
        for (path, text) in
            [("name", Some(&self.name)), ("password", self.password.as_ref()), ("game", self.game.as_ref())]
        {
            let Some(text) = text else { continue };
            if text.len() > MAX_TEXT || text.chars().any(char::is_control) {
                return Err(Error::bad_request(format!("this {path} is too long or has control characters"))
                    .path(path)
                    .hint(format!("at most {MAX_TEXT} bytes on one line")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str, name: &str, password: Option<&str>) -> Config {
        Config {
            address: address.into(),
            name: name.into(),
            password: password.map(Into::into),
            game: None,
            options: Options::default(),
        }
    }

    #[test]
    fn a_configuration_that_can_never_work_names_its_field() {
        let long = "x".repeat(257);
        for (config, path) in [
            (of("", "One", None), "address"),
            (of("room.example:1", " ", None), "name"),
            (of("room.example:1", "One\n", None), "name"),
            (of("room.example:1", "One", Some(&long)), "password"),
        ] {
            assert_eq!(config.check().unwrap_err().path.as_deref(), Some(path));
        }
        of("room.example:1", "Ünïcode", Some("with space")).check().unwrap();
    }
}

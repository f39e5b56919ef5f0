//! Actions as clients send them, and what every room refuses of them.

use regie_core::{Error, ErrorKind, Result};
use serde_json::value::RawValue;

/// An action as a client sent it.
#[derive(Debug, Clone)]
pub struct Act {
    /// The client's key: the same key of the same actor is answered once.
    pub key: String,
    pub base_version: Option<u64>,
    pub action: Box<RawValue>,
}

impl Act {
    /// Errors: `bad_request` for no object, a bad key, or an action of the host's own; `too_large` beyond 64 KiB.
    pub fn check(&self) -> Result<()> {
        check_key(&self.key)?;
        if !self.action.get().trim_start().starts_with('{') {
            return Err(Error::bad_request("an action is a JSON object")
                .path("action")
                .hint(r#"as in {"item":"bow","step":1}"#));
        }
        if self.action.get().len() > 64 * 1024 {
            return Err(Error::new(ErrorKind::TooLarge, "an action is at most 64 KiB").path("action"));
        }
        if self.kind().is_some_and(|kind| kind.starts_with("host:")) {
            return Err(Error::bad_request("actions of type `host:…` are the host's own").path("action.type"));
        }
        Ok(())
    }

    /// The action's `type`, where it has one.
    pub fn kind(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Kind {
            r#type: String,
        }
        serde_json::from_str::<Kind>(self.action.get()).ok().map(|kind| kind.r#type)
    }
}

/// Errors: `bad_request` for what is no action key.
pub fn check_key(key: &str) -> Result<()> {
    if (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::bad_request("an action key is 1 to 64 printable characters").path("key").hint("a UUID"))
}

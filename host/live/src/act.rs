//! Actions as clients send them, and what every room refuses of them.

use std::fmt;

use regie_core::{Error, ErrorKind, Result};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
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
    /// Errors: `bad_request` for no object or a bad key, `too_large` beyond 64 KiB; see [`check_not_hosts`].
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
        check_not_hosts(&self.action)
    }

    /// The action's `type`, where it has one.
    pub fn kind(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Kind {
            r#type: String,
        }
        serde_json::from_str::<Kind>(self.action.get()).ok().map(|kind| kind.r#type)
    }
}

/// What the host tells plugins is never taken from outside, also where `type` stands twice: readers differ in which one counts.
/// Errors: `forbidden` at `action.type`.
pub fn check_not_hosts(action: &RawValue) -> Result<()> {
    let Ok(Types(types)) = serde_json::from_str(action.get()) else { return Ok(()) };
    if types.iter().any(|kind| kind.starts_with("host:")) {
        return Err(
            Error::forbidden("actions that begin with `host:` are the server's own").path("action.type")
        );
    }
    Ok(())
}

/// Every `type` of an object that is a text.
struct Types(Vec<String>);

impl<'de> Deserialize<'de> for Types {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Types;
            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Types, A::Error> {
                let mut types = Vec::new();
                while let Some(name) = fields.next_key::<String>()? {
                    if name == "type" {
                        let value = fields.next_value::<serde_json::Value>()?;
                        types.extend(value.as_str().map(str::to_owned));
                    } else {
                        fields.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Types(types))
            }
        }
        from.deserialize_map(Fields)
    }
}

/// Errors: `bad_request` for what is no action key.
pub fn check_key(key: &str) -> Result<()> {
    if (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::bad_request("an action key is 1 to 64 printable characters").path("key").hint("a UUID"))
}

/// A key is answered to the one who used it first.
pub fn foreign_key() -> Error {
    Error::conflict("this action key was used by somebody else")
        .path("key")
        .hint("a new UUID for every action")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_speaks_for_the_host() {
        for (action, fits) in [
            (r#"{"type":"mark","cell":3}"#, true),
            (r#"{"type":"host:start"}"#, false),
            (r#"{"a":{"type":"host:x"},"type":"h\u006fst:finish"}"#, false),
            (r#"{"type":"step","type":"host:start"}"#, false),
            (r#"{"type":7,"item":"host:start"}"#, true),
            ("[]", true),
        ] {
            let raw = RawValue::from_string(action.into()).unwrap();
            assert_eq!(check_not_hosts(&raw).is_ok(), fits, "{action}");
        }
    }
}

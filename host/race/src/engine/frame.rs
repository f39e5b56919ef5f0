//! Frames of players' games, as the socket hands them in.

use regie_core::{Error, Result};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What a player's game sent, as it came.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its `type`.
    pub kind: String,
    /// Answered once it is durable; the same one again changes nothing.
    pub message_id: Option<String>,
    /// The whole object, `type` and all: the mode's action.
    pub body: Box<RawValue>,
}

/// It was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Its `message_id` was answered before; nothing was done now.
    pub repeated: bool,
}

/// What the host tells modes is never taken from outside. Errors: 403 at `action.type`.
pub(super) fn check_not_hosts(action: &RawValue) -> Result<()> {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(default, rename = "type")]
        kind: serde_json::Value,
    }
    let typed: Option<Typed> = serde_json::from_str(action.get()).ok();
    match typed.as_ref().and_then(|typed| typed.kind.as_str()) {
        Some(kind) if kind.starts_with("host:") => {
            Err(Error::forbidden("actions that begin with `host:` are the server's own").path("action.type"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_speaks_for_the_host() {
        for (action, fits) in [
            (r#"{"type":"mark","cell":3}"#, true),
            (r#"{"type":"host:start"}"#, false),
            (r#"{"a":{"type":"x"},"type":"h\u006fst:finish"}"#, false),
            (r#"{"type":7}"#, true),
            ("[]", true),
        ] {
            let raw = RawValue::from_string(action.into()).unwrap();
            assert_eq!(check_not_hosts(&raw).is_ok(), fits, "{action}");
        }
    }
}

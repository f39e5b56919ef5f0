//! What clients send: JSON objects with a `type`. Whatever else arrives is refused by name, and harmless.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Bytes of a frame that is looked into.
pub const TOO_LARGE: usize = 64 << 10;
/// Bytes of a `type` and of a `message_id`.
const WORD: usize = 64;
/// Numbers that every client reads as they were written.
const SAFE: u64 = 1 << 53;

/// A frame that says what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    pub kind: String,
    /// A string or a whole number, as it was sent.
    pub message_id: Option<Value>,
    /// All of it. Written again where it is passed on: nobody behind reads a repeated key differently.
    pub body: Map<String, Value>,
}

/// Why a frame changes nothing; told to its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: Cow<'static, str>,
    pub message: String,
    /// Which of the sender's frames is meant, where it said.
    pub message_id: Option<Value>,
}

impl Refusal {
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), message_id: None }
    }

    #[must_use]
    pub fn of(mut self, frame: &Frame) -> Self {
        self.message_id.clone_from(&frame.message_id);
        self
    }
}

/// Errors: `too_large`.
pub fn check_size(bytes: usize) -> Result<(), Refusal> {
    if bytes <= TOO_LARGE {
        return Ok(());
    }
    Err(Refusal::new("too_large", format!("a frame of {bytes} bytes; {TOO_LARGE} at most")))
}

impl Frame {
    /// Errors: `too_large`, `bad_json`, `not_an_object`, `no_type`, `unknown_type` (one that only the host may say),
    /// `bad_message_id`, `bad_igt`.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        check_size(text.len())?;
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Refusal::new("bad_json", format!("this is no JSON: {error}")))?;
        let Value::Object(body) = value else {
            return Err(Refusal::new("not_an_object", "a frame is an object with a `type`"));
        };
        let message_id = message_id(&body)?;
        let refuse = |code, message: String| Refusal {
            code: Cow::Borrowed(code),
            message,
            message_id: message_id.clone(),
        };
        let kind = match body.get("type").and_then(Value::as_str) {
            Some(kind) if (1..=WORD).contains(&kind.len()) => kind.to_owned(),
            _ => return Err(refuse("no_type", "a frame says what it is in `type`, a word".into())),
        };
        if kind.starts_with("host:") {
            return Err(refuse("unknown_type", format!("`{kind}` is not for games to say")));
        }
        if let Some(igt) = body.get("igt_ms")
            && igt.as_u64().is_none_or(|igt| igt >= SAFE)
        {
            let text = format!("`igt_ms` is {igt}; milliseconds are a whole number from 0");
            return Err(refuse("bad_igt", text));
        }
        Ok(Self { kind, message_id, body })
    }

    /// A member that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// The same id twice is the same message, whether it was a string or a number.
    pub fn id_text(&self) -> Option<String> {
        match self.message_id.as_ref()? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

fn message_id(body: &Map<String, Value>) -> Result<Option<Value>, Refusal> {
    match body.get("message_id") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if (1..=WORD).contains(&text.len()) => {
            Ok(Some(Value::String(text.clone())))
        }
        Some(number) if number.is_u64() || number.is_i64() => Ok(Some(number.clone())),
        Some(_) => {
            let text = format!("`message_id` is a string of 1 to {WORD} bytes or a whole number");
            Err(Refusal::new("bad_message_id", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_frame_that_is_none_is_refused_by_name() {
        for (text, code) in [
            ("", "bad_json"),
            ("{", "bad_json"),
            ("7", "not_an_object"),
            ("[{\"type\":\"ready\"}]", "not_an_object"),
            ("null", "not_an_object"),
            ("\"ready\"", "not_an_object"),
            ("{}", "no_type"),
            ("{\"type\":7}", "no_type"),
            ("{\"type\":\"\"}", "no_type"),
            ("{\"type\":\"host:finish\"}", "unknown_type"),
            ("{\"type\":\"x\",\"message_id\":{}}", "bad_message_id"),
            ("{\"type\":\"x\",\"message_id\":1.5}", "bad_message_id"),
            ("{\"type\":\"x\",\"message_id\":\"\"}", "bad_message_id"),
            ("{\"type\":\"x\",\"igt_ms\":-1}", "bad_igt"),
            ("{\"type\":\"x\",\"igt_ms\":1.5}", "bad_igt"),
            ("{\"type\":\"x\",\"igt_ms\":\"1\"}", "bad_igt"),
            ("{\"type\":\"x\",\"igt_ms\":null}", "bad_igt"),
            ("{\"type\":\"x\",\"igt_ms\":9007199254740992}", "bad_igt"),
            ("{\"type\":\"x\",\"igt_ms\":1e400}", "bad_json"),
        ] {
            assert_eq!(Frame::read(text).unwrap_err().code, code, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(Frame::read(&deep).unwrap_err().code, "too_large");
        assert_eq!(Frame::read(&deep[..60_000]).unwrap_err().code, "bad_json");
    }

    #[test]
    fn a_refusal_names_the_message_that_it_refuses() {
        let refusal = Frame::read(r#"{"type":"finished","igt_ms":-1,"message_id":17}"#).unwrap_err();
        assert_eq!(refusal.message_id, Some(json!(17)));
    }

    #[test]
    fn unknown_fields_and_types_are_read_as_they_are() {
        let frame = Frame::read(r#"{"type":"dance","igt_ms":0,"message_id":"a","x":[1]}"#).unwrap();
        assert_eq!((frame.kind.as_str(), frame.id_text().as_deref()), ("dance", Some("a")));
        assert_eq!(frame.body["x"], json!([1]));
        assert_eq!(Frame::read(r#"{"type":"x","message_id":-7}"#).unwrap().id_text().as_deref(), Some("-7"));
    }

    #[test]
    fn of_a_key_that_is_said_twice_one_goes_on() {
        let frame = Frame::read(r#"{"type":"status_update","igt_ms":1,"igt_ms":2}"#).unwrap();
        assert_eq!(serde_json::to_string(&frame.body).unwrap(), r#"{"type":"status_update","igt_ms":2}"#);
    }
}

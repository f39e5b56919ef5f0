//! JSON kept as people and plugins wrote it: raw values, their order, and a readable layout that changes no token.

use indexmap::IndexMap;
use regie_core::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

/// An object whose values are kept byte for byte, in their order.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct RawObject(IndexMap<String, Box<RawValue>>);

impl RawObject {
    /// Errors: `bad_request` with line and column where it is no JSON object.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes)
            .map(Self)
            .map_err(|e| Error::bad_request(format!("this is not a JSON object: {e}")))
    }

    pub fn raw(&self, field: &str) -> Option<&RawValue> {
        self.0.get(field).map(AsRef::as_ref)
    }

    /// Errors: `bad_request` with the field as path where it is absent or of another type.
    pub fn get<T: DeserializeOwned>(&self, field: &str) -> Result<T> {
        let raw =
            self.raw(field).ok_or_else(|| Error::bad_request(format!("`{field}` is missing")).path(field))?;
        serde_json::from_str(raw.get()).map_err(|e| Error::bad_request(format!("`{field}`: {e}")).path(field))
    }

    /// `default` where it is absent. Errors: `bad_request` with the field as path where it is of another type.
    pub fn get_or<T: DeserializeOwned>(&self, field: &str, default: impl FnOnce() -> T) -> Result<T> {
        if self.raw(field).is_some() { self.get(field) } else { Ok(default()) }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_ref()))
    }

    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| keep(name));
    }

    /// Replaces the value in its place, or adds it at the end.
    pub fn set(&mut self, field: &str, value: &impl Serialize) {
        let raw = to_raw_value(value).expect("plain data serialises");
        self.set_raw(field, raw);
    }

    pub fn set_raw(&mut self, field: &str, raw: Box<RawValue>) {
        self.0.insert(field.to_owned(), raw);
    }

    pub fn remove(&mut self, field: &str) {
        self.0.shift_remove(field);
    }

    pub fn to_compact(&self) -> String {
        compact(&serde_json::to_string(&self.0).expect("raw values serialise"))
    }

    pub fn to_pretty(&self) -> String {
        pretty(&serde_json::to_string(&self.0).expect("raw values serialise"))
    }
}

/// Lays valid JSON out over lines, two spaces a level, without touching a token: numbers keep their digits, objects
/// their order.
pub fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut tokens = Tokens::new(json).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                out.push_str(token);
                if tokens.peek().is_some_and(|next| matches!(*next, "}" | "]")) {
                    continue;
                }
                depth += 1;
                line(&mut out, depth);
            }
            "}" | "]" => {
                if !out.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                }
                out.push_str(token);
            }
            "," => {
                out.push(',');
                line(&mut out, depth);
            }
            ":" => out.push_str(": "),
            other => out.push_str(other),
        }
    }
    out.push('\n');
    out
}

/// The same tokens on one line.
pub fn compact(json: &str) -> String {
    Tokens::new(json).collect()
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Cuts valid JSON into punctuation, strings and other scalars.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn new(json: &'a str) -> Self {
        Self { rest: json }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let bytes = self.rest.as_bytes();
        let end = match bytes.first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => {
                let mut at = 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                (at + 1).min(bytes.len())
            }
            _ => bytes
                .iter()
                .position(|b| matches!(b, b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\r' | b'\n'))
                .unwrap_or(bytes.len()),
        };
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn layout_changes_no_token() {
        let source = r#"{"b":1.50,"a":[1,{"x":"\"}{,"}],"e":{},"f":[],"t":true}"#;
        let expected = "{\n  \"b\": 1.50,\n  \"a\": [\n    1,\n    {\n      \"x\": \"\\\"}{,\"\n    }\n  ],\n  \"e\": {},\n  \"f\": [],\n  \"t\": true\n}\n";
        assert_eq!(pretty(source), expected);
        assert_eq!(compact(&pretty(source)), source);
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((".*", inner), 0..5)
                    .prop_map(|v| Value::Object(v.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_survives_the_layout(value in json()) {
            let text = value.to_string();
            prop_assert_eq!(&compact(&pretty(&text)), &text);
            prop_assert_eq!(serde_json::from_str::<Value>(&pretty(&text)).unwrap(), value);
        }
    }
}

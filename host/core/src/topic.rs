//! Names of live values and stored documents: tokens joined by `/` (topics) or `.` (store keys).

use std::fmt;

use crate::{Error, Result};

/// `tracker/12/main`: tokens `[a-z0-9_-]{1,64}` joined by `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Box<str>);

impl Topic {
    pub fn parse(text: &str) -> Result<Self> {
        let token = |t: &str| {
            (1..=64).contains(&t.len())
                && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
        };
        if text.len() <= 512 && text.split('/').all(token) {
            return Ok(Self(text.into()));
        }
        Err(Error::bad_request("this is not a topic")
            .path("topic")
            .hint("tokens of a-z, 0-9, _ and -, joined by /, as in tracker/12/main"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first token: which room answers for it.
    pub fn room(&self) -> &str {
        self.tokens().next().unwrap_or_default()
    }

    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The same tokens as a store key: `tracker.12.main`.
    pub fn to_key(&self) -> String {
        self.0.replace('/', ".")
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_tokens_joined_by_slashes() {
        let topic = Topic::parse("tracker/12/main").unwrap();
        assert_eq!((topic.room(), topic.to_key().as_str()), ("tracker", "tracker.12.main"));
        for bad in ["", "/", "a/", "/a", "a//b", "A", "a b", "a.b", "a/+", "a/#", &"x".repeat(65)] {
            assert!(Topic::parse(bad).is_err(), "{bad}");
        }
    }
}

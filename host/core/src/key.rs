//! The key under which a request is sent again.

use http::HeaderMap;

use crate::{Error, Result};

const HEADER: &str = "idempotency-key";

/// `Idempotency-Key` of a request. Errors: 400 where it is no printable text of 1 to 64 characters.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=64).contains(&key.len()));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        Error::bad_request("the key does not fit").path("Idempotency-Key").hint("a UUID of the client's")
    })
}

//! What the address of a page may say.

use axum::response::{IntoResponse, Response};
use regie_core::Error;
use serde::Deserialize;

use crate::Options;

/// Of a page for people.
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    pub lang: Option<String>,
    /// An OBS key.
    pub key: Option<String>,
}

/// How an overlay looks. Read as text: `serde_urlencoded` cannot parse numbers in flattened fields.
#[derive(Debug, Default, Deserialize)]
pub struct Look {
    scale: Option<String>,
    align: Option<String>,
    labels: Option<String>,
    plate: Option<String>,
}

impl From<Look> for Options {
    fn from(look: Look) -> Self {
        Self {
            scale: look.scale.and_then(|scale| scale.parse().ok()),
            align: look.align,
            labels: look.labels,
            plate: look.plate,
        }
    }
}

/// 400 for an address that does not read.
pub fn unreadable(why: &str) -> Response {
    Error::bad_request(format!("this address does not read: {why}")).path("query").into_response()
}

//! Whoever asks, as far as they may act in their own name.

use axum::{extract::FromRequestParts, http::request::Parts};
use regie_core::{Actor, Error, Result};

use crate::Principal;

/// Somebody who is signed in: 401 for others, 403 for a token that is good for one thing only.
pub struct Person(pub Actor);

/// The same, or an anonymous visitor: somebody who only looks.
pub struct Visitor(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Principal::from_request_parts(parts, state).await?.person().map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let principal = Principal::from_request_parts(parts, state).await?;
        // A token that is good for something else has nobody's eyes.
        let scoped = principal.scope().is_some();
        Ok(Self(if scoped { Actor::anonymous() } else { principal.actor() }))
    }
}

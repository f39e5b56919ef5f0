//! Who asks, and that they are there.

use axum::{extract::FromRequestParts, http::request::Parts};
use regie_core::{Actor, Error, Result};
use regie_identity::routes::Person;

use super::Context;

/// Somebody who is signed in; their silence counts from now on.
pub struct Here(pub Actor);

impl FromRequestParts<Context> for Here {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self> {
        let Person(who) = Person::from_request_parts(parts, context).await?;
        context.lobby.seen(&who);
        Ok(Self(who))
    }
}

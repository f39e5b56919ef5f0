//! What every request passes before any route: its host, its origin, its credential.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderValue, header, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use regie_core::{Error, Result};

use crate::{Identity, Principal, check_host, check_origin, client_ip};

/// The address the request came from, behind trusted proxies; an extension of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

/// Puts the checks before all of `router`'s routes, and a [`Principal`] and [`ClientIp`] into each request. The peer's
/// address is read from the extension `ConnectInfo<SocketAddr>`. A session's cookie is renewed on the way out.
pub fn layer(router: Router, identity: Arc<Identity>) -> Router {
    router.layer(from_fn_with_state(identity, guard))
}

async fn guard(State(identity): State<Arc<Identity>>, mut request: Request, next: Next) -> Response {
    if let Err(error) = admit(&identity, &mut request) {
        return error.into_response();
    }
    let renewed = identity.renew(request.headers()).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a session was not renewed");
        None
    });
    let mut response = next.run(request).await;
    if let Some(token) = renewed
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie(identity.cookie(&token)));
    }
    response
}

fn admit(identity: &Arc<Identity>, request: &mut Request) -> Result<()> {
    let host = host(request)?;
    check_host(host.to_str().unwrap_or_default(), identity.public_url.as_ref())?;
    // HTTP/2 has it in the address only.
    request.headers_mut().insert(header::HOST, host);
    let principal = identity.authenticate(request.headers())?;
    check_origin(request.method(), request.headers())?;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |ConnectInfo(address)| address.ip());
    let ip = client_ip(peer, request.headers(), &identity.options.trusted_proxies);
    request.extensions_mut().insert(ClientIp(ip));
    request.extensions_mut().insert(principal);
    Ok(())
}

/// The one host a request names, in `Host` or in its address.
fn host(request: &Request) -> Result<HeaderValue> {
    let mut named: Vec<HeaderValue> = request.headers().get_all(header::HOST).iter().cloned().collect();
    named.extend(request.uri().authority().and_then(|a| HeaderValue::from_str(a.as_str()).ok()));
    named.dedup_by(|a, b| a.as_bytes().eq_ignore_ascii_case(b.as_bytes()));
    let from_headers = request.headers().get_all(header::HOST).iter().count();
    match named.as_slice() {
        [one] if from_headers <= 1 => Ok(one.clone()),
        [] => Err(Error::bad_request("the request names no host").path("Host")),
        _ => Err(Error::bad_request("the request names more than one host").path("Host")),
    }
}

/// A cookie is our own ASCII, so that it is a header value.
pub(crate) fn cookie(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("names, hexadecimal digits and attributes are visible ASCII")
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Error::internal("regie_identity::routes::layer is not around this route"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(Ipv4Addr::UNSPECIFIED.into())))
    }
}

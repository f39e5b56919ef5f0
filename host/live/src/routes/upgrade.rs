//! From an HTTP request to a link: the handshake of RFC 6455, then the socket is taken out of hyper's hands.

use std::{io, net::IpAddr, os::unix::net::UnixStream, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::{rt::TokioIo, server::conn::auto};
use regie_core::{Error, Result};
use sha1::{Digest, Sha1};
use tokio::net::TcpStream;

use crate::{
    hub::{Hub, Permit},
    session::{Peer, Session},
    shard::{Command, Stream},
    source::Credential,
};

/// RFC 6455, section 1.3.
const MAGIC: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// For hyper to let go of the connection after the answer.
const LET_GO: Duration = Duration::from_secs(10);
/// Of the buffers between a connection that is no TCP socket and its shard.
const TUNNEL_BUFFER: usize = 4 << 10;

/// Answers a WebSocket handshake and takes the connection over. The caller has checked `Host` and `Origin` and knows who
/// is asking, and from which `address`. 400 when the request is no handshake, 503 when too many links are open.
pub fn websocket(
    hub: Arc<Hub>,
    mut request: Request,
    credential: Arc<dyn Credential>,
    address: IpAddr,
) -> Response {
    let accept = match handshake(&request) {
        Ok(accept) => accept,
        Err(error) => {
            let mut response = error.into_response();
            response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            return response;
        }
    };
    let permit = match hub.permit(|counters| &counters.links) {
        Ok(permit) => permit,
        Err(error) => return error.into_response(),
    };
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let peer = Peer { address, agent: hub.agent(agent.unwrap_or_default()) };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let taken = async {
            let upgraded = upgrade.await.map_err(io::Error::other)?;
            take_over(hub, upgraded, credential, permit, peer)
        };
        match tokio::time::timeout(LET_GO, taken).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a live link was lost while it was taken over"),
            Err(_) => tracing::debug!("a live link was never let go"),
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// The value of `Sec-WebSocket-Accept`.
fn handshake(request: &Request) -> Result<HeaderValue> {
    let headers = request.headers();
    let wrong =
        |what: &str| Error::bad_request(what.to_owned()).hint("open this address as a WebSocket, version 13");
    if request.method() != Method::GET
        || !lists(headers, header::CONNECTION, "upgrade")
        || !lists(headers, header::UPGRADE, "websocket")
        || request.extensions().get::<OnUpgrade>().is_none()
    {
        return Err(wrong("this is not a WebSocket handshake"));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(wrong("this version of WebSocket is not spoken").path("Sec-WebSocket-Version"));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
    if BASE64_STANDARD.decode(key).ok().is_none_or(|nonce| nonce.len() != 16) {
        return Err(wrong("the key must be 16 bytes in base64").path("Sec-WebSocket-Key"));
    }
    let digest = Sha1::new().chain_update(key).chain_update(MAGIC).finalize();
    Ok(HeaderValue::from_str(&BASE64_STANDARD.encode(digest)).expect("base64 is visible ASCII"))
}

/// Whether a comma-separated header names `token`.
fn lists(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let mut values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
}

fn take_over(
    hub: Arc<Hub>,
    upgraded: Upgraded,
    credential: Arc<dyn Credential>,
    permit: Permit,
    peer: Peer,
) -> io::Result<()> {
    let options = &hub.shared.options;
    let (stream, leftover) = match tcp(upgraded) {
        Ok((stream, leftover)) => (Stream::tcp(stream.into_std()?, options)?, leftover),
        Err(upgraded) => (tunnel(upgraded)?, Bytes::new()),
    };
    let link = hub.next_id();
    let shard = hub.next_shard();
    let target = Arc::clone(&hub.shared.shards[shard]);
    let session = Session::open(hub, credential, shard, link, permit, peer);
    target.push(Command::Adopt { session, stream, leftover });
    Ok(())
}

/// The socket below, and what hyper has read of it already.
fn tcp(upgraded: Upgraded) -> Result<(TcpStream, Bytes), Upgraded> {
    // The automatic connection builder of hyper-util wraps the stream once more than hyper itself does.
    match auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(parts) => Ok((parts.io.into_inner(), parts.read_buf)),
        Err(upgraded) => {
            let parts = upgraded.downcast::<TokioIo<TcpStream>>()?;
            Ok((parts.io.into_inner(), parts.read_buf))
        }
    }
}

/// For connections that are more than a TCP socket (TLS, say): a task carries the bytes to and from a local pair.
fn tunnel(upgraded: Upgraded) -> io::Result<Stream> {
    let (ours, theirs) = UnixStream::pair()?;
    theirs.set_nonblocking(true)?;
    let mut theirs = tokio::net::UnixStream::from_std(theirs)?;
    tokio::spawn(async move {
        let mut upgraded = TokioIo::new(upgraded);
        let (up, down) = (TUNNEL_BUFFER, TUNNEL_BUFFER);
        if let Err(error) =
            tokio::io::copy_bidirectional_with_sizes(&mut upgraded, &mut theirs, up, down).await
        {
            tracing::debug!(%error, "a live link ended");
        }
    });
    Stream::local(ours)
}

//! The socket to a room: opened within a time, its messages within a size.

use std::{io, time::Duration};

use futures::{SinkExt, StreamExt};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{Error as WsError, Message, protocol::WebSocketConfig},
};

use crate::{
    address::{Address, Scheme},
    config::Options,
    fault::{Fault, brief},
    packet::{self, Command, Packet},
};

/// The largest message read. A package of names or a list of all items is well below.
pub(crate) const MAX_MESSAGE: usize = 4 << 20;

const GOODBYE: Duration = Duration::from_secs(1);

pub(crate) struct Link {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    timeout: Duration,
    /// When anything came last, be it a pong.
    pub heard: Instant,
}

/// Opens the link, and says by which scheme. `known` is the one that went well before, so that a room once reached over
/// TLS is never fallen back from.
pub(crate) async fn open(
    address: &Address,
    known: Option<Scheme>,
    options: &Options,
) -> Result<(Link, Scheme), Fault> {
    // An `Err` of `dial` itself is a host that is not there: no other scheme would find it.
    if let Some(scheme) = address.scheme.or(known) {
        let dialled = dial(address, scheme, options.timeout, options).await?;
        return Ok((dialled.map_err(|no| no_room(&no.to_string()))?, scheme));
    }
    let limit = options.tls_timeout.min(options.timeout);
    let tls = match dial(address, Scheme::Wss, limit, options).await? {
        Ok(link) => return Ok((link, Scheme::Wss)),
        // It speaks TLS, so it is not asked for less.
        Err(NoRoom::Certificate) => return Err(no_room(&NoRoom::Certificate.to_string())),
        Err(no) => no,
    };
    let plain = dial(address, Scheme::Ws, options.timeout, options).await?;
    Ok((plain.map_err(|no| no_room(&format!("over wss {tls}, over ws {no}")))?, Scheme::Ws))
}

fn no_room(why: &str) -> Fault {
    Fault::Unreachable(format!("there is something at this address, but no room: {why}"))
}

/// Why what answers at an address is not a room, as the rest of a sentence.
#[derive(Debug, thiserror::Error)]
enum NoRoom {
    #[error("its certificate is not one that this server trusts")]
    Certificate,
    #[error("it speaks no TLS")]
    NoTls,
    #[error("it answers with HTTP status {0}")]
    Http(u16),
    #[error("it speaks no WebSocket")]
    NoWebSocket,
    #[error("it does not answer")]
    Silent,
}

impl From<WsError> for NoRoom {
    fn from(error: WsError) -> Self {
        tracing::debug!(%error, "a room's address was answered by something else");
        match error {
            // TLS libraries agree on no type for it, but all name it.
            WsError::Tls(error) if error.to_string().to_lowercase().contains("certificate") => {
                Self::Certificate
            }
            WsError::Tls(_) => Self::NoTls,
            WsError::Http(response) => Self::Http(response.status().as_u16()),
            _ => Self::NoWebSocket,
        }
    }
}

/// `Err`: nobody there. `Ok(Err)`: somebody, who is no room by this scheme.
async fn dial(
    address: &Address,
    scheme: Scheme,
    limit: Duration,
    options: &Options,
) -> Result<Result<Link, NoRoom>, Fault> {
    let stream = match timeout(options.timeout, TcpStream::connect(&address.authority)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(Fault::Unreachable(nobody(&error))),
        Err(_) => return Err(Fault::Unreachable("nobody answers at the room's address".into())),
    };
    let config = WebSocketConfig::default()
        .read_buffer_size(16 << 10)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let handshake = client_async_tls_with_config(address.url(scheme), stream, Some(config), None);
    Ok(match timeout(limit, handshake).await {
        Ok(Ok((socket, _))) => Ok(Link { socket, timeout: options.timeout, heard: Instant::now() }),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(NoRoom::Silent),
    })
}

fn nobody(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "no room is open at this address now; rooms close when nobody plays".into()
        }
        io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "the room's host cannot be reached".into()
        }
        _ => format!("the room's host cannot be reached: {}", brief(&error.to_string())),
    }
}

impl Link {
    /// The next message with packets in it.
    pub async fn next(&mut self) -> Result<Vec<Packet>, Fault> {
        loop {
            let message = self.socket.next().await;
            self.heard = Instant::now();
            match message {
                Some(Ok(Message::Text(text))) => return packet::read(&text),
                Some(Ok(Message::Binary(_))) => return Err(Fault::Malformed("a binary message".into())),
                Some(Ok(Message::Close(frame))) => {
                    // Reading on sends the answer to the goodbye.
                    let _ = timeout(GOODBYE, self.socket.next()).await;
                    let why = frame.map(|frame| frame.reason.to_string()).filter(|why| !why.is_empty());
                    return Err(Fault::Lost(match why {
                        Some(why) => format!("the room closed the connection: {}", brief(&why)),
                        None => "the room closed the connection".into(),
                    }));
                }
                Some(Ok(_)) => {}
                Some(Err(WsError::Capacity(_))) => {
                    return Err(Fault::Malformed(format!(
                        "a message of more than {} MiB",
                        MAX_MESSAGE >> 20
                    )));
                }
                Some(Err(WsError::Utf8(_))) => return Err(Fault::Malformed("text that is not UTF-8".into())),
                Some(Err(error)) => return Err(lost(&error)),
                None => return Err(Fault::Lost("the room closed the connection".into())),
            }
        }
    }

    pub async fn send(&mut self, commands: &[Command]) -> Result<(), Fault> {
        if commands.is_empty() {
            return Ok(());
        }
        self.write(Message::text(packet::write(commands))).await
    }

    pub async fn ping(&mut self) -> Result<(), Fault> {
        self.write(Message::Ping(Vec::new().into())).await
    }

    /// Says goodbye, if the room still listens.
    pub async fn close(mut self) {
        let _ = timeout(GOODBYE, self.socket.close(None)).await;
    }

    async fn write(&mut self, message: Message) -> Result<(), Fault> {
        match timeout(self.timeout, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(lost(&error)),
            Err(_) => Err(Fault::Lost("the room does not read".into())),
        }
    }
}

fn lost(error: &WsError) -> Fault {
    match error {
        WsError::Protocol(error) => {
            Fault::Lost(format!("the link to the room broke: {}", brief(&error.to_string())))
        }
        _ => Fault::Lost("the link to the room broke".into()),
    }
}

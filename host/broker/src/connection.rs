//! One connection: its CONNECT, then packets in and frames out, until either side ends it.

use std::{collections::VecDeque, io, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use rmqtt_codec::{
    error::DecodeError,
    version::{ProtocolVersion, VersionCodec},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    time::timeout,
};
use tokio_util::codec::Decoder;

use crate::{
    Options,
    hub::{Event, Link},
    outbox::Outbox,
    wire::{Answer, Breach, Codec, ConnectAckReason, Hello, Packet, Version, refusal},
};

/// Chunks below this are put together before they are written.
const WRITTEN_TOGETHER: usize = 16 << 10;
/// Bytes of a CONNECT: each of its texts has 64 KiB at most. Who was not let in yet gets no more memory than that.
const LARGEST_HELLO: usize = 512 << 10;
/// How long a client may take to read what was left for it when its connection was closed.
const LAST_WRITES_WITHIN: Duration = Duration::from_secs(3);

/// Serves one connection to its end. `false` when it was turned away or broke the protocol.
pub async fn serve(socket: TcpStream, link: Link, hub: &mpsc::Sender<Event>, options: &Options) -> bool {
    // Without it a reply to a small packet may wait 40 ms for another.
    let _ = socket.set_nodelay(true);
    let (mut reader, mut writer) = socket.into_split();
    let mut bytes = BytesMut::with_capacity(4_096);
    let hello = tokio::select! {
        hello = timeout(options.hello_within, hello(&mut reader, &mut bytes, options)) => hello,
        () = hub.closed() => return true,
    };
    let (codec, hello) = match hello {
        Ok(Ok(hello)) => hello,
        Ok(Err(answer)) => {
            let _ = writer.write_all(&answer).await;
            let _ = writer.shutdown().await;
            return false;
        }
        Err(_) => return false,
    };
    let (version, keep_alive) = (hello.version, hello.keep_alive);
    let outbox = Arc::new(Outbox::default());
    if hub.send(Event::Hello { link, hello: Box::new(hello), outbox: outbox.clone() }).await.is_err() {
        return true;
    }
    let read = async {
        let end = read(&mut reader, bytes, codec, keep_alive, link, hub, &outbox, options).await;
        let breach = match &end {
            End::Breach(breach) => Some(breach.reason()),
            End::Silent => Some(rmqtt_codec::v5::DisconnectReasonCode::KeepAliveTimeout),
            End::Closed => None,
        };
        if let Some(reason) = breach {
            outbox.push(Answer::Goodbye(reason).encode(version));
        }
        let _ = hub.send(Event::Gone { link }).await;
        outbox.close();
        breach.is_none()
    };
    let (fair, ()) = tokio::join!(read, write(writer, link, hub, &outbox));
    fair
}

/// The CONNECT, or what is answered to something else.
async fn hello(
    reader: &mut OwnedReadHalf,
    bytes: &mut BytesMut,
    options: &Options,
) -> Result<(Codec, Hello), Bytes> {
    let version = loop {
        match VersionCodec.decode(bytes) {
            Ok(Some(ProtocolVersion::MQTT3)) => break Version::V3,
            Ok(Some(ProtocolVersion::MQTT5)) => break Version::V5,
            // The codec waits for bytes that a short packet does not have.
            Ok(None) if is_whole(bytes) => return Err(Bytes::new()),
            Ok(None) => more(reader, bytes).await.map_err(|_| Bytes::new())?,
            // The name is right: the number after it is one that is not spoken here. 3.1.1's answer is known to all.
            Err(_)
                if bytes.get(2..).is_some_and(|rest| rest.windows(4).take(6).any(|name| name == b"MQTT")) =>
            {
                return Err(refusal(Version::V3, ConnectAckReason::UnsupportedProtocolVersion));
            }
            Err(_) => return Err(Bytes::new()),
        }
    };
    let mut codec = Codec::new(version, LARGEST_HELLO.min(options.max_packet));
    loop {
        match codec.hello(bytes) {
            Ok(Some(hello)) => return Ok((Codec::new(version, options.max_packet), hello)),
            Ok(None) => more(reader, bytes).await.map_err(|_| Bytes::new())?,
            Err(Breach::Codec(DecodeError::InvalidClientId)) => {
                return Err(refusal(version, ConnectAckReason::ClientIdentifierNotValid));
            }
            Err(Breach::Codec(DecodeError::MaxSizeExceeded { .. })) if version == Version::V5 => {
                return Err(refusal(version, ConnectAckReason::PacketTooLarge));
            }
            Err(_) => return Err(Bytes::new()),
        }
    }
}

/// Whether the first packet is there to its end.
fn is_whole(bytes: &[u8]) -> bool {
    let mut length = 0;
    for (place, byte) in bytes.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return bytes.len() >= 2 + place + length;
        }
    }
    false
}

async fn more(reader: &mut OwnedReadHalf, bytes: &mut BytesMut) -> io::Result<()> {
    match reader.read_buf(bytes).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

enum End {
    /// By the client, or by the hub.
    Closed,
    Silent,
    Breach(Breach),
}

#[expect(clippy::too_many_arguments, reason = "the parts of one connection, borrowed for its length")]
async fn read(
    reader: &mut OwnedReadHalf,
    mut bytes: BytesMut,
    mut codec: Codec,
    keep_alive: u16,
    link: Link,
    hub: &mpsc::Sender<Event>,
    outbox: &Outbox,
    options: &Options,
) -> End {
    let silence = match keep_alive {
        0 => Duration::MAX,
        seconds => Duration::from_millis(u64::from(seconds) * 1_500),
    };
    // Who does not read the answers is not read from either.
    let unread = options.max_unwritten.saturating_mul(2).saturating_add(options.max_packet);
    loop {
        loop {
            match codec.decode(&mut bytes) {
                Ok(Some(packet)) => {
                    let last = matches!(packet, Packet::Disconnect { .. });
                    if hub.send(Event::Said { link, packet }).await.is_err() || last {
                        return End::Closed;
                    }
                }
                Ok(None) => break,
                Err(breach) => return End::Breach(breach),
            }
        }
        let next = async {
            outbox.room(unread).await;
            more(reader, &mut bytes).await
        };
        tokio::select! {
            read = timeout(silence, next) => match read {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return End::Closed,
                Err(_) => return End::Silent,
            },
            () = outbox.closed() => return End::Closed,
            () = hub.closed() => return End::Closed,
        }
    }
}

async fn write(mut writer: OwnedWriteHalf, link: Link, hub: &mpsc::Sender<Event>, outbox: &Outbox) {
    let mut together = BytesMut::new();
    while let Some(chunks) = outbox.take().await {
        let all = async {
            let written = put(&mut writer, chunks, &mut together).await?;
            if outbox.wrote(written) {
                let _ = hub.send(Event::Drained { link }).await;
            }
            io::Result::Ok(())
        };
        let last = async {
            outbox.closed().await;
            tokio::time::sleep(LAST_WRITES_WITHIN).await;
        };
        tokio::select! {
            written = all => if written.is_err() { break },
            () = last => break,
        }
    }
    outbox.close();
    let _ = writer.shutdown().await;
}

/// Writes chunks, small ones together; how many bytes that were.
async fn put(
    writer: &mut OwnedWriteHalf,
    chunks: VecDeque<Bytes>,
    together: &mut BytesMut,
) -> io::Result<usize> {
    let mut written = 0;
    together.clear();
    for chunk in chunks {
        written += chunk.len();
        if chunk.len() + together.len() <= WRITTEN_TOGETHER {
            together.extend_from_slice(&chunk);
            continue;
        }
        writer.write_all(together).await?;
        together.clear();
        if chunk.len() < WRITTEN_TOGETHER {
            together.extend_from_slice(&chunk);
        } else {
            writer.write_all(&chunk).await?;
        }
    }
    writer.write_all(together).await?;
    Ok(written)
}

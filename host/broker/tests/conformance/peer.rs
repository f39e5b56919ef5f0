//! A client that is nothing but bytes: it sees every flag and may break every rule.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long a broker may take for anything.
pub const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    V3 = 4,
    V5 = 5,
}
pub use Version::{V3, V5};

#[derive(Clone)]
pub struct Will {
    pub topic: String,
    pub payload: &'static str,
    pub retain: bool,
    /// Seconds; MQTT 5.
    pub delay: u32,
}

/// What a CONNECT says.
#[derive(Clone)]
pub struct Hello {
    pub version: Version,
    pub id: String,
    pub clean: bool,
    /// Seconds.
    pub keep_alive: u16,
    pub will: Option<Will>,
    pub login: Option<(&'static str, &'static str)>,
    /// Seconds; MQTT 5.
    pub expiry: u32,
    pub receive_max: Option<u16>,
    pub max_packet: Option<u32>,
}

impl Hello {
    pub fn new(version: Version, id: impl Into<String>) -> Self {
        Self {
            version,
            id: id.into(),
            clean: true,
            keep_alive: 60,
            will: None,
            login: None,
            expiry: 0,
            receive_max: None,
            max_packet: None,
        }
    }

    /// Of a session that outlives the connection.
    pub fn lasting(version: Version, id: impl Into<String>) -> Self {
        Self { clean: false, expiry: 600, ..Self::new(version, id) }
    }

    pub fn bytes(&self) -> Bytes {
        let mut flags = u8::from(self.clean) << 1;
        let mut body = BytesMut::new();
        put_text(&mut body, "MQTT");
        body.put_u8(self.version as u8);
        if let Some(will) = &self.will {
            flags |= 0x04 | 0x08 | (u8::from(will.retain) << 5);
        }
        if self.login.is_some() {
            flags |= 0xc0;
        }
        body.put_u8(flags);
        body.put_u16(self.keep_alive);
        if self.version == V5 {
            let mut properties = BytesMut::new();
            if self.expiry > 0 {
                properties.put_u8(17);
                properties.put_u32(self.expiry);
            }
            if let Some(max) = self.receive_max {
                properties.put_u8(33);
                properties.put_u16(max);
            }
            if let Some(max) = self.max_packet {
                properties.put_u8(39);
                properties.put_u32(max);
            }
            put_length(&mut body, properties.len());
            body.put(properties);
        }
        put_text(&mut body, &self.id);
        if let Some(will) = &self.will {
            if self.version == V5 {
                body.put_u8(5);
                body.put_u8(24);
                body.put_u32(will.delay);
            }
            put_text(&mut body, &will.topic);
            put_text(&mut body, will.payload);
        }
        if let Some((user, password)) = self.login {
            put_text(&mut body, user);
            put_text(&mut body, password);
        }
        frame(0x10, &body)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub topic: String,
    pub payload: Bytes,
    pub qos: u8,
    pub retain: bool,
    pub dup: bool,
    pub id: u16,
    /// Seconds that are left of it; MQTT 5.
    pub expiry: Option<u32>,
    pub user_property: Option<(String, String)>,
    pub subscription_ids: Vec<u32>,
}

impl Message {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.payload).unwrap()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    Hello {
        session_present: bool,
        code: u8,
    },
    Message(Message),
    /// PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK by their numbers.
    Ack {
        kind: u8,
        id: u16,
        codes: Vec<u8>,
    },
    Pong,
    Goodbye(u8),
}

/// What a PUBLISH of ours says.
#[derive(Clone, Default)]
pub struct Saying {
    pub qos: u8,
    pub retain: bool,
    pub dup: bool,
    pub id: u16,
    pub expiry: Option<u32>,
    pub user_property: Option<(&'static str, &'static str)>,
}

pub struct Peer {
    pub version: Version,
    socket: TcpStream,
    buffer: BytesMut,
    /// Messages that came while something else was awaited.
    early: VecDeque<Message>,
    last_id: u16,
}

impl Peer {
    pub async fn dial(address: SocketAddr, version: Version) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self { version, socket, buffer: BytesMut::new(), early: VecDeque::new(), last_id: 0 }
    }

    /// Connects and says whether there was a session.
    pub async fn connect(address: SocketAddr, hello: Hello) -> (Self, bool) {
        let (peer, session_present, code) = Self::attempt(address, hello).await;
        assert_eq!(code, Some(0), "the broker refused a connection");
        (peer, session_present)
    }

    pub async fn new(address: SocketAddr, hello: Hello) -> Self {
        Self::connect(address, hello).await.0
    }

    /// As `connect`, whatever the answer is; none when the broker just closed.
    pub async fn attempt(address: SocketAddr, hello: Hello) -> (Self, bool, Option<u8>) {
        let mut peer = Self::dial(address, hello.version).await;
        peer.send(&hello.bytes()).await;
        match peer.next().await {
            Some(Packet::Hello { session_present, code }) => (peer, session_present, Some(code)),
            None => (peer, false, None),
            other => panic!("{other:?} in place of CONNACK"),
        }
    }

    /// A broken pipe is found out by reading.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout(PATIENCE, self.socket.write_all(bytes)).await.expect("the broker reads");
    }

    /// The next packet, none at the end of the connection.
    pub async fn next(&mut self) -> Option<Packet> {
        loop {
            if let Some(packet) = self.parse() {
                return Some(packet);
            }
            let read = timeout(PATIENCE, self.socket.read_buf(&mut self.buffer));
            match read.await.expect("the broker neither answered nor closed in time") {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next acknowledgement, which must be of this kind: its id and its codes.
    pub async fn ack(&mut self, kind: u8) -> (u16, Vec<u8>) {
        loop {
            match self.next().await {
                Some(Packet::Ack { kind: got, id, codes }) if got == kind => return (id, codes),
                Some(Packet::Message(message)) => self.early.push_back(message),
                other => panic!("{other:?} in place of an acknowledgement {kind}"),
            }
        }
    }

    fn id(&mut self) -> u16 {
        self.last_id += 1;
        self.last_id
    }

    pub async fn subscribe(&mut self, filter: &str, qos: u8) -> u8 {
        self.subscribe_with(filter, qos, None).await
    }

    /// `options` is the byte of MQTT 5 (and qos in 3.1.1), `identifier` below 128.
    pub async fn subscribe_with(&mut self, filter: &str, options: u8, identifier: Option<u8>) -> u8 {
        let id = self.id();
        let mut body = BytesMut::new();
        body.put_u16(id);
        if self.version == V5 {
            match identifier {
                Some(identifier) => body.put_slice(&[2, 11, identifier]),
                None => body.put_u8(0),
            }
        }
        put_text(&mut body, filter);
        body.put_u8(options);
        self.send(&frame(0x82, &body)).await;
        let (answered, codes) = self.ack(9).await;
        assert_eq!((answered, codes.len()), (id, 1), "SUBACK of another SUBSCRIBE");
        codes[0]
    }

    pub async fn unsubscribe(&mut self, filter: &str) {
        let id = self.id();
        let mut body = BytesMut::new();
        body.put_u16(id);
        if self.version == V5 {
            body.put_u8(0);
        }
        put_text(&mut body, filter);
        self.send(&frame(0xa2, &body)).await;
        assert_eq!(self.ack(11).await.0, id);
    }

    /// Publishes and sees the handshake of the qos through.
    pub async fn publish(&mut self, topic: &str, payload: impl AsRef<[u8]>, mut saying: Saying) {
        if saying.qos > 0 && saying.id == 0 {
            saying.id = self.id();
        }
        self.say(topic, payload, &saying).await;
        match saying.qos {
            1 => assert_eq!(self.ack(4).await.0, saying.id),
            2 => {
                assert_eq!(self.ack(5).await.0, saying.id);
                self.send(&[&[0x62, 2][..], &saying.id.to_be_bytes()].concat()).await;
                assert_eq!(self.ack(7).await.0, saying.id);
            }
            _ => {}
        }
    }

    /// Publishes and waits for nothing.
    pub async fn say(&mut self, topic: &str, payload: impl AsRef<[u8]>, saying: &Saying) {
        let mut body = BytesMut::new();
        put_text(&mut body, topic);
        if saying.qos > 0 {
            body.put_u16(saying.id);
        }
        if self.version == V5 {
            let mut properties = BytesMut::new();
            if let Some(expiry) = saying.expiry {
                properties.put_u8(2);
                properties.put_u32(expiry);
            }
            if let Some((key, value)) = saying.user_property {
                properties.put_u8(38);
                put_text(&mut properties, key);
                put_text(&mut properties, value);
            }
            put_length(&mut body, properties.len());
            body.put(properties);
        }
        body.put_slice(payload.as_ref());
        let first = 0x30 | (u8::from(saying.dup) << 3) | (saying.qos << 1) | u8::from(saying.retain);
        self.send(&frame(first, &body)).await;
    }

    /// The next message, acknowledged.
    pub async fn message(&mut self) -> Message {
        let message = self.hold().await;
        self.acknowledge(&message).await;
        message
    }

    pub async fn acknowledge(&mut self, message: &Message) {
        let id = message.id.to_be_bytes();
        match message.qos {
            1 => self.send(&[&[0x40, 2][..], &id].concat()).await,
            2 => {
                self.send(&[&[0x50, 2][..], &id].concat()).await;
                assert_eq!(self.ack(6).await.0, message.id);
                self.send(&[&[0x70, 2][..], &id].concat()).await;
            }
            _ => {}
        }
    }

    /// The next message, not acknowledged.
    pub async fn hold(&mut self) -> Message {
        if let Some(message) = self.early.pop_front() {
            return message;
        }
        match self.next().await {
            Some(Packet::Message(message)) => message,
            other => panic!("{other:?} in place of a message"),
        }
    }

    pub async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for _ in 0..count {
            texts.push(self.message().await.text().to_owned());
        }
        texts
    }

    /// Everything that the broker had for this client when it answers a ping.
    pub async fn until_pong(&mut self) -> Vec<Message> {
        self.send(&[0xc0, 0]).await;
        let mut messages: Vec<_> = self.early.drain(..).collect();
        loop {
            match self.next().await {
                Some(Packet::Pong) => return messages,
                Some(Packet::Message(message)) => {
                    self.acknowledge(&message).await;
                    messages.push(message);
                    messages.extend(self.early.drain(..));
                }
                other => panic!("{other:?} in place of PINGRESP"),
            }
        }
    }

    pub async fn quiet(&mut self) {
        assert_eq!(self.until_pong().await, [], "nothing was to come");
    }

    /// Reads to the end of the connection; the reason of a DISCONNECT, when there was one.
    pub async fn closed(&mut self) -> Option<u8> {
        let mut reason = None;
        while let Some(packet) = self.next().await {
            if let Packet::Goodbye(code) = packet {
                reason = Some(code);
            }
        }
        reason
    }

    pub async fn disconnect(mut self) {
        self.send(&[0xe0, 0]).await;
        let _ = self.socket.shutdown().await;
        self.closed().await;
    }

    /// Says that nothing more comes, and takes whatever is answered until the end.
    pub async fn finish(&mut self) {
        let _ = self.socket.shutdown().await;
        let mut rest = Vec::new();
        let _ = timeout(PATIENCE, self.socket.read_to_end(&mut rest)).await.expect("the broker closes");
    }

    fn parse(&mut self) -> Option<Packet> {
        let (length, count) = length(self.buffer.get(1..)?)?;
        if self.buffer.len() < 1 + count + length {
            return None;
        }
        let first = self.buffer[0];
        self.buffer.advance(1 + count);
        let mut body = self.buffer.split_to(length).freeze();
        Some(match first >> 4 {
            2 => Packet::Hello { session_present: body[0] == 1, code: body[1] },
            3 => Packet::Message(message(self.version, first, body)),
            13 => Packet::Pong,
            14 => Packet::Goodbye(body.first().copied().unwrap_or(0)),
            kind => {
                let id = body.get_u16();
                if self.version == V5 && matches!(kind, 9 | 11) {
                    skip_properties(&mut body);
                }
                Packet::Ack { kind, id, codes: body.to_vec() }
            }
        })
    }
}

fn message(version: Version, first: u8, mut body: Bytes) -> Message {
    let topic = get_text(&mut body);
    let qos = (first >> 1) & 3;
    let id = if qos > 0 { body.get_u16() } else { 0 };
    let (mut expiry, mut user_property, mut subscription_ids) = (None, None, Vec::new());
    if version == V5 {
        let mut properties = skip_properties(&mut body);
        while properties.has_remaining() {
            match properties.get_u8() {
                2 => expiry = Some(properties.get_u32()),
                11 => {
                    let (id, count) = length(&properties).unwrap();
                    properties.advance(count);
                    subscription_ids.push(id as u32);
                }
                38 => user_property = Some((get_text(&mut properties), get_text(&mut properties))),
                other => panic!("property {other} in a message"),
            }
        }
    }
    Message {
        topic,
        payload: body,
        qos,
        retain: first & 1 == 1,
        dup: first & 8 == 8,
        id,
        expiry,
        user_property,
        subscription_ids,
    }
}

fn skip_properties(body: &mut Bytes) -> Bytes {
    let (size, count) = length(body).unwrap();
    body.advance(count);
    body.split_to(size)
}

fn get_text(body: &mut Bytes) -> String {
    let size = body.get_u16();
    String::from_utf8(body.split_to(size.into()).to_vec()).unwrap()
}

pub fn put_text(body: &mut BytesMut, text: &str) {
    body.put_u16(text.len() as u16);
    body.put_slice(text.as_bytes());
}

/// A variable length and how many bytes it took.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

fn put_length(body: &mut BytesMut, mut value: usize) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return body.put_u8(byte);
        }
        body.put_u8(byte | 0x80);
    }
}

pub fn frame(first: u8, body: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(body.len() + 5);
    bytes.put_u8(first);
    put_length(&mut bytes, body.len());
    bytes.put_slice(body);
    bytes.freeze()
}

//! A message that is on its way to many: encoded once for each form, its payload shared.

use std::{
    num::{NonZeroU16, NonZeroU32},
    sync::OnceLock,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use rmqtt_codec::{
    types::{Publish, QoS},
    v3, v5,
};
use tokio_util::codec::Encoder;

use crate::wire::Version;

/// Payloads below this are copied beside their header: one write less costs more than the copy.
const SHARED_FROM: usize = 4_096;

pub struct Message {
    publish: Publish,
    size: usize,
    arrived: Instant,
    forms: [OnceLock<Frame>; 4],
}

/// How one delivery differs from the others of a message.
#[derive(Clone, Copy)]
pub struct Manner<'a> {
    pub version: Version,
    pub qos: QoS,
    pub retain: bool,
    pub dup: bool,
    /// None with qos 0.
    pub id: Option<NonZeroU16>,
    pub subscriptions: &'a [NonZeroU32],
}

/// The packet but for its first byte and its id, which differ from client to client.
#[derive(Clone)]
struct Frame {
    head: Bytes,
    id_at: usize,
    payload: Bytes,
}

impl Message {
    /// `size`: the bytes of the packet that it came in.
    pub fn new(mut publish: Publish, size: usize) -> Self {
        // What it came in is a piece of a larger buffer, which it must not keep.
        if publish.payload.len() < SHARED_FROM {
            publish.topic = ByteString::from(publish.topic.to_string());
            publish.payload = Bytes::copy_from_slice(&publish.payload);
        }
        Self { publish, size, arrived: Instant::now(), forms: Default::default() }
    }

    pub fn topic(&self) -> &ByteString {
        &self.publish.topic
    }

    pub fn qos(&self) -> QoS {
        self.publish.qos
    }

    pub fn retain(&self) -> bool {
        self.publish.retain
    }

    pub fn is_empty(&self) -> bool {
        self.publish.payload.is_empty()
    }

    /// Bytes that it takes, about.
    pub fn size(&self) -> usize {
        self.size + 200
    }

    /// When nobody wants it any more.
    pub fn ends_at(&self) -> Option<Instant> {
        let seconds = self.publish.properties.as_ref()?.message_expiry_interval?;
        self.arrived.checked_add(Duration::from_secs(seconds.get().into()))
    }

    pub fn is_over(&self, now: Instant) -> bool {
        self.ends_at().is_some_and(|end| end <= now)
    }

    /// The packet as at most two pieces, and its length.
    pub fn encode(&self, manner: Manner) -> ([Bytes; 2], usize) {
        let waited = self.arrived.elapsed().as_secs() as u32;
        let frame = if !manner.subscriptions.is_empty() || (waited > 0 && self.ends_at().is_some()) {
            self.frame(manner, waited)
        } else {
            let form = usize::from(manner.version == Version::V5) * 2 + usize::from(manner.id.is_some());
            self.forms[form].get_or_init(|| self.frame(manner, 0)).clone()
        };
        let length = frame.head.len() + frame.payload.len();
        let first = 0x30 | u8::from(manner.dup) << 3 | manner.qos.value() << 1 | u8::from(manner.retain);
        let Frame { head, id_at, payload } = frame;
        let head = if head[0] == first && manner.id.is_none() {
            head
        } else {
            let mut head = BytesMut::from(&head[..]);
            head[0] = first;
            if let Some(id) = manner.id {
                head[id_at..id_at + 2].copy_from_slice(&id.get().to_be_bytes());
            }
            head.freeze()
        };
        ([head, payload], length)
    }

    fn frame(&self, manner: Manner, waited: u32) -> Frame {
        let mut publish =
            Publish { dup: false, qos: manner.qos, packet_id: manner.id, ..self.publish.clone() };
        let mut bytes = BytesMut::new();
        let encoded = match manner.version {
            Version::V3 => {
                publish.properties = None;
                v3::Codec::default().encode(v3::Packet::Publish(Box::new(publish)), &mut bytes)
            }
            Version::V5 => {
                let properties = publish.properties.get_or_insert_default();
                properties.topic_alias = None;
                properties.subscription_ids = manner.subscriptions.to_vec();
                properties.message_expiry_interval = properties
                    .message_expiry_interval
                    .and_then(|seconds| NonZeroU32::new(seconds.get().saturating_sub(waited).max(1)));
                v5::Codec::default().encode(v5::Packet::Publish(Box::new(publish)), &mut bytes)
            }
        };
        // It came in through the same codec, in a packet that was no larger: nothing in it is too long.
        encoded.expect("what was decoded is encoded");
        let length_of_length = bytes[1..].iter().position(|byte| byte & 0x80 == 0).unwrap_or(0) + 1;
        let id_at = 1 + length_of_length + 2 + self.publish.topic.len();
        let payload_at = match self.publish.payload.len() {
            length if length < SHARED_FROM => bytes.len(),
            length => bytes.len() - length,
        };
        let payload = bytes.split_off(payload_at).freeze();
        Frame { head: bytes.freeze(), id_at, payload }
    }
}

//! Both versions of the protocol in one vocabulary, over their codecs.

use std::num::{NonZeroU16, NonZeroU32};

use bytes::Bytes;
use bytestring::ByteString;
use rmqtt_codec::{error::DecodeError, types::Publish};

mod decode;
mod encode;

pub use decode::Codec;
pub use encode::{Welcome, refusal};

pub use rmqtt_codec::v5::{
    ConnectAckReason, DisconnectReasonCode, RetainHandling, SubscribeAckReason, SubscriptionOptions,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// 3.1.1, and 3.1 with it.
    V3,
    V5,
}

/// What a CONNECT says.
pub struct Hello {
    pub version: Version,
    pub id: ByteString,
    pub clean: bool,
    /// Seconds.
    pub keep_alive: u16,
    /// Seconds; none of a 3.1.1 client, whose lasting sessions last as long as the broker lets them.
    pub expiry: Option<u32>,
    pub receive_max: u16,
    pub max_packet: usize,
    pub will: Option<Will>,
    pub user: Option<ByteString>,
    pub password: Option<Bytes>,
}

pub struct Will {
    pub publish: Publish,
    /// Seconds.
    pub delay: u32,
}

/// What a connected client may say.
pub enum Packet {
    /// And the bytes of its packet.
    Publish(Box<Publish>, usize),
    PubAck(NonZeroU16),
    /// Whether the client took the message.
    PubRec(NonZeroU16, bool),
    PubRel(NonZeroU16),
    PubComp(NonZeroU16),
    Subscribe {
        id: NonZeroU16,
        identifier: Option<NonZeroU32>,
        filters: Vec<(ByteString, SubscriptionOptions)>,
    },
    Unsubscribe {
        id: NonZeroU16,
        filters: Vec<ByteString>,
    },
    Ping,
    Disconnect {
        with_will: bool,
        expiry: Option<u32>,
    },
}

/// What a broker answers.
pub enum Answer {
    PubAck(NonZeroU16),
    PubRec(NonZeroU16),
    PubRel(NonZeroU16),
    PubComp(NonZeroU16),
    SubAck(NonZeroU16, Vec<SubscribeAckReason>),
    UnsubAck(NonZeroU16, Vec<bool>),
    Pong,
    /// 3.1.1 has no such packet: its connections are just closed.
    Goodbye(DisconnectReasonCode),
}

#[derive(Debug)]
pub enum Breach {
    Codec(DecodeError),
    /// A packet that a client may not send, or not now.
    Unexpected,
}

impl From<DecodeError> for Breach {
    fn from(error: DecodeError) -> Self {
        Self::Codec(error)
    }
}

impl Breach {
    pub fn reason(&self) -> DisconnectReasonCode {
        use rmqtt_codec::v5::ToReasonCode;
        match self {
            Self::Codec(error) => error.to_reason_code(),
            Self::Unexpected => DisconnectReasonCode::ProtocolError,
        }
    }
}

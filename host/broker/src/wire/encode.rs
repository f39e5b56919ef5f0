//! What the broker says, to bytes of either version.

use std::num::NonZeroU16;

use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use rmqtt_codec::{types::QoS, v3, v5};
use tokio_util::codec::Encoder;

use super::{Answer, ConnectAckReason, Version};

impl Answer {
    /// Empty when the version has no word for it.
    pub fn encode(self, version: Version) -> Bytes {
        match version {
            Version::V3 => self.packet_3().map_or(Bytes::new(), encode_3),
            Version::V5 => encode_5(self.packet_5()),
        }
    }

    fn packet_3(self) -> Option<v3::Packet> {
        Some(match self {
            Self::PubAck(packet_id) => v3::Packet::PublishAck { packet_id },
            Self::PubRec(packet_id) => v3::Packet::PublishReceived { packet_id },
            Self::PubRel(packet_id) => v3::Packet::PublishRelease { packet_id },
            Self::PubComp(packet_id) => v3::Packet::PublishComplete { packet_id },
            Self::SubAck(packet_id, reasons) => v3::Packet::SubscribeAck {
                packet_id,
                status: reasons
                    .into_iter()
                    .map(|reason| match QoS::try_from(u8::from(reason)) {
                        Ok(qos) => v3::SubscribeReturnCode::Success(qos),
                        Err(_) => v3::SubscribeReturnCode::Failure,
                    })
                    .collect(),
            },
            Self::UnsubAck(packet_id, _) => v3::Packet::UnsubscribeAck { packet_id },
            Self::Pong => v3::Packet::PingResponse,
            Self::Goodbye(_) => return None,
        })
    }

    fn packet_5(self) -> v5::Packet {
        let ack = |packet_id| v5::PublishAck { packet_id, ..Default::default() };
        let ack_2 = |packet_id| v5::PublishAck2 { packet_id, ..Default::default() };
        match self {
            Self::PubAck(id) => v5::Packet::PublishAck(ack(id)),
            Self::PubRec(id) => v5::Packet::PublishReceived(ack(id)),
            Self::PubRel(id) => v5::Packet::PublishRelease(ack_2(id)),
            Self::PubComp(id) => v5::Packet::PublishComplete(ack_2(id)),
            Self::SubAck(packet_id, status) => v5::Packet::SubscribeAck(v5::SubscribeAck {
                packet_id,
                properties: Vec::new(),
                reason_string: None,
                status,
            }),
            Self::UnsubAck(packet_id, existed) => v5::Packet::UnsubscribeAck(v5::UnsubscribeAck {
                packet_id,
                properties: Vec::new(),
                reason_string: None,
                status: existed
                    .into_iter()
                    .map(|existed| match existed {
                        true => v5::UnsubscribeAckReason::Success,
                        false => v5::UnsubscribeAckReason::NoSubscriptionExisted,
                    })
                    .collect(),
            }),
            Self::Pong => v5::Packet::PingResponse,
            Self::Goodbye(reason) => v5::Packet::Disconnect(v5::Disconnect::new(reason)),
        }
    }
}

/// The CONNACK of a client that is let in.
pub struct Welcome {
    pub session_present: bool,
    /// Seconds that the session outlives its connection, where that is not what was asked for.
    pub expiry: Option<u32>,
    pub assigned_id: Option<ByteString>,
    pub max_packet: usize,
    pub receive_max: u16,
}

impl Welcome {
    pub fn encode(self, version: Version) -> Bytes {
        match version {
            Version::V3 => encode_3(v3::Packet::ConnectAck(v3::ConnectAck {
                return_code: v3::ConnectAckReason::ConnectionAccepted,
                session_present: self.session_present,
            })),
            Version::V5 => encode_5(v5::Packet::ConnectAck(Box::new(v5::ConnectAck {
                session_present: self.session_present,
                session_expiry_interval_secs: self.expiry,
                assigned_client_id: self.assigned_id,
                max_packet_size: u32::try_from(self.max_packet).ok(),
                receive_max: NonZeroU16::new(self.receive_max).unwrap_or(NonZeroU16::MAX),
                shared_subscription_available: false,
                ..Default::default()
            }))),
        }
    }
}

/// The CONNACK of one that is not.
pub fn refusal(version: Version, reason: ConnectAckReason) -> Bytes {
    match version {
        Version::V3 => encode_3(v3::Packet::ConnectAck(v3::ConnectAck {
            return_code: match reason {
                ConnectAckReason::UnsupportedProtocolVersion => {
                    v3::ConnectAckReason::UnacceptableProtocolVersion
                }
                ConnectAckReason::ClientIdentifierNotValid => v3::ConnectAckReason::IdentifierRejected,
                ConnectAckReason::BadUserNameOrPassword => v3::ConnectAckReason::BadUserNameOrPassword,
                _ => v3::ConnectAckReason::ServiceUnavailable,
            },
            session_present: false,
        })),
        Version::V5 => encode_5(v5::Packet::ConnectAck(Box::new(v5::ConnectAck {
            reason_code: reason,
            ..Default::default()
        }))),
    }
}

fn encode_3(packet: v3::Packet) -> Bytes {
    let mut bytes = BytesMut::new();
    v3::Codec::default().encode(packet, &mut bytes).expect("answers are short and complete");
    bytes.freeze()
}

fn encode_5(packet: v5::Packet) -> Bytes {
    let mut bytes = BytesMut::new();
    v5::Codec::default().encode(packet, &mut bytes).expect("answers are short and complete");
    bytes.freeze()
}

//! From bytes to the one vocabulary.

use std::num::NonZeroU16;

use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use rmqtt_codec::{
    types::{Publish, QoS},
    v3, v5,
};
use tokio_util::codec::Decoder;

use super::{Breach, DisconnectReasonCode, Hello, Packet, SubscriptionOptions, Version, Will};

pub enum Codec {
    V3(v3::Codec),
    V5(v5::Codec),
}

impl Codec {
    pub fn new(version: Version, max_packet: usize) -> Self {
        let max = u32::try_from(max_packet).unwrap_or(u32::MAX);
        match version {
            Version::V3 => Self::V3(v3::Codec::new(max)),
            Version::V5 => Self::V5(v5::Codec::new(max, 0)),
        }
    }

    /// The CONNECT, when all of it is there.
    pub fn hello(&mut self, bytes: &mut BytesMut) -> Result<Option<Hello>, Breach> {
        match self {
            Self::V3(codec) => match codec.decode(bytes)? {
                Some((v3::Packet::Connect(connect), _)) => Ok(Some(hello_3(*connect))),
                Some(_) => Err(Breach::Unexpected),
                None => Ok(None),
            },
            Self::V5(codec) => match codec.decode(bytes)? {
                Some((v5::Packet::Connect(connect), _)) => Ok(Some(hello_5(*connect))),
                Some(_) => Err(Breach::Unexpected),
                None => Ok(None),
            },
        }
    }

    pub fn decode(&mut self, bytes: &mut BytesMut) -> Result<Option<Packet>, Breach> {
        match self {
            Self::V3(codec) => codec.decode(bytes)?.map(packet_3).transpose(),
            Self::V5(codec) => codec.decode(bytes)?.map(packet_5).transpose(),
        }
    }
}

fn hello_3(connect: v3::Connect) -> Hello {
    Hello {
        version: Version::V3,
        id: connect.client_id,
        clean: connect.clean_session,
        keep_alive: connect.keep_alive,
        expiry: connect.clean_session.then_some(0),
        receive_max: u16::MAX,
        max_packet: usize::MAX,
        will: connect.last_will.map(|will| Will {
            publish: publish(will.topic, will.message, will.qos, will.retain, None),
            delay: 0,
        }),
        user: connect.username,
        password: connect.password,
    }
}

fn hello_5(connect: v5::Connect) -> Hello {
    Hello {
        version: Version::V5,
        id: connect.client_id,
        clean: connect.clean_start,
        keep_alive: connect.keep_alive,
        expiry: Some(connect.session_expiry_interval_secs),
        receive_max: connect.receive_max.map_or(u16::MAX, NonZeroU16::get),
        max_packet: connect.max_packet_size.map_or(usize::MAX, |max| max.get() as usize),
        will: connect.last_will.map(|will| {
            let properties = v5::PublishProperties {
                correlation_data: will.correlation_data,
                message_expiry_interval: will.message_expiry_interval,
                content_type: will.content_type,
                user_properties: will.user_properties,
                is_utf8_payload: will.is_utf8_payload.unwrap_or(false),
                response_topic: will.response_topic,
                ..v5::PublishProperties::default()
            };
            Will {
                publish: publish(will.topic, will.message, will.qos, will.retain, Some(properties)),
                delay: will.will_delay_interval_sec.unwrap_or(0),
            }
        }),
        user: connect.username,
        password: connect.password,
    }
}

fn publish(
    topic: ByteString,
    payload: Bytes,
    qos: QoS,
    retain: bool,
    properties: Option<v5::PublishProperties>,
) -> Publish {
    Publish { dup: false, retain, qos, topic, packet_id: None, payload, properties }
}

fn packet_3((packet, length): (v3::Packet, u32)) -> Result<Packet, Breach> {
    Ok(match packet {
        v3::Packet::Publish(publish) => Packet::Publish(publish, length as usize),
        v3::Packet::PublishAck { packet_id } => Packet::PubAck(packet_id),
        v3::Packet::PublishReceived { packet_id } => Packet::PubRec(packet_id, true),
        v3::Packet::PublishRelease { packet_id } => Packet::PubRel(packet_id),
        v3::Packet::PublishComplete { packet_id } => Packet::PubComp(packet_id),
        v3::Packet::Subscribe { packet_id, topic_filters } => Packet::Subscribe {
            id: packet_id,
            identifier: None,
            filters: topic_filters
                .into_iter()
                .map(|(filter, qos)| (filter, SubscriptionOptions { qos, ..Default::default() }))
                .collect(),
        },
        v3::Packet::Unsubscribe { packet_id, topic_filters } => {
            Packet::Unsubscribe { id: packet_id, filters: topic_filters }
        }
        v3::Packet::PingRequest => Packet::Ping,
        v3::Packet::Disconnect => Packet::Disconnect { with_will: false, expiry: None },
        _ => return Err(Breach::Unexpected),
    })
}

fn packet_5((packet, length): (v5::Packet, u32)) -> Result<Packet, Breach> {
    Ok(match packet {
        v5::Packet::Publish(publish) => {
            let properties = publish.properties.as_ref();
            // No alias was offered, and a subscription's number is the broker's to say.
            if properties.is_some_and(|said| said.topic_alias.is_some() || !said.subscription_ids.is_empty())
            {
                return Err(Breach::Unexpected);
            }
            Packet::Publish(publish, length as usize)
        }
        v5::Packet::PublishAck(ack) => Packet::PubAck(ack.packet_id),
        v5::Packet::PublishReceived(ack) => Packet::PubRec(ack.packet_id, u8::from(ack.reason_code) < 0x80),
        v5::Packet::PublishRelease(ack) => Packet::PubRel(ack.packet_id),
        v5::Packet::PublishComplete(ack) => Packet::PubComp(ack.packet_id),
        v5::Packet::Subscribe(subscribe) => Packet::Subscribe {
            id: subscribe.packet_id,
            identifier: subscribe.id,
            filters: subscribe.topic_filters,
        },
        v5::Packet::Unsubscribe(unsubscribe) => {
            Packet::Unsubscribe { id: unsubscribe.packet_id, filters: unsubscribe.topic_filters }
        }
        v5::Packet::PingRequest => Packet::Ping,
        v5::Packet::Disconnect(disconnect) => Packet::Disconnect {
            with_will: disconnect.reason_code == DisconnectReasonCode::DisconnectWithWillMessage,
            expiry: disconnect.session_expiry_interval_secs,
        },
        _ => return Err(Breach::Unexpected),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets with everything in them that a client may say.
    const PACKETS: &[&[u8]] = &[
        b"\x10\x2d\x00\x04MQTT\x05\xee\x00\x3c\x10\x11\0\0\0\x05\x21\0\x09\x27\0\x01\0\0\x22\0\x03\
          \0\x01c\x05\x18\0\0\0\x01\0\x01w\0\x01p\0\x01u\0\x01p",
        b"\x10\x18\x00\x04MQTT\x04\xee\x00\x3c\0\x01c\0\x01w\0\x01p\0\x01u\0\x01p",
        b"\x33\x2a\0\x01a\0\x01\x23\x01\x01\x02\0\0\0\x09\x03\0\x01t\x08\0\x01r\x09\0\x01d\x0b\x05\
          \x26\0\x01k\0\x01v\x23\0\x01\x26\0\0\0\0xy",
        b"\x82\x0f\0\x01\x02\x0b\x07\0\x01a\x2d\0\x03b/#\x01",
        b"\xa2\x09\0\x01\x05\x26\0\0\0\0\0\x01a",
        b"\x40\x09\0\x01\x10\x05\x1f\0\x02ab",
        b"\x50\x03\0\x01\x80",
        b"\x62\x04\0\x01\x92\0",
        b"\xe0\x07\x04\x05\x11\0\0\0\x09",
        b"\xf0\x02\x18\0",
    ];

    #[test]
    fn whatever_comes_is_decoded_or_refused() {
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut decoded = 0;
        for _ in 0..200_000 {
            let mut bytes = PACKETS[random(PACKETS.len())].to_vec();
            for _ in 0..random(4) {
                let place = random(bytes.len());
                bytes[place] = random(256) as u8;
            }
            // Its length is right more often than not: or nothing behind it would ever be read.
            if random(4) > 0 {
                bytes.truncate(2 + random(bytes.len() - 1));
                bytes[1] = (bytes.len() - 2) as u8;
            }
            for version in [Version::V3, Version::V5] {
                let (mut one, mut other) = (BytesMut::from(&bytes[..]), BytesMut::from(&bytes[..]));
                decoded += usize::from(matches!(Codec::new(version, 1_000).hello(&mut one), Ok(Some(_))));
                decoded += usize::from(matches!(Codec::new(version, 1_000).decode(&mut other), Ok(Some(_))));
            }
        }
        assert!(decoded > 10_000, "{decoded} of them were packets");
    }
}

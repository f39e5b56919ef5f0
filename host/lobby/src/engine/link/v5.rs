//! A connection over MQTT 5.

use std::time::Instant;

use bytes::Bytes;
use rumqttc::{
    Transport,
    v5::{
        AsyncClient, Event as Polled, MqttOptions,
        mqttbytes::{
            QoS,
            v5::{Filter, LastWill, Packet, PubAckReason, Publish, PublishProperties, SubscribeReasonCode},
        },
    },
};
use tokio::sync::mpsc;

use super::{
    Ack, Ended, Event, KEEP_ALIVE, Link, MAX_PACKET, Message, Out, Outage, REQUESTS, Role, SESSION_EXPIRY_S,
    WINDOW, v4,
};
use crate::Remote;

fn options(remote: &Remote, role: &Role) -> MqttOptions {
    let mut options = MqttOptions::new(&role.client_id, &remote.host, remote.port);
    let mut network = options.network_options();
    network.set_tcp_nodelay(true);
    options.set_network_options(network);
    options.set_keep_alive(KEEP_ALIVE).set_clean_start(!role.persistent).set_manual_acks(true);
    options.set_max_packet_size(Some(MAX_PACKET)).set_receive_maximum(Some(WINDOW));
    options.set_outgoing_inflight_upper_limit(WINDOW);
    if role.persistent {
        options.set_session_expiry_interval(Some(SESSION_EXPIRY_S));
    }
    if let Some(topic) = &role.will {
        options.set_last_will(LastWill::new(topic.as_str(), Vec::new(), QoS::AtLeastOnce, true, None));
    }
    if let Some(credentials) = &remote.credentials {
        options.set_credentials(&credentials.user, &credentials.password);
    }
    if remote.tls {
        options.set_transport(Transport::Tls(v4::tls(remote)));
    }
    options
}

pub async fn connection(remote: &Remote, role: &Role, events: &mpsc::Sender<Event>) -> Ended {
    let (client, mut eventloop) = AsyncClient::new(options(remote, role), REQUESTS);
    let mut was_up = false;
    loop {
        let event = match eventloop.poll().await {
            Ok(Polled::Incoming(Packet::ConnAck(connack))) => {
                was_up = true;
                Event::Up { link: Link::V5(client.clone()), protocol: "5", resumed: connack.session_present }
            }
            Ok(Polled::Incoming(Packet::Publish(publish))) => Event::Message(Message {
                topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                payload: publish.payload,
                retain: publish.retain,
                at: Instant::now(),
                ack: (publish.qos != QoS::AtMostOnce).then_some(Ack(publish.pkid)),
            }),
            Ok(Polled::Incoming(Packet::SubAck(suback))) => {
                match suback.return_codes.iter().find(|code| !matches!(code, SubscribeReasonCode::Success(_)))
                {
                    Some(code) => Event::Forbidden(format!("a subscription is refused: {code:?}")),
                    None => continue,
                }
            }
            Ok(Polled::Incoming(Packet::PubAck(puback))) => match puback.reason {
                PubAckReason::Success | PubAckReason::NoMatchingSubscribers => continue,
                reason => Event::Forbidden(format!("a publication is refused: {reason:?}")),
            },
            Ok(_) => continue,
            Err(error) => return Ended { was_up, outage: Outage::of_v5(&error) },
        };
        if events.send(event).await.is_err() {
            return Ended { was_up, outage: Outage::stopped() };
        }
    }
}

pub fn publish(client: &AsyncClient, out: &Out) -> bool {
    let (topic, payload, retain) = (out.topic.as_str(), Bytes::clone(&out.payload), out.retain);
    let properties =
        PublishProperties { message_expiry_interval: out.expiry_s, ..PublishProperties::default() };
    client.try_publish_with_properties(topic, QoS::AtLeastOnce, retain, payload, properties).is_ok()
}

pub fn ack(client: &AsyncClient, ack: Ack) -> bool {
    let mut acknowledged = Publish::new("", QoS::AtLeastOnce, Bytes::new(), None);
    acknowledged.pkid = ack.0;
    client.try_ack(&acknowledged).is_ok()
}

pub fn subscribe(client: &AsyncClient, filters: &[&str]) -> bool {
    client.try_subscribe_many(filters.iter().map(|filter| Filter::new(*filter, QoS::AtLeastOnce))).is_ok()
}

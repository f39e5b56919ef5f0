//! A connection over MQTT 3.1.1: without expiry of messages, and the broker's own idea of a session's age.

use std::time::Instant;

use rumqttc::{
    AsyncClient, Event as Polled, LastWill, MqttOptions, NetworkOptions, Packet, Publish, QoS,
    SubscribeFilter, SubscribeReasonCode, TlsConfiguration, Transport,
};
use tokio::sync::mpsc;

use super::{Ack, Ended, Event, KEEP_ALIVE, Link, MAX_PACKET, Message, Out, Outage, REQUESTS, Role};
use crate::Remote;

/// The most that the protocol knows: here the broker cannot be told a limit, and what it sends again and again must be taken.
const MAX_INCOMING: usize = 268_435_455 + 5;

/// The system's authorities, and the operator's.
pub fn tls(remote: &Remote) -> TlsConfiguration {
    match &remote.ca {
        Some(ca) => TlsConfiguration::SimpleNative { ca: ca.clone(), client_auth: None },
        None => TlsConfiguration::Native,
    }
}

fn options(remote: &Remote, role: &Role) -> MqttOptions {
    let mut options = MqttOptions::new(&role.client_id, &remote.host, remote.port);
    options.set_keep_alive(KEEP_ALIVE).set_clean_session(!role.persistent).set_manual_acks(true);
    options.set_max_packet_size(MAX_INCOMING, MAX_PACKET as usize);
    if let Some(topic) = &role.will {
        options.set_last_will(LastWill::new(topic, Vec::new(), QoS::AtLeastOnce, true));
    }
    if let Some(credentials) = &remote.credentials {
        options.set_credentials(&credentials.user, &credentials.password);
    }
    if remote.tls {
        options.set_transport(Transport::Tls(tls(remote)));
    }
    options
}

pub async fn connection(remote: &Remote, role: &Role, events: &mpsc::Sender<Event>) -> Ended {
    let (client, mut eventloop) = AsyncClient::new(options(remote, role), REQUESTS);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    eventloop.set_network_options(network);
    let mut was_up = false;
    loop {
        let event = match eventloop.poll().await {
            Ok(Polled::Incoming(Packet::ConnAck(connack))) => {
                was_up = true;
                Event::Up {
                    link: Link::V4(client.clone()),
                    protocol: "3.1.1",
                    resumed: connack.session_present,
                }
            }
            Ok(Polled::Incoming(Packet::Publish(publish))) => Event::Message(Message {
                topic: publish.topic,
                payload: publish.payload,
                retain: publish.retain,
                at: Instant::now(),
                ack: (publish.qos != QoS::AtMostOnce).then_some(Ack(publish.pkid)),
            }),
            Ok(Polled::Incoming(Packet::SubAck(suback))) => {
                if !suback.return_codes.contains(&SubscribeReasonCode::Failure) {
                    continue;
                }
                Event::Forbidden("a subscription is refused".into())
            }
            Ok(_) => continue,
            Err(error) => return Ended { was_up, outage: Outage::of_v4(&error) },
        };
        if events.send(event).await.is_err() {
            return Ended { was_up, outage: Outage::stopped() };
        }
    }
}

pub fn publish(client: &AsyncClient, out: &Out) -> bool {
    client.try_publish(out.topic.as_str(), QoS::AtLeastOnce, out.retain, out.payload.to_vec()).is_ok()
}

pub fn ack(client: &AsyncClient, ack: Ack) -> bool {
    let mut acknowledged = Publish::new("", QoS::AtLeastOnce, Vec::new());
    acknowledged.pkid = ack.0;
    client.try_ack(&acknowledged).is_ok()
}

pub fn subscribe(client: &AsyncClient, filters: &[&str]) -> bool {
    let filters = filters.iter().map(|filter| SubscribeFilter::new((*filter).to_owned(), QoS::AtLeastOnce));
    client.try_subscribe_many(filters).is_ok()
}

//! Messages on their way: qualities of service, order, filters, properties.

use std::time::Duration;

use rumqttc::{AsyncClient, Event, MqttOptions, QoS};
use tokio::time::timeout;

use crate::{
    brokers::At,
    peer::{PATIENCE, Peer, Saying, V3, V5, frame, put_text},
};

fn at_qos(qos: u8) -> Saying {
    Saying { qos, ..Saying::default() }
}

pub async fn every_quality_of_service_is_accepted_and_delivered(at: &At) {
    for (at, version) in at.rounds() {
        for said in 0..=2 {
            for asked in 0..=2 {
                let topic = at.topic(&format!("qos/{said}/{asked}"));
                let mut reader = at.peer(version, "reader").await;
                assert_eq!(reader.subscribe(&topic, asked).await, asked);
                at.peer(version, "writer").await.publish(&topic, "x", at_qos(said)).await;
                let message = reader.message().await;
                assert_eq!((message.text(), message.qos), ("x", said.min(asked)));
                reader.quiet().await;
            }
        }
    }
}

pub async fn a_duplicate_of_qos_2_is_delivered_once(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("once");
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe(&topic, 2).await;
        let mut writer = at.peer(version, "writer").await;
        writer.say(&topic, "x", &Saying { qos: 2, id: 7, ..Saying::default() }).await;
        assert_eq!(writer.ack(5).await.0, 7);
        // The second is the same message until it was released.
        writer.publish(&topic, "x", Saying { qos: 2, id: 7, dup: true, ..Saying::default() }).await;
        assert_eq!(reader.message().await.text(), "x");
        reader.quiet().await;
        writer.publish(&topic, "y", Saying { qos: 2, id: 7, ..Saying::default() }).await;
        assert_eq!(reader.message().await.text(), "y");
    }
}

pub async fn messages_of_each_publisher_come_in_order(at: &At) {
    const EACH: usize = 300;
    for (at, version) in at.rounds() {
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe(&at.topic("order/#"), 1).await;
        let write = async |writer: usize| {
            let mut peer = at.peer(version, &format!("writer-{writer}")).await;
            let topic = at.topic(&format!("order/{writer}"));
            for number in 0..EACH {
                peer.publish(&topic, format!("{writer} {number}"), at_qos(1)).await;
            }
        };
        let read = async {
            let mut next = [0; 3];
            for text in reader.texts(3 * EACH).await {
                let (writer, number) = text.split_once(' ').unwrap();
                let writer: usize = writer.parse().unwrap();
                assert_eq!(number.parse::<usize>().unwrap(), next[writer]);
                next[writer] += 1;
            }
        };
        tokio::join!(write(0), write(1), write(2), read);
    }
}

pub async fn overlapping_subscriptions_lose_nothing(at: &At) {
    for (at, version) in at.rounds() {
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe(&at.topic("over/#"), 0).await;
        reader.subscribe(&at.topic("over/+"), 1).await;
        at.peer(version, "writer").await.publish(&at.topic("over/x"), "x", at_qos(1)).await;
        let mut got = vec![reader.message().await];
        got.extend(reader.until_pong().await);
        assert!((1..=2).contains(&got.len()), "once, or once a subscription: {got:?}");
        assert_eq!(got.iter().map(|message| message.qos).max(), Some(1), "the best of them counts");
    }
}

pub async fn what_was_unsubscribed_comes_no_more(at: &At) {
    for (at, version) in at.rounds() {
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe(&at.topic("un/+"), 1).await;
        reader.subscribe(&at.topic("un/kept"), 1).await;
        reader.unsubscribe(&at.topic("un/+")).await;
        reader.unsubscribe(&at.topic("un/never")).await;
        let mut writer = at.peer(version, "writer").await;
        writer.publish(&at.topic("un/gone"), "gone", at_qos(1)).await;
        writer.publish(&at.topic("un/kept"), "kept", at_qos(1)).await;
        assert_eq!(reader.message().await.text(), "kept");
        reader.quiet().await;
    }
}

pub async fn filters_and_topics_that_are_none_are_refused(at: &At) {
    for (at, version) in at.rounds() {
        for filter in ["a/#/b", "a+", "#a"] {
            let mut peer = at.peer(version, "reader").await;
            let mut body = bytes::BytesMut::from(&[0, 1][..]);
            if version == V5 {
                body.extend_from_slice(&[0]);
            }
            put_text(&mut body, filter);
            body.extend_from_slice(&[1]);
            peer.send(&frame(0x82, &body)).await;
            match peer.next().await {
                None | Some(crate::peer::Packet::Goodbye(_)) => {}
                Some(crate::peer::Packet::Ack { kind: 9, codes, .. }) => {
                    assert!(codes[0] >= 0x80, "{filter}")
                }
                other => panic!("{filter}: {other:?}"),
            }
        }
        let mut watcher = at.peer(version, "watcher").await;
        watcher.subscribe(&at.topic("#"), 1).await;
        for topic in [at.topic("bad/+"), at.topic("bad/#")] {
            let mut peer = at.peer(version, "writer").await;
            peer.say(&topic, "x", &Saying { qos: 1, id: 1, ..Saying::default() }).await;
            peer.closed().await;
        }
        watcher.quiet().await;
    }
}

pub async fn properties_reach_mqtt_5_and_payloads_everybody(at: &At) {
    let topic = at.topic("properties");
    let (mut old, mut new) = (at.peer(V3, "old").await, at.peer(V5, "new").await);
    old.subscribe(&topic, 1).await;
    new.subscribe(&topic, 1).await;
    let said = Saying { qos: 1, user_property: Some(("host", "a")), expiry: Some(600), ..Saying::default() };
    at.peer(V5, "writer").await.publish(&topic, "from 5", said).await;
    let message = new.message().await;
    assert_eq!(message.user_property, Some(("host".into(), "a".into())));
    assert!(message.expiry.is_some_and(|left| (595..=600).contains(&left)), "{:?}", message.expiry);
    assert_eq!(message.text(), "from 5");
    assert_eq!(old.message().await.text(), "from 5");
    at.peer(V3, "writer").await.publish(&topic, "from 3", at_qos(1)).await;
    assert_eq!(new.message().await.text(), "from 3");
    assert_eq!(old.message().await.text(), "from 3");
}

pub async fn a_subscriber_may_not_want_to_hear_itself(at: &At) {
    let topic = at.topic("local");
    let mut peer = at.peer(V5, "peer").await;
    peer.subscribe_with(&topic, 1 | 0x04, None).await;
    peer.publish(&topic, "own", at_qos(1)).await;
    peer.quiet().await;
    at.peer(V5, "other").await.publish(&topic, "of another", at_qos(1)).await;
    assert_eq!(peer.message().await.text(), "of another");
}

pub async fn subscription_identifiers_come_back(at: &At) {
    let mut peer = at.peer(V5, "peer").await;
    peer.subscribe_with(&at.topic("id/a"), 1, Some(7)).await;
    peer.subscribe_with(&at.topic("id/b"), 1, Some(9)).await;
    let mut writer = at.peer(V5, "writer").await;
    for (topic, id) in [("id/b", 9), ("id/a", 7)] {
        writer.publish(&at.topic(topic), "x", at_qos(1)).await;
        assert_eq!(peer.message().await.subscription_ids, [id]);
    }
}

/// rumqttc is what the arbiter speaks.
pub async fn clients_of_the_library_understand_the_broker_in_both_versions(at: &At) {
    let (topic, address) = (at.topic("library"), at.address);
    let id = at.id("library");
    let mut options = MqttOptions::new(&id, address.ip().to_string(), address.port());
    options.set_keep_alive(Duration::from_secs(5)).set_max_packet_size(2 << 20, 2 << 20);
    let (client, mut events) = AsyncClient::new(options, 10);
    client.subscribe(&topic, QoS::AtLeastOnce).await.unwrap();
    for (version, qos) in [(V3, QoS::AtMostOnce), (V5, QoS::AtLeastOnce), (V3, QoS::ExactlyOnce)] {
        client.publish(&topic, qos, true, format!("{version:?} {qos:?}")).await.unwrap();
    }
    let mut got = Vec::new();
    while got.len() < 3 {
        if let Event::Incoming(rumqttc::Packet::Publish(publish)) =
            timeout(PATIENCE, events.poll()).await.unwrap().unwrap()
        {
            got.push(publish.payload);
        }
    }
    client.disconnect().await.unwrap();
    while timeout(PATIENCE, events.poll()).await.unwrap().is_ok() {}

    let mut options = rumqttc::v5::MqttOptions::new(&id, address.ip().to_string(), address.port());
    options.set_keep_alive(Duration::from_secs(5));
    let (client, mut events) = rumqttc::v5::AsyncClient::new(options, 10);
    client.subscribe(&topic, rumqttc::v5::mqttbytes::QoS::ExactlyOnce).await.unwrap();
    client.publish(&topic, rumqttc::v5::mqttbytes::QoS::ExactlyOnce, false, "live").await.unwrap();
    let mut got = Vec::new();
    while got.len() < 2 {
        if let rumqttc::v5::Event::Incoming(rumqttc::v5::mqttbytes::v5::Packet::Publish(publish)) =
            timeout(PATIENCE, events.poll()).await.unwrap().unwrap()
        {
            got.push((publish.payload, publish.retain));
        }
    }
    assert_eq!(got, [("V3 ExactlyOnce".into(), true), ("live".into(), false)]);
    client.disconnect().await.unwrap();
    let _ = Peer::dial(address, V3).await;
}

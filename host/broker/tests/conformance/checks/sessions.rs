//! Sessions that outlive their connection.

use std::time::Duration;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, QoS};
use tokio::time::timeout;

use crate::{
    brokers::At,
    peer::{Hello, PATIENCE, Peer, Saying, V3, V5, Will},
};

fn at_qos(qos: u8) -> Saying {
    Saying { qos, ..Saying::default() }
}

pub async fn a_lasting_session_gets_in_order_what_it_missed(at: &At) {
    for (at, version) in at.rounds() {
        for torn in [true, false] {
            let topic = at.topic("missed");
            let id = at.id(&format!("{version:?}-{torn}"));
            let (mut reader, present) = Peer::connect(at.address, Hello::lasting(version, &id)).await;
            assert!(!present, "there was no session before");
            reader.subscribe(&topic, 1).await;
            if torn {
                drop(reader)
            } else {
                reader.disconnect().await
            }
            let mut writer = at.peer(version, "writer").await;
            for number in 0..200 {
                writer.publish(&topic, number.to_string(), at_qos(1)).await;
            }
            let (mut reader, present) = Peer::connect(at.address, Hello::lasting(version, &id)).await;
            assert!(present);
            for number in 0..200 {
                let message = reader.message().await;
                assert_eq!((message.text(), message.qos), (&*number.to_string(), 1));
            }
            reader.quiet().await;
            writer.publish(&topic, "live", at_qos(1)).await;
            assert_eq!(reader.message().await.text(), "live", "the subscription is of the session");
            reader.disconnect().await;
            Peer::new(at.address, Hello::new(version, &id)).await.disconnect().await;
        }
    }
}

pub async fn what_was_not_acknowledged_comes_again_marked_as_duplicate(at: &At) {
    for (at, version) in at.rounds() {
        let (topic, id) = (at.topic("again"), at.id("reader"));
        let mut reader = Peer::new(at.address, Hello::lasting(version, &id)).await;
        reader.subscribe(&topic, 1).await;
        let mut writer = at.peer(version, "writer").await;
        for text in ["0", "1", "2", "3"] {
            writer.publish(&topic, text, at_qos(1)).await;
        }
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(reader.hold().await);
        }
        assert!(held.iter().all(|message| !message.dup));
        reader.acknowledge(&held[0]).await;
        reader.quiet().await;
        drop(reader);
        writer.publish(&topic, "4", at_qos(1)).await;
        let mut reader = Peer::new(at.address, Hello::lasting(version, &id)).await;
        for before in &held[1..] {
            let again = reader.hold().await;
            assert_eq!((again.text(), again.dup, again.id), (before.text(), true, before.id));
            reader.acknowledge(&again).await;
        }
        let new = reader.message().await;
        assert_eq!((new.text(), new.dup), ("4", false));
        reader.quiet().await;
        Peer::new(at.address, Hello::new(version, &id)).await.disconnect().await;
    }
}

/// What the arbiter does: it acknowledges after its commit, and is killed between.
pub async fn acknowledging_by_hand_survives_a_torn_connection_in_both_versions(at: &At) {
    let (topic, address) = (at.topic("by-hand"), at.address);
    let mut writer = at.peer(V5, "writer").await;
    let id = at.id("v3");
    let link = || {
        let mut options = MqttOptions::new(&id, address.ip().to_string(), address.port());
        options.set_clean_session(false).set_manual_acks(true).set_keep_alive(Duration::from_secs(5));
        AsyncClient::new(options, 10)
    };
    let (client, mut events) = link();
    client.subscribe(&topic, QoS::AtLeastOnce).await.unwrap();
    until_subscribed(&mut events).await;
    for text in ["0", "1", "2"] {
        writer.publish(&topic, text, at_qos(1)).await;
    }
    let first = publish_of(&mut events).await;
    client.ack(&first).await.unwrap();
    // The acknowledgement goes out before the next message comes in.
    while !matches!(poll(&mut events).await, Event::Outgoing(rumqttc::Outgoing::PubAck(_))) {}
    drop((client, events));
    let (client, mut events) = link();
    for text in ["1", "2"] {
        let again = publish_of(&mut events).await;
        assert_eq!(again.payload, text);
        client.ack(&again).await.unwrap();
    }

    let id = at.id("v5");
    let link = || {
        let mut options = rumqttc::v5::MqttOptions::new(&id, address.ip().to_string(), address.port());
        options.set_clean_start(false).set_manual_acks(true).set_keep_alive(Duration::from_secs(5));
        options.set_session_expiry_interval(Some(600));
        rumqttc::v5::AsyncClient::new(options, 10)
    };
    use rumqttc::v5::{Event as Event5, mqttbytes::v5::Packet as Packet5};
    let (client, mut events) = link();
    client.subscribe(&topic, rumqttc::v5::mqttbytes::QoS::AtLeastOnce).await.unwrap();
    while !matches!(
        timeout(PATIENCE, events.poll()).await.unwrap().unwrap(),
        Event5::Incoming(Packet5::SubAck(_))
    ) {}
    writer.publish(&topic, "kept", at_qos(1)).await;
    while !matches!(
        timeout(PATIENCE, events.poll()).await.unwrap().unwrap(),
        Event5::Incoming(Packet5::Publish(_))
    ) {}
    drop((client, events));
    let (_client, mut events) = link();
    let mut present = None;
    loop {
        match timeout(PATIENCE, events.poll()).await.unwrap().unwrap() {
            Event5::Incoming(Packet5::ConnAck(hello)) => present = Some(hello.session_present),
            Event5::Incoming(Packet5::Publish(again)) => {
                assert_eq!((present, &again.payload[..], again.dup), (Some(true), &b"kept"[..], true));
                break;
            }
            _ => {}
        }
    }
}

async fn poll(events: &mut EventLoop) -> Event {
    timeout(PATIENCE, events.poll()).await.unwrap().unwrap()
}

async fn until_subscribed(events: &mut EventLoop) {
    while !matches!(poll(events).await, Event::Incoming(rumqttc::Packet::SubAck(_))) {}
}

async fn publish_of(events: &mut EventLoop) -> rumqttc::Publish {
    loop {
        if let Event::Incoming(rumqttc::Packet::Publish(publish)) = poll(events).await {
            return publish;
        }
    }
}

pub async fn a_clean_session_forgets(at: &At) {
    for (at, version) in at.rounds() {
        let (topic, id) = (at.topic("forgotten"), at.id("reader"));
        let mut reader = Peer::new(at.address, Hello::lasting(version, &id)).await;
        reader.subscribe(&topic, 1).await;
        reader.disconnect().await;
        let mut writer = at.peer(version, "writer").await;
        writer.publish(&topic, "x", at_qos(1)).await;
        let (mut reader, present) = Peer::connect(at.address, Hello::new(version, &id)).await;
        assert!(!present);
        writer.publish(&topic, "y", at_qos(1)).await;
        reader.quiet().await;
        reader.subscribe(&topic, 1).await;
        reader.disconnect().await;
        let (mut reader, present) = Peer::connect(at.address, Hello::lasting(version, &id)).await;
        assert!(!present, "the session of a clean connection ended with it");
        writer.publish(&topic, "z", at_qos(1)).await;
        reader.quiet().await;
    }
}

pub async fn the_same_client_id_takes_the_session_over(at: &At) {
    for (at, version) in at.rounds() {
        let id = at.id("twice");
        let mut old = Peer::new(at.address, Hello::lasting(version, &id)).await;
        old.subscribe(&at.topic("own"), 1).await;
        let (mut new, present) = Peer::connect(at.address, Hello::lasting(version, &id)).await;
        assert!(present);
        let reason = old.closed().await;
        assert!(matches!(reason, None | Some(0x8e)), "session taken over: {reason:?}");
        at.peer(version, "writer").await.publish(&at.topic("own"), "x", at_qos(1)).await;
        assert_eq!(new.message().await.text(), "x");
        new.disconnect().await;
    }
}

/// Of sessions that end with it; of one that goes on brokers differ.
pub async fn being_taken_over_fires_the_old_will(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("will");
        let mut watcher = at.peer(version, "watcher").await;
        watcher.subscribe(&topic, 1).await;
        let hello = |payload| Hello {
            will: Some(Will { topic: topic.clone(), payload, retain: false, delay: 0 }),
            ..Hello::new(version, at.id("twice"))
        };
        let mut old = Peer::new(at.address, hello("of the old")).await;
        let new = Peer::new(at.address, hello("of the new")).await;
        old.closed().await;
        assert_eq!(watcher.message().await.text(), "of the old");
        watcher.quiet().await;
        new.disconnect().await;
    }
}

pub async fn qos_2_is_finished_after_a_reconnect(at: &At) {
    for (at, version) in at.rounds() {
        let (topic, id) = (at.topic("twice"), at.id("reader"));
        let mut reader = Peer::new(at.address, Hello::lasting(version, &id)).await;
        reader.subscribe(&topic, 2).await;
        let mut writer = at.peer(version, "writer").await;
        writer.publish(&topic, "x", at_qos(2)).await;
        let held = reader.hold().await;
        // PUBREC, and then the connection is gone before PUBREL could be answered.
        reader.send(&[&[0x50, 2][..], &held.id.to_be_bytes()].concat()).await;
        assert!(matches!(reader.next().await, Some(crate::peer::Packet::Ack { kind: 6, .. })));
        drop(reader);
        let mut reader = Peer::new(at.address, Hello::lasting(version, &id)).await;
        match reader.next().await {
            Some(crate::peer::Packet::Ack { kind: 6, id, .. }) => assert_eq!(id, held.id),
            other => panic!("{other:?} in place of PUBREL"),
        }
        reader.send(&[&[0x70, 2][..], &held.id.to_be_bytes()].concat()).await;
        reader.quiet().await;
        writer.publish(&topic, "y", at_qos(2)).await;
        assert_eq!(reader.message().await.text(), "y");
        reader.disconnect().await;
    }
}

pub async fn an_empty_client_id_gets_one(at: &At) {
    for (at, version) in at.rounds() {
        let mut first = Peer::new(at.address, Hello::new(version, "")).await;
        let mut second = Peer::new(at.address, Hello::new(version, "")).await;
        first.quiet().await;
        second.quiet().await;
    }
    let refused = Hello { clean: false, ..Hello::new(V3, "") };
    let (_, _, code) = Peer::attempt(at.address, refused).await;
    assert!(matches!(code, None | Some(2)), "3.1.1 forbids a session without a name: {code:?}");
}

//! Large, many, slow, wrong and unknown clients.

use std::time::Duration;

use tokio::time::timeout;

use super::retained::kept;
use crate::{
    brokers::{At, MAX_PACKET, PASSWORD, USER},
    peer::{Hello, PATIENCE, Packet, Peer, Saying, V3, V5, frame, put_text},
};

fn at_qos(qos: u8) -> Saying {
    Saying { qos, ..Saying::default() }
}

pub async fn a_payload_of_a_mebibyte_passes(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("large");
        let payload: Vec<u8> = (0..1 << 20).map(|place: u32| place.to_le_bytes()[1]).collect();
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe(&topic, 1).await;
        at.peer(version, "writer").await.publish(&topic, &payload, kept()).await;
        assert!(reader.message().await.payload == payload);
        reader.subscribe(&topic, 1).await;
        assert!(reader.message().await.payload == payload, "retained, too");
        reader.publish(&topic, "", kept()).await;
    }
}

pub async fn a_packet_above_the_limit_harms_its_sender_only(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("too-large");
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe(&topic, 1).await;
        let mut rude = at.peer(version, "rude").await;
        let payload = vec![0; MAX_PACKET + 1];
        rude.say(&topic, &payload, &Saying { qos: 1, id: 1, ..Saying::default() }).await;
        let reason = rude.closed().await;
        assert!(matches!(reason, None | Some(0x95 | 0x81 | 0x80)), "packet too large: {reason:?}");
        at.peer(version, "writer").await.publish(&topic, "x", at_qos(1)).await;
        assert_eq!(reader.message().await.text(), "x");
        reader.quiet().await;
    }
}

pub async fn garbage_and_half_open_connections_harm_nobody(at: &At) {
    let topic = at.topic("garbage");
    let mut reader = at.peer(V3, "reader").await;
    reader.subscribe(&topic, 1).await;
    let mut half_open = Vec::new();
    for _ in 0..50 {
        half_open.push(Peer::dial(at.address, V3).await);
        let mut begun = Peer::dial(at.address, V3).await;
        begun.send(&[0x10, 0x20, 0, 4, b'M']).await;
        half_open.push(begun);
    }
    let connect = Hello::new(V5, at.id("cut")).bytes();
    let garbage: Vec<Vec<u8>> = vec![
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        vec![0xff; 64],
        vec![0; 64],
        vec![0x30, 5, 0, 3, b'a', b'b', b'c'],
        vec![0x10, 0xff, 0xff, 0xff, 0xff, 0x01],
        vec![0x10, 2, 0, 4],
        [&connect[..], &[0x82, 1, 0]].concat(),
        [&connect[..], &[0x82, 2, 0, 1]].concat(),
        [&connect[..], &[0x32, 3, 0, 9, b'a']].concat(),
        [&connect[..], &[0x36, 5, 0, 1, b'a', 0, 1]].concat(),
        [&connect[..], &[0xf0, 0]].concat(),
        [&connect[..], &[0x20, 2, 0, 0]].concat(),
        [&connect[..], &[0x30, 6, 0, 1, b'a', 2, 35, 0]].concat(),
        [&connect[..], &connect[..]].concat(),
    ];
    for bytes in garbage {
        let mut peer = Peer::dial(at.address, V5).await;
        peer.send(&bytes).await;
        peer.closed().await;
    }
    at.peer(V5, "writer").await.publish(&topic, "x", at_qos(1)).await;
    assert_eq!(reader.message().await.text(), "x");
    reader.quiet().await;
}

pub async fn a_version_that_nobody_speaks_is_answered(at: &At) {
    let mut body = bytes::BytesMut::new();
    put_text(&mut body, "MQTT");
    body.extend_from_slice(&[6, 2, 0, 60]);
    put_text(&mut body, &at.id("future"));
    let mut peer = Peer::dial(at.address, V3).await;
    peer.send(&frame(0x10, &body)).await;
    match peer.next().await {
        Some(Packet::Hello { code: 1 | 0x84, .. }) => assert_eq!(peer.closed().await, None),
        other => panic!("{other:?} in place of a refusal that names the version"),
    }
}

pub async fn names_and_passwords_are_asked_for(at: &At) {
    let guarded = at.guarded().await;
    for (at, version) in at.rounds() {
        for (login, welcome) in [
            (Some((USER, PASSWORD)), true),
            (Some((USER, "wrong")), false),
            (Some(("other", PASSWORD)), false),
            (None, false),
        ] {
            let hello = Hello { login, ..Hello::new(version, at.id("login")) };
            let (mut peer, _, code) = Peer::attempt(guarded.address(), hello).await;
            if welcome {
                assert_eq!(code, Some(0));
                peer.quiet().await;
            } else {
                let refusals: &[u8] = if version == V3 { &[4, 5] } else { &[0x86, 0x87] };
                assert!(code.is_some_and(|code| refusals.contains(&code)), "{login:?}: {code:?}");
                peer.closed().await;
            }
        }
    }
}

pub async fn a_client_that_reads_nothing_holds_nobody_up(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("slow");
        let mut deaf = Peer::new(at.address, Hello::new(version, at.id("deaf"))).await;
        deaf.subscribe(&topic, 1).await;
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe(&topic, 1).await;
        let mut writer = at.peer(version, "writer").await;
        let payload = vec![b'x'; 256 << 10];
        let all = async {
            for _ in 0..200 {
                writer.publish(&topic, &payload, at_qos(1)).await;
                assert_eq!(reader.message().await.payload.len(), payload.len());
            }
        };
        timeout(3 * PATIENCE, all).await.expect("50 MiB pass beside a client that reads nothing");
        drop(deaf);
    }
}

pub async fn a_client_sets_how_much_may_be_on_its_way(at: &At) {
    let topic = at.topic("window");
    let mut reader =
        Peer::new(at.address, Hello { receive_max: Some(3), ..Hello::new(V5, at.id("reader")) }).await;
    reader.subscribe(&topic, 1).await;
    let mut writer = at.peer(V5, "writer").await;
    for number in 0..10 {
        writer.publish(&topic, number.to_string(), at_qos(1)).await;
    }
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(reader.hold().await);
    }
    reader.quiet().await;
    for number in 3..10 {
        reader.acknowledge(&held.remove(0)).await;
        held.push(reader.hold().await);
        assert_eq!(held[2].text(), number.to_string());
    }
}

pub async fn a_message_above_what_a_client_takes_is_not_sent_to_it(at: &At) {
    let topic = at.topic("small");
    let mut reader =
        Peer::new(at.address, Hello { max_packet: Some(200), ..Hello::new(V5, at.id("reader")) }).await;
    reader.subscribe(&topic, 1).await;
    let mut writer = at.peer(V5, "writer").await;
    writer.publish(&topic, vec![b'x'; 300], at_qos(1)).await;
    writer.publish(&topic, "small", at_qos(1)).await;
    assert_eq!(reader.message().await.text(), "small");
    reader.quiet().await;
}

pub async fn two_hundred_clients_hear_each_other(at: &At) {
    const CLIENTS: usize = 200;
    let topic = at.topic("crowd");
    let mut peers = Vec::new();
    for number in 0..CLIENTS {
        let version = if number % 2 == 0 { V3 } else { V5 };
        let mut peer = at.peer(version, &number.to_string()).await;
        peer.subscribe(&format!("{topic}/+"), 1).await;
        peers.push(peer);
    }
    let tasks: Vec<_> = peers
        .into_iter()
        .enumerate()
        .map(|(number, mut peer)| {
            let own = format!("{topic}/{number}");
            tokio::spawn(async move {
                peer.say(&own, number.to_string(), &Saying { qos: 1, id: 9_999, ..Saying::default() }).await;
                let mut heard = [false; CLIENTS];
                let mut acknowledged = false;
                while !(acknowledged && heard.iter().all(|heard| *heard)) {
                    match peer.next().await.expect("nobody is thrown out") {
                        Packet::Message(message) => {
                            peer.acknowledge(&message).await;
                            heard[message.text().parse::<usize>().unwrap()] = true;
                        }
                        Packet::Ack { kind: 4, id: 9_999, .. } => acknowledged = true,
                        other => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        timeout(Duration::from_secs(60), task).await.unwrap().unwrap();
    }
}

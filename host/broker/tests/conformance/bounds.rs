//! The bounds of the embedded broker, and its end: what no other broker says in the same way.

use std::time::{Duration, Instant};

use regie_broker::{Broker, Options};
use tokio::{sync::oneshot, time::timeout};

use crate::{
    brokers::MAX_PACKET,
    checks::retained::kept,
    peer::{Hello, PATIENCE, Peer, Saying, V3, V5},
};

async fn broker(options: Options) -> (Broker, oneshot::Sender<()>) {
    let (stop, stopped) = oneshot::channel();
    let options = Options { listen: "127.0.0.1:0".into(), max_packet: MAX_PACKET, ..options };
    let broker = regie_broker::serve(options, async move {
        let _ = stopped.await;
    });
    (broker.await.unwrap(), stop)
}

async fn until(broker: &Broker, what: impl Fn(&regie_broker::Stats) -> bool) {
    let started = Instant::now();
    while !what(&broker.stats()) {
        assert!(started.elapsed() < PATIENCE, "{:?}", broker.stats());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const QOS_1: Saying = Saying { qos: 1, retain: false, dup: false, id: 0, expiry: None, user_property: None };

#[tokio::test]
async fn what_waits_for_a_client_that_reads_nothing_has_a_bound() {
    let limit = 4 << 20;
    let (broker, _stop) = broker(Options { max_queued_bytes: limit, ..Options::default() }).await;
    let mut deaf = Peer::new(broker.address(), Hello::new(V5, "deaf")).await;
    deaf.subscribe("x", 1).await;
    let mut writer = Peer::new(broker.address(), Hello::new(V5, "writer")).await;
    for _ in 0..100 {
        writer.publish("x", vec![0; 256 << 10], QOS_1).await;
        assert!(broker.stats().queued_bytes <= limit);
    }
    assert!(broker.stats().dropped > 0, "{:?}", broker.stats());
    drop(deaf);
    until(&broker, |stats| stats.queued_bytes == 0 && stats.connections == 1).await;
}

#[tokio::test]
async fn what_waits_for_all_clients_that_are_away_has_a_bound() {
    let limit = 1 << 20;
    let (broker, _stop) =
        broker(Options { max_queued_bytes_of_all: limit, max_queued: 30, ..Options::default() }).await;
    for number in 0..10 {
        let mut away = Peer::new(broker.address(), Hello::lasting(V3, format!("away-{number}"))).await;
        away.subscribe("x", 1).await;
        away.disconnect().await;
    }
    let mut writer = Peer::new(broker.address(), Hello::new(V3, "writer")).await;
    for _ in 0..40 {
        writer.publish("x", vec![0; 8 << 10], QOS_1).await;
    }
    until(&broker, |stats| stats.queued > 0 && stats.queued <= 300 && stats.queued_bytes <= limit).await;
    let (mut back, present) = Peer::connect(broker.address(), Hello::lasting(V3, "away-0")).await;
    assert!(present);
    let got = back.until_pong().await.len();
    assert!((1..=30).contains(&got), "the first ones of the queue: {got}");
    for number in 0..10 {
        Peer::new(broker.address(), Hello::new(V3, format!("away-{number}"))).await.disconnect().await;
    }
    until(&broker, |stats| (stats.queued, stats.queued_bytes, stats.sessions) == (0, 0, 1)).await;
}

#[tokio::test]
async fn retained_messages_have_a_bound_and_go_with_their_tombstones() {
    let (broker, _stop) = broker(Options { max_retained: 3, ..Options::default() }).await;
    let mut writer = Peer::new(broker.address(), Hello::new(V5, "writer")).await;
    for topic in ["a", "b", "c", "d"] {
        writer.publish(topic, topic, kept()).await;
    }
    assert_eq!(broker.stats().retained, 3);
    let mut reader = Peer::new(broker.address(), Hello::new(V5, "reader")).await;
    reader.subscribe("#", 1).await;
    let mut texts = reader.texts(3).await;
    texts.sort();
    assert_eq!(texts, ["a", "b", "c"]);
    for topic in ["a", "b", "c"] {
        writer.publish(topic, "", kept()).await;
    }
    assert_eq!((broker.stats().retained, broker.stats().retained_bytes), (0, 0));
}

#[tokio::test]
async fn one_connection_session_or_filter_too_many_is_refused() {
    let limits = Options { max_connections: 2, max_sessions: 2, max_subscriptions: 2, ..Options::default() };
    let (broker, _stop) = broker(limits).await;
    let away = Peer::new(broker.address(), Hello::lasting(V5, "away")).await;
    away.disconnect().await;
    let mut one = Peer::new(broker.address(), Hello::new(V5, "one")).await;
    let codes = [one.subscribe("a", 1).await, one.subscribe("b", 1).await, one.subscribe("c", 1).await];
    assert_eq!(codes, [1, 1, 0x97], "quota exceeded");
    assert_eq!(one.subscribe("a", 0).await, 0, "one that it has is not another");
    let (refused, _, code) = Peer::attempt(broker.address(), Hello::new(V5, "two")).await;
    assert_eq!(code, Some(0x89), "server busy");
    drop(refused);
    let (_back, present) = Peer::connect(broker.address(), Hello::lasting(V5, "away")).await;
    assert!(present, "who has a session comes in");
    let (_, _, code) = Peer::attempt(broker.address(), Hello::new(V3, "three")).await;
    assert_eq!(code, None, "there is no connection left to answer on");
}

#[tokio::test]
async fn who_says_nothing_is_closed() {
    let (broker, _stop) =
        broker(Options { hello_within: Duration::from_millis(200), ..Options::default() }).await;
    let mut silent = Peer::dial(broker.address(), V3).await;
    assert_eq!(silent.closed().await, None);
    until(&broker, |stats| stats.refused == 1).await;
}

#[tokio::test]
async fn a_shutdown_says_goodbye_and_frees_the_address() {
    let (broker, stop) = broker(Options::default()).await;
    let address = broker.address();
    let mut old = Peer::new(address, Hello::new(V3, "old")).await;
    let mut new = Peer::new(address, Hello::new(V5, "new")).await;
    let _half_open = Peer::dial(address, V5).await;
    stop.send(()).unwrap();
    assert_eq!(new.closed().await, Some(0x8b), "server shutting down");
    assert_eq!(old.closed().await, None);
    timeout(PATIENCE, broker.ended()).await.expect("all tasks end");
    let again = Options { listen: address.to_string(), ..Options::default() };
    regie_broker::serve(again, async {}).await.unwrap().ended().await;
}

#[tokio::test]
async fn an_address_that_is_taken_or_none_is_said_clearly() {
    let (broker, _stop) = broker(Options::default()).await;
    for listen in [broker.address().to_string(), "nowhere".to_owned()] {
        let options = Options { listen: listen.clone(), ..Options::default() };
        let Err(error) = regie_broker::serve(options, async {}).await else {
            panic!("it listens on {listen}");
        };
        assert!(error.message.contains(&listen), "{}", error.message);
        assert!(error.hint.is_some());
    }
}

/// Every packet that a client may send, with each byte changed: no connection harms another, and no task dies of it.
#[tokio::test]
async fn broken_packets_end_their_connection_and_nothing_else() {
    let (broker, _stop) = broker(Options::default()).await;
    let mut witness = Peer::new(broker.address(), Hello::new(V5, "witness")).await;
    for version in [V3, V5] {
        let properties: &[u8] = if version == V5 { &[0] } else { &[] };
        let packets = [
            [&[0x32, 6 + properties.len() as u8, 0, 1, b'a', 0, 1][..], properties, b"x"].concat(),
            [&[0x82, 6 + properties.len() as u8, 0, 1][..], properties, &[0, 1, b'a', 1]].concat(),
            [&[0xa2, 5 + properties.len() as u8, 0, 1][..], properties, &[0, 1, b'a']].concat(),
            vec![0x40, 2, 0, 1],
            vec![0x62, 2, 0, 1],
            vec![0xe0, 0],
        ];
        let hello = Hello { keep_alive: 0, ..Hello::new(version, "breaks") }.bytes();
        for packet in &packets {
            for place in 0..packet.len() {
                for value in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut bytes = packet.clone();
                    bytes[place] = value;
                    let mut peer = Peer::dial(broker.address(), version).await;
                    peer.send(&[&hello[..], &bytes, &[0xe0, 0]].concat()).await;
                    peer.finish().await;
                }
            }
        }
        for place in 0..hello.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = hello.to_vec();
                bytes[place] = value;
                let mut peer = Peer::dial(broker.address(), version).await;
                peer.send(&bytes).await;
                peer.finish().await;
            }
        }
    }
    witness.quiet().await;
    until(&broker, |stats| stats.connections == 1).await;
}

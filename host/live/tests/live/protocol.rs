//! RFC 6455 and the shape of frames, from outside.

use std::time::Duration;

use regie_live::Options;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use crate::support::{House, Wiring, frame, masked, options, until};

#[tokio::test]
async fn every_way_of_wiring_a_connection_carries_links() {
    for wiring in [Wiring::Auto, Wiring::Plain, Wiring::Wrapped] {
        let house = House::with(options(), wiring).await;
        house.room.put("t/1", 5);
        let mut client = house.connect().await;
        assert_eq!(client.watch("t/1").await["state"]["value"], 5);
        house.room.put("t/1", 6);
        assert_eq!(client.hear().await["state"]["value"], 6);
        futures::SinkExt::close(&mut client.0).await.unwrap();
        client.closed().await;
        until("the link is gone", || house.hub.stats().links == 0).await;
        house.close().await;
    }
}

#[tokio::test]
async fn what_came_with_the_handshake_is_not_lost() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let early = masked(0x81, br#"{"subscribe":[{"topic":"t/1","as":"state"}]}"#);
    // In one segment with the request, once whole and once cut.
    for cut in [early.len(), 9] {
        let mut socket = house.raw(&early[..cut]).await;
        socket.write_all(&early[cut..]).await.unwrap();
        let (opcode, payload) = frame(&mut socket).await.unwrap();
        let value: Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!((opcode, &value["state"]["value"]), (1, &json!(5)));
    }
    house.close().await;
}

#[tokio::test]
async fn a_request_that_is_no_handshake_is_told_what_would_be() {
    let house = House::open().await;
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let up = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    let cases = [
        format!("{up}Sec-WebSocket-Version: 8\r\n{key}"),
        format!("{up}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n"),
        format!("{up}Sec-WebSocket-Version: 13\r\n"),
        format!("Connection: close\r\nSec-WebSocket-Version: 13\r\n{key}"),
        String::new(),
    ];
    for headers in cases {
        let mut socket = tokio::net::TcpStream::connect(house.address).await.unwrap();
        socket.write_all(format!("GET /live HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes()).await.unwrap();
        let mut answer = vec![0; 2048];
        let n = socket.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..n]).to_ascii_lowercase();
        assert!(answer.starts_with("http/1.1 400"), "{headers}: {answer}");
        assert!(answer.contains("sec-websocket-version: 13") && answer.contains("bad_request"), "{answer}");
    }
    assert_eq!(house.hub.stats().links, 0);
    house.close().await;
}

#[tokio::test]
async fn each_violation_closes_with_its_code() {
    let house = House::with(Options { visitor_message_bytes: 1000, ..options() }, Wiring::Auto).await;
    let cases: &[(&str, Vec<u8>, u16)] = &[
        ("unmasked", b"\x81\x01x".to_vec(), 1002),
        ("reserved bits", masked(0xf1, b"x"), 1002),
        ("unknown opcode", masked(0x87, b"x"), 1002),
        ("continuation of nothing", masked(0x80, b"x"), 1002),
        ("fragmented ping", masked(0x09, b"x"), 1002),
        ("not UTF-8", masked(0x81, &[0xc3, 0x28]), 1007),
        ("too large", masked(0x81, &[b' '; 1001]), 1009),
        ("too large in fragments", [masked(0x01, &[b' '; 600]), masked(0x80, &[b' '; 600])].concat(), 1009),
        ("binary", masked(0x82, b"{}"), 1003),
        ("a close is answered with its code", masked(0x88, &[0x0f, 0xa0]), 4000),
        ("a close without a code is a normal one", masked(0x88, b""), 1000),
        ("garbage again and again", masked(0x81, b"what?").repeat(8), 1008),
    ];
    for (name, bytes, code) in cases {
        let mut socket = house.raw(b"").await;
        socket.write_all(bytes).await.unwrap();
        let payload = loop {
            match frame(&mut socket).await {
                Some((8, payload)) => break payload,
                Some(_) => {}
                None => panic!("{name}: no close frame"),
            }
        };
        assert_eq!(u16::from_be_bytes([payload[0], payload[1]]), *code, "{name}");
        assert_eq!(frame(&mut socket).await, None, "{name}: the connection ends");
    }
    until("no link is left", || house.hub.stats().links == 0).await;
    assert_eq!(house.hub.stats().closed_fault, cases.len() as u64 - 2);
    house.close().await;
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_is_answered_and_the_link_stays() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let mut client = house.connect().await;
    let cases = [
        "",
        "{",
        "[]",
        "{}",
        "7",
        r#"{"subscribe":{}}"#,
        r#"{"do":{"topic":"t/1"}}"#,
        r#"{"do":{"topic":"t/1","key":"","action":1}}"#,
        r#"{"unsubscribe":[7]}"#,
    ];
    for garbage in cases {
        client.text(garbage).await;
        assert_eq!(client.hear().await["error"]["code"], "bad_request", "{garbage}");
        // A sensible frame in between wipes the slate.
        client.say(json!({"unsubscribe": ["t/9"]})).await;
    }
    assert_eq!(client.watch("t/1").await["state"]["value"], 5);
    house.close().await;
}

#[tokio::test]
async fn one_refused_subscription_leaves_the_others() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let mut client = house.connect().await;
    client
        .say(json!({"subscribe": [
            {"topic": "t/none", "surface": "live"},
            {"topic": "Not A Topic"},
            {"topic": "nobody/1"},
            {"topic": "t/1", "delay": 7},
            {"topic": "t/1", "as": "state"},
        ]}))
        .await;
    let mut codes = Vec::new();
    for _ in 0..5 {
        let frame = client.hear().await;
        codes.push((frame["topic"].as_str().unwrap().to_owned(), frame["error"]["code"].clone()));
        if frame["topic"] == "t/none" {
            assert_eq!(frame["surface"], "live");
        }
    }
    codes.sort_by_key(|(topic, code)| (topic.clone(), code.to_string()));
    let expected = [
        ("Not A Topic", json!("bad_request")),
        ("nobody/1", json!("not_found")),
        ("t/1", json!("bad_request")),
        ("t/1", Value::Null),
        ("t/none", json!("not_found")),
    ];
    assert_eq!(codes, expected.map(|(topic, code)| (topic.to_owned(), code)));
    house.close().await;
}

#[tokio::test]
async fn pings_beats_and_fragments_are_answered() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let mut socket = house.raw(b"").await;
    let subscribe = br#"{"subscribe":[{"topic":"t/1","as":"state"}]}"#;
    let parts = [
        masked(0x01, &subscribe[..10]),
        masked(0x89, b"still there?"),
        masked(0x00, &subscribe[10..20]),
        masked(0x80, &subscribe[20..]),
    ];
    // Byte by byte: every cut of a header and a payload.
    for byte in parts.concat() {
        socket.write_all(&[byte]).await.unwrap();
    }
    assert_eq!(frame(&mut socket).await, Some((10, b"still there?".to_vec())));
    let (_, payload) = frame(&mut socket).await.unwrap();
    assert!(String::from_utf8(payload).unwrap().contains("\"value\":5"));
    socket.write_all(&masked(0x81, br#"{"beat":[1,"a"]}"#)).await.unwrap();
    assert_eq!(frame(&mut socket).await, Some((1, br#"{"beat":[1,"a"]}"#.to_vec())));
    house.close().await;
}

#[tokio::test]
async fn a_quiet_link_gets_beats() {
    let house = House::with(Options { beat: Duration::from_millis(20), ..options() }, Wiring::Auto).await;
    let mut client = house.connect().await;
    for _ in 0..3 {
        let Some(Message::Text(text)) = client.message().await else { panic!("no beat") };
        assert!(text.starts_with(r#"{"beat":"#), "{text}");
    }
    house.close().await;
}

#[tokio::test]
async fn who_says_nothing_or_never_ends_is_closed() {
    let short = Duration::from_millis(40);
    let quiet = House::with(Options { hello: short, ..options() }, Wiring::Auto).await;
    let frame = quiet.connect().await.closed().await.unwrap();
    assert_eq!(frame.code, CloseCode::Policy);
    quiet.close().await;

    let endless = House::with(Options { message_time: short, ..options() }, Wiring::Auto).await;
    let mut socket = endless.raw(&masked(0x81, br#"{"beat":1}"#)).await;
    socket.write_all(&masked(0x01, b"{")).await.unwrap();
    let mut last = None;
    while let Some(next) = crate::support::frame(&mut socket).await {
        last = Some(next);
    }
    let (opcode, payload) = last.unwrap();
    assert_eq!((opcode, &payload[..2]), (8, &1008u16.to_be_bytes()[..]));
    endless.close().await;
}

#[tokio::test]
async fn the_number_of_links_has_a_limit_and_shutdown_says_goodbye() {
    let house = House::with(Options { links: 2, ..options() }, Wiring::Auto).await;
    let (mut one, two) = (house.connect().await, house.connect().await);
    let refused = tokio_tungstenite::connect_async(format!("ws://{}/live", house.address)).await.unwrap_err();
    assert!(refused.to_string().contains("503"), "{refused}");
    drop(two);
    until("a place is free", || house.hub.stats().links == 1).await;
    let mut three = house.connect().await;
    until("it is open", || house.hub.stats().links == 2).await;
    let (closing, first, second) =
        tokio::join!(house.shutdown.drain(Duration::from_secs(10)), one.closed(), three.closed());
    assert!(closing);
    assert_eq!((first.unwrap().code, second.unwrap().code), (CloseCode::Away, CloseCode::Away));
    assert_eq!(house.hub.stats().links, 0);
}

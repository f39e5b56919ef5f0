use std::{
    io::{Read, Write},
    net::TcpStream,
};

use regie_tests::{Link, Regie};
use serde_json::json;

/// A visitor that subscribes and then never reads again.
fn deaf(url: &str, topic: &str) -> TcpStream {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /live HTTP/1.1\r\nHost: {address}\r\nOrigin: {url}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    .unwrap();
    let mut head = [0; 512];
    let got = stream.read(&mut head).unwrap();
    assert!(head[..got].starts_with(b"HTTP/1.1 101"));
    let text = json!({"subscribe": [{"topic": topic, "surface": "overlay:default"}]}).to_string();
    // One short masked text frame; a mask of zeros leaves the text as it is.
    let length = u8::try_from(text.len()).ok().filter(|n| *n < 126).unwrap();
    let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
    frame.extend_from_slice(text.as_bytes());
    stream.write_all(&frame).unwrap();
    stream
}

fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn readers_that_never_read_cost_bounded_memory_and_delay_nobody() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let topic = format!("tracker/{id}/main");
    let mut reader = Link::open(&regie.url, None).await;
    reader.subscribe(&topic, json!({"surface": "overlay:default"})).await;
    let deaf: Vec<_> = (0..50).map(|_| deaf(&regie.url, &topic)).collect();
    reader.until(|f| f["html"].is_string()).await;
    let before = resident(regie.pid());
    // 120 pictures of 60 kB to 50 readers that do not read would be 360 MB.
    for n in 0..120 {
        let set = regie.act("a", json!({"do": "html", "html": format!("{n}:{}", "x".repeat(60_000))})).await;
        assert_eq!(set.status, 200, "{}", set.text);
    }
    reader.until(|f| f["html"].as_str().is_some_and(|h| h.contains("119:"))).await;
    let grown = resident(regie.pid()).saturating_sub(before);
    assert!(grown < 100_000, "{grown} kB more");
    assert_eq!(deaf.len(), 50);
}

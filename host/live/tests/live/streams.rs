//! Server-sent events.

use std::time::Duration;

use regie_live::Options;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::support::{House, Wiring, options, until};

struct Stream(BufReader<TcpStream>);

impl Stream {
    /// Status and stream.
    async fn open(house: &House, topic: &str, last: Option<&str>) -> (u16, Self) {
        let mut socket = TcpStream::connect(house.address).await.unwrap();
        let last = last.map_or_else(String::new, |id| format!("Last-Event-ID: {id}\r\n"));
        // HTTP/1.0: no chunks to take apart.
        let request = format!("GET /stream?{topic} HTTP/1.0\r\nHost: x\r\n{last}\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut stream = Self(BufReader::new(socket));
        let status = stream.line().await.unwrap();
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        while stream.line().await.is_some_and(|line| !line.is_empty()) {}
        (status, stream)
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = timeout(Duration::from_secs(20), self.0.read_line(&mut line)).await.expect("nothing came");
        (read.unwrap_or(0) > 0).then(|| line.trim_end().to_owned())
    }

    /// The next event's lines, `retry` and comments left out.
    async fn event(&mut self) -> Option<Vec<String>> {
        let mut lines = Vec::new();
        loop {
            match self.line().await? {
                line if line.is_empty() && !lines.is_empty() => return Some(lines),
                line if line.is_empty() || line.starts_with("retry:") || line.starts_with(':') => {}
                line => lines.push(line),
            }
        }
    }
}

fn event(version: u64, value: i64) -> Option<Vec<String>> {
    Some(vec![format!("id: {version}"), format!(r#"data: {{"value":{value},"padding":""}}"#)])
}

#[tokio::test]
async fn the_whole_state_comes_at_connect_and_on_every_change() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    let (status, mut stream) = Stream::open(&house, "t/1", None).await;
    assert_eq!(status, 200);
    assert!(stream.line().await.unwrap().starts_with("retry: "));
    assert_eq!(stream.event().await, event(1, 5));
    for value in 6..9 {
        let version = house.room.put("t/1", value);
        assert_eq!(stream.event().await, event(version, value));
    }
    assert_eq!(house.hub.stats().sse, 1);
    drop(stream);
    house.room.put("t/1", 1);
    until("the stream is gone", || {
        house.room.put("t/1", 1);
        house.hub.stats().sse == 0
    })
    .await;
    house.close().await;
}

#[tokio::test]
async fn a_client_that_has_the_current_version_is_not_sent_it_again() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    for (last, first) in
        [("1", event(2, 6)), ("l-1-v", event(2, 6)), ("0", event(1, 5)), ("l-9-v", event(1, 5))]
    {
        house
            .room
            .documents
            .lock()
            .values_mut()
            .for_each(|document| (document.version, document.value) = (0, 0));
        house.room.put("t/1", 5);
        let (_, mut stream) = Stream::open(&house, "t/1", Some(last)).await;
        house.room.put("t/1", 6);
        let mut got = stream.event().await;
        if first == event(2, 6) && got == event(1, 5) {
            panic!("{last}: sent again");
        }
        // The change may have come before the stream was open.
        if first == event(1, 5) && got == event(2, 6) {
            got = event(1, 5);
        }
        assert_eq!(got, first, "{last}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_stream_ends_with_its_topic_its_right_and_the_server() {
    let house = House::open().await;
    assert_eq!(Stream::open(&house, "t/1", None).await.0, 404);
    house.room.put("t/1", 5);
    let (_, mut stream) = Stream::open(&house, "t/1", None).await;
    assert_eq!(stream.event().await, event(1, 5));
    house.room.remove("t/1");
    assert_eq!(stream.event().await, None);

    house.room.put("t/1", 5);
    let (_, mut stream) = Stream::open(&house, "t/1", None).await;
    stream.event().await;
    house.room.documents.lock().values_mut().for_each(|document| document.secret = true);
    house.hub.reevaluate();
    assert_eq!(stream.event().await, None);
    assert_eq!(Stream::open(&house, "t/1", None).await.0, 403);

    house.room.put("t/2", 5);
    let (_, mut stream) = Stream::open(&house, "t/2", None).await;
    stream.event().await;
    assert!(house.shutdown.drain(Duration::from_secs(10)).await);
    assert_eq!(stream.event().await, None);
}

#[tokio::test]
async fn a_quiet_stream_gets_comments() {
    let house = House::with(Options { beat: Duration::from_millis(20), ..options() }, Wiring::Auto).await;
    house.room.put("t/1", 5);
    let (_, mut stream) = Stream::open(&house, "t/1", Some("1")).await;
    for wanted in ["retry", "", ": beat", "", ": beat"] {
        assert!(stream.line().await.unwrap().starts_with(wanted));
    }
    house.close().await;
}

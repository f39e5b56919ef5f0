use futures::StreamExt;
use regie_tests::Regie;
use serde_json::{Value, json};

struct Events {
    body: futures::stream::BoxStream<'static, reqwest::Result<Vec<u8>>>,
    buffer: String,
}

impl Events {
    async fn open(regie: &Regie, last: Option<&str>) -> Self {
        let mut request = regie.http.get(format!("{}/a/tracker/stream", regie.url));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.bytes_stream().map(|b| b.map(|b| b.to_vec())).boxed(), buffer: String::new() }
    }

    /// The next event's id and data; comments and `retry` are passed over.
    async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned())
                };
                let found = field("data:")
                    .map(|data| (field("id:").unwrap_or_default(), serde_json::from_str(&data).unwrap()));
                self.buffer = rest.to_owned();
                if let Some(found) = found {
                    return found;
                }
                continue;
            }
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), self.body.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            self.buffer.push_str(&String::from_utf8(chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn the_stream_says_the_whole_session_at_connect_and_on_every_change() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut events = Events::open(&regie, None).await;
    let (first, session) = events.next().await;
    assert_eq!(
        (session["version"].as_u64(), session["participants"][0]["label"].as_str()),
        (Some(1), Some("Alice"))
    );
    regie.act("a", json!({"do": "count"})).await;
    let (second, session) = events.next().await;
    assert_eq!((session["version"].as_u64(), session["state"]["n"].as_i64()), (Some(2), Some(1)));
    assert_ne!(first, second);
    drop(events);
    // Nothing happened since: the next thing that comes is the next change, not the same again.
    let mut resumed = Events::open(&regie, Some(&second)).await;
    regie.act("a", json!({"do": "count"})).await;
    assert_eq!(resumed.next().await.1["version"], 3);
}

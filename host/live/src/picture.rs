//! The value of a feed, encoded once for everybody.

use std::sync::OnceLock;

use bytes::Bytes;
use regie_core::Topic;

use crate::{
    message,
    source::{Body, Snapshot, Variant},
};

#[derive(Debug)]
pub(crate) struct Picture {
    pub snapshot: Snapshot,
    /// The WebSocket frame.
    pub frame: Bytes,
    /// The frame for those who have this etag already: a reconnecting crowd shares it.
    current: OnceLock<Bytes>,
    event: OnceLock<Bytes>,
}

impl Picture {
    pub(crate) fn new(topic: &Topic, variant: &Variant, delay: u32, snapshot: Snapshot) -> Self {
        let frame = message::picture(topic, variant, delay, &snapshot);
        Self { snapshot, frame, current: OnceLock::new(), event: OnceLock::new() }
    }

    pub(crate) fn current(&self, topic: &Topic, variant: &Variant, delay: u32) -> Bytes {
        self.current.get_or_init(|| message::current(topic, variant, delay, &self.snapshot.etag)).clone()
    }

    /// An unnamed SSE event; its id is the version.
    pub(crate) fn event(&self) -> Bytes {
        self.event.get_or_init(|| encode_event(&self.snapshot)).clone()
    }
}

fn encode_event(snapshot: &Snapshot) -> Bytes {
    let text = match &snapshot.body {
        Body::Html(text) | Body::State(text) => text,
    };
    let mut event = format!("id: {}\n", snapshot.version);
    event.reserve(text.len() + 16);
    // A line end inside the value would end the field; a lone CR counts as one.
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    for line in std::iter::once(first).chain(lines) {
        event.push_str("data: ");
        event.extend(line.chars().map(|c| if c == '\r' { ' ' } else { c }));
        event.push('\n');
    }
    event.push('\n');
    Bytes::from(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_several_lines_is_one_event() {
        let snapshot = Snapshot {
            version: 7,
            etag: "a-7-b".into(),
            css: [].into(),
            body: Body::State("{\r\n \"a\":\r1\n}\n".into()),
        };
        assert_eq!(&encode_event(&snapshot)[..], b"id: 7\ndata: {\ndata:  \"a\": 1\ndata: }\n\n");
    }
}

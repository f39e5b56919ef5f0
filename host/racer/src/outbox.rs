//! What was told and not yet acknowledged: after a reconnect it is told again, in order, under the same ids.

use std::collections::VecDeque;

use serde_json::{Value, json};

/// Frames that must arrive. The ids of one run differ from those of every other.
#[derive(Debug)]
pub struct Outbox {
    run: String,
    count: u64,
    open: VecDeque<(String, Value)>,
}

impl Outbox {
    pub fn new(run: u64) -> Self {
        Self { run: format!("{run:016x}"), count: 0, open: VecDeque::new() }
    }

    /// The frame with its `message_id`, to be sent now where there is a link.
    pub fn add(&mut self, mut frame: Value) -> Value {
        self.count += 1;
        let id = format!("{}-{}", self.run, self.count);
        frame["message_id"] = json!(id);
        self.open.push_back((id, frame.clone()));
        frame
    }

    /// Answered: acknowledged, or refused for good.
    pub fn settled(&mut self, message_id: &str) {
        self.open.retain(|(id, _)| id != message_id);
    }

    /// What to send again, oldest first.
    pub fn again(&self) -> impl Iterator<Item = &Value> {
        self.open.iter().map(|(_, frame)| frame)
    }

    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// A race that begins anew, or is over, has no use for what was told of it.
    pub fn clear(&mut self) {
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_acknowledged_is_told_again_in_order_under_the_same_id() {
        let mut outbox = Outbox::new(1);
        let frames: Vec<_> =
            (0..3).map(|n| outbox.add(json!({"type": "event_flag", "flag_id": n}))).collect();
        outbox.settled(frames[1]["message_id"].as_str().unwrap());
        assert_eq!(outbox.again().collect::<Vec<_>>(), [&frames[0], &frames[2]]);
        assert_ne!(frames[0]["message_id"], Outbox::new(2).add(json!({}))["message_id"]);
    }
}

//! The last retained message of each topic.

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use bytestring::ByteString;

use crate::{message::Message, tree::Tree};

#[derive(Default)]
pub struct Retained {
    topics: Tree<Arc<Message>>,
    count: usize,
    bytes: usize,
    /// What ends by itself, the next one first.
    ends: BTreeSet<(Instant, ByteString)>,
}

impl Retained {
    pub fn count(&self) -> usize {
        self.count
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Keeps a message in place of the one before. `false` when there is no room for it; then nothing is kept there.
    pub fn put(&mut self, message: &Arc<Message>, max_count: usize, max_bytes: usize) -> bool {
        self.remove(message.topic());
        if self.count >= max_count || self.bytes + message.size() > max_bytes {
            return false;
        }
        self.count += 1;
        self.bytes += message.size();
        if let Some(end) = message.ends_at() {
            self.ends.insert((end, message.topic().clone()));
        }
        *self.topics.entry(message.topic()) = Some(message.clone());
        true
    }

    pub fn remove(&mut self, topic: &ByteString) {
        let Some(message) = self.topics.remove(topic) else { return };
        self.count -= 1;
        self.bytes -= message.size();
        if let Some(end) = message.ends_at() {
            self.ends.remove(&(end, message.topic().clone()));
        }
    }

    pub fn remove_ended(&mut self, now: Instant) {
        while let Some((end, topic)) = self.ends.first()
            && *end <= now
        {
            let topic = topic.clone();
            self.remove(&topic);
        }
    }

    pub fn matched_by(&self, filter: &str, now: Instant) -> Vec<Arc<Message>> {
        let mut found = Vec::new();
        self.topics.matched_by(filter, &mut |message: &Arc<Message>| {
            if !message.is_over(now) {
                found.push(message.clone());
            }
        });
        found
    }
}

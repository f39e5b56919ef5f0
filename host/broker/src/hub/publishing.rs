//! Messages from one to many.

use std::{num::NonZeroU32, sync::Arc};

use rmqtt_codec::types::{Publish, QoS};

use super::{Hub, Subscriber};
use crate::{
    message::Message,
    session::Delivery,
    topic::is_topic,
    wire::{Answer, DisconnectReasonCode},
};

impl Hub {
    pub(super) fn publish(&mut self, session: usize, publish: Publish, size: usize) {
        if !is_topic(&publish.topic) {
            return self.refuse(session, DisconnectReasonCode::TopicNameInvalid);
        }
        let (qos, id) = (publish.qos, publish.packet_id);
        if let (QoS::ExactlyOnce, Some(id)) = (qos, id) {
            let unreleased = &mut self.sessions[session].unreleased;
            if !unreleased.insert(id) {
                return self.sessions[session].say(Answer::PubRec(id));
            }
        }
        self.spread(Some(session), publish, size);
        match (qos, id) {
            (QoS::AtLeastOnce, Some(id)) => self.sessions[session].say(Answer::PubAck(id)),
            (QoS::ExactlyOnce, Some(id)) => self.sessions[session].say(Answer::PubRec(id)),
            _ => {}
        }
    }

    /// Keeps a message where it is to be retained, and gives it to all whom it concerns.
    pub(super) fn spread(&mut self, from: Option<usize>, publish: Publish, size: usize) {
        self.stats.received += 1;
        let message = Arc::new(Message::new(publish, size));
        if message.retain() {
            self.retain(&message);
        }
        let mut subscribers: Vec<Subscriber> = Vec::new();
        self.subscriptions.matching(message.topic(), &mut |all: &Vec<Subscriber>| {
            subscribers.extend(all.iter().filter(|one| !(one.options.no_local && from == Some(one.session))));
        });
        // Once a session, with the best of its subscriptions.
        subscribers.sort_by_key(|one| one.session);
        for same in subscribers.chunk_by(|one, other| one.session == other.session) {
            let best = same.iter().map(|one| one.options.qos).max().unwrap_or(QoS::AtMostOnce);
            let delivery = Delivery {
                message: message.clone(),
                qos: best.less_value(message.qos()),
                retain: message.retain() && same.iter().any(|one| one.options.retain_as_published),
                identifiers: same.iter().filter_map(|one| one.identifier).collect::<Vec<NonZeroU32>>(),
            };
            self.deliver(same[0].session, delivery);
        }
    }

    pub(super) fn deliver(&mut self, session: usize, delivery: Delivery) {
        self.sessions[session].enqueue(delivery, &self.options, &mut self.stats);
        self.pump(session);
    }

    fn retain(&mut self, message: &Arc<Message>) {
        if message.is_empty() {
            return self.retained.remove(message.topic());
        }
        if !self.retained.put(message, self.options.max_retained, self.options.max_retained_bytes) {
            self.stats.dropped += 1;
            tracing::warn!(topic = &**message.topic(), "there is no room to retain this message");
        }
    }

    /// Ends the connection of a client that broke a rule.
    fn refuse(&mut self, session: usize, reason: DisconnectReasonCode) {
        self.stats.refused += 1;
        if let Some(link) = self.sessions[session].detach(Some(reason)) {
            self.by_link.remove(&link);
            self.lost(session);
        }
    }
}

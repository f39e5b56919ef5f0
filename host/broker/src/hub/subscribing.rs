//! Who wants what.

use std::{
    num::{NonZeroU16, NonZeroU32},
    time::Instant,
};

use bytestring::ByteString;

use super::{Hub, Subscriber};
use crate::{
    session::Delivery,
    topic::is_filter,
    wire::{Answer, RetainHandling, SubscribeAckReason, SubscriptionOptions},
};

impl Hub {
    pub(super) fn subscribe(
        &mut self,
        session: usize,
        id: NonZeroU16,
        identifier: Option<NonZeroU32>,
        filters: Vec<(ByteString, SubscriptionOptions)>,
    ) {
        let mut reasons = Vec::with_capacity(filters.len());
        let mut replays = Vec::new();
        for (filter, options) in filters {
            let reason = match self.subscribe_one(session, &filter, options, identifier) {
                Ok(new) => {
                    let replay = match options.retain_handling {
                        RetainHandling::AtSubscribe => true,
                        RetainHandling::AtSubscribeNew => new,
                        RetainHandling::NoAtSubscribe => false,
                    };
                    if replay {
                        replays.push((filter, options));
                    }
                    SubscribeAckReason::try_from(options.qos.value())
                        .unwrap_or(SubscribeAckReason::UnspecifiedError)
                }
                Err(reason) => reason,
            };
            reasons.push(reason);
        }
        self.sessions[session].say(Answer::SubAck(id, reasons));
        for (filter, options) in replays {
            self.replay(session, &filter, options, identifier);
        }
    }

    /// Whether the subscription is a new one.
    fn subscribe_one(
        &mut self,
        session: usize,
        filter: &ByteString,
        options: SubscriptionOptions,
        identifier: Option<NonZeroU32>,
    ) -> Result<bool, SubscribeAckReason> {
        if filter.starts_with("$share/") {
            return Err(SubscribeAckReason::SharedSubscriptionNotSupported);
        }
        if !is_filter(filter) {
            return Err(SubscribeAckReason::TopicFilterInvalid);
        }
        let filters = &mut self.sessions[session].filters;
        let new = !filters.contains(filter);
        if new && filters.len() >= self.options.max_subscriptions {
            return Err(SubscribeAckReason::QuotaExceeded);
        }
        let subscriber = Subscriber { session, options, identifier };
        let all = self.subscriptions.entry(filter).get_or_insert_default();
        if new {
            // The text is a piece of a packet, which the session would keep.
            filters.insert(ByteString::from(filter.to_string()));
            self.stats.subscriptions += 1;
            all.push(subscriber);
        } else if let Some(old) = all.iter_mut().find(|old| old.session == session) {
            *old = subscriber;
        }
        Ok(new)
    }

    /// Also at a repeated subscribe: this is how a client reads a topic.
    fn replay(
        &mut self,
        session: usize,
        filter: &ByteString,
        options: SubscriptionOptions,
        identifier: Option<NonZeroU32>,
    ) {
        for message in self.retained.matched_by(filter, Instant::now()) {
            let delivery = Delivery {
                qos: options.qos.less_value(message.qos()),
                retain: true,
                identifiers: identifier.into_iter().collect(),
                message,
            };
            self.deliver(session, delivery);
        }
    }

    pub(super) fn unsubscribe(&mut self, session: usize, id: NonZeroU16, filters: Vec<ByteString>) {
        let existed = filters
            .iter()
            .map(|filter| {
                let existed = self.sessions[session].filters.remove(filter);
                if existed {
                    self.drop_subscriber(session, filter);
                }
                existed
            })
            .collect();
        self.sessions[session].say(Answer::UnsubAck(id, existed));
    }

    pub(super) fn drop_subscriber(&mut self, session: usize, filter: &ByteString) {
        let Some(all) = self.subscriptions.get_mut(filter) else { return };
        all.retain(|one| one.session != session);
        self.stats.subscriptions -= 1;
        if all.is_empty() {
            self.subscriptions.remove(filter);
        }
    }
}

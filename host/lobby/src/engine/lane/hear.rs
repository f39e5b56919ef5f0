//! What is said on the broker, message by message, in its order.

use std::time::Instant;

use regie_lobby_client::wire::Place;

use super::{
    super::{lease, link::Out},
    Lane,
};
use crate::model::{Fault, MAX_PAYLOAD, Said, Session};

impl Lane {
    pub fn hear(&mut self, topic: &str, payload: &[u8], retained: bool, at: Instant) {
        let now = self.now();
        if topic == lease::TOPIC {
            return self.lease_seen(payload, retained, now);
        }
        if topic == lease::LAST {
            return self.last_seen(payload);
        }
        if let Some(what) = topic.strip_prefix(&self.own("")) {
            let what = what.to_owned();
            return self.marked(&what);
        }
        let Some(place) = Place::read(topic) else {
            self.stats.malformed += 1;
            return self.refuse(
                "topic",
                "it is on no topic of the lobby's, or its session id is none",
                topic,
            );
        };
        if let Place::Refusal { .. } = place {
            return;
        }
        let id = place.session();
        if self.graves.has(id) {
            if is_kept(&place) && !payload.is_empty() {
                self.held_back.push(Out::empty(topic.to_owned()));
            }
            return;
        }
        if payload.len() > MAX_PAYLOAD {
            self.stats.oversized += 1;
            let kind = format!("size of {topic}");
            self.refuse(&kind, &Fault::TooLarge(payload.len()).to_string(), topic);
            return self.put_right(&place, at);
        }
        match Said::read(&place, payload, retained) {
            Ok(Some(said)) => self.said(id, said, at),
            Ok(None) => {}
            Err(fault) => {
                self.stats.malformed += 1;
                let (kind, why) = named(&fault);
                self.refuse(kind, &why, topic);
                if !matches!(fault, Fault::Protocol(_)) {
                    self.put_right(&place, at);
                }
            }
        }
    }

    fn said(&mut self, id: &str, said: Said, at: Instant) {
        let now = self.now();
        if let Some(kept) = self.sessions.get_mut(id) {
            let effects = kept.session.observe(said, now);
            return self.follow(id, effects, Some(at));
        }
        let Said::State { form, doc, retained } = said else { return };
        if self.sessions.len() >= self.options.max_sessions {
            let most = format!(
                "there are {} sessions, the most that lobby.max_sessions allows",
                self.sessions.len()
            );
            return self.refuse("too many sessions", &most, id);
        }
        let (mut session, effects) = Session::found(form, doc, retained, self.options.rules, now);
        // Before the replay is over nothing is known of what stands on its other topics.
        if !self.turn.is_settled() {
            session.link_up(false);
        }
        let held = self.outdated.remove(id).unwrap_or_default();
        self.keep(session, held);
        self.follow(id, effects, Some(at));
    }

    /// What nobody can read stands on a topic where the state of a known session should.
    fn put_right(&mut self, place: &Place<'_>, at: Instant) {
        let Place::State { session, form } = *place else { return };
        let now = self.now();
        if let Some(kept) = self.sessions.get_mut(session) {
            let effects = kept.session.garbled(form, now);
            self.follow(session, effects, Some(at));
        }
    }

    /// Never with what was in it.
    pub fn refuse(&mut self, kind: &str, why: &str, topic: &str) {
        if self.garbage.note(kind, self.now().mono_ms) {
            let topic: String = topic.chars().take(200).collect();
            tracing::warn!(topic, why, "a message is refused");
        }
    }
}

/// The kind for the log, and what is wrong, without what was written.
fn named(fault: &Fault) -> (&'static str, String) {
    let kind = match fault {
        Fault::Malformed(_) => return ("form", "it is no JSON that fits".into()),
        Fault::ClientId(_) => return ("client id", "it holds what is no client id".into()),
        Fault::OtherSession { .. } => return ("session", "it is of another session than its topic".into()),
        Fault::TooLarge(_) => "size",
        Fault::Protocol(_) => "protocol",
        Fault::Version(_) => "version",
        Fault::TooMany(_) => "members",
    };
    (kind, fault.to_string())
}

/// What is on such topics stays there until it is emptied.
fn is_kept(place: &Place<'_>) -> bool {
    matches!(
        place,
        Place::State { .. }
            | Place::Discovery { .. }
            | Place::SeedSync { .. }
            | Place::Ready { .. }
            | Place::Reservation { .. }
    )
}

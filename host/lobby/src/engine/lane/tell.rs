//! Publishing: corrections, gathered for some milliseconds, and everything else in its order. Never waits for the broker.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use regie_lobby_client::wire::Form;

use super::{super::link::Out, Lane};
use crate::model::Mark;

/// Corrections of one session are gathered for so long.
const GATHER: Duration = Duration::from_millis(20);
/// More than this wait: corrections stay in the model until the broker took some.
const WAITING: usize = 1024;
/// What the host wrote vanishes by itself after this, unless it is told again: a dead host leaves no sessions behind.
pub const EXPIRY_S: u32 = 30;
/// Corrections of one session within [`PACE_TIME`]; who writes against them makes no storm.
const PACE: u32 = 25;
const PACE_TIME: Duration = Duration::from_secs(1);

pub type Outbox = VecDeque<Out>;

/// How often a session was corrected lately.
#[derive(Debug, Default)]
pub struct Pace {
    since: Option<Instant>,
    count: u32,
}

impl Pace {
    fn allows(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now.duration_since(since) >= PACE_TIME) {
            (self.since, self.count) = (Some(now), 0);
        }
        self.count < PACE
    }
}

impl Out {
    /// A message to itself.
    pub fn note(topic: String) -> Self {
        Self { topic, payload: "1".into(), retain: false, expiry_s: None }
    }

    /// What a broker would hang up on: ids of peers may hold anything.
    fn is_topic(&self) -> bool {
        !self.topic.is_empty()
            && self.topic.len() <= 65_535
            && !self.topic.chars().any(|c| matches!(c, '+' | '#') || c.is_control())
    }
}

impl Lane {
    pub fn tell_soon(&mut self) {
        let at = Instant::now() + GATHER;
        self.tell_at = Some(self.tell_at.map_or(at, |before| before.min(at)));
    }

    /// Publishes what is due.
    pub fn tell(&mut self) {
        self.tell_at = None;
        if self.turn.is_settled() {
            self.correct();
        }
        self.send_waiting();
    }

    fn correct(&mut self) {
        let (now, instant) = (self.now(), Instant::now());
        let mark = Mark { host: self.host.id.clone(), epoch: self.host.epoch };
        for id in std::mem::take(&mut self.due) {
            let Some(kept) = self.sessions.get_mut(&id) else { continue };
            if self.dirty.contains(&id) || self.outbox.len() >= WAITING || !kept.pace.allows(instant) {
                self.due.insert(id);
                continue;
            }
            let mut corrected = false;
            for form in Form::ALL {
                let Some(doc) = kept.session.correction(form, &mark, now) else { continue };
                let Ok(payload) = serde_json::to_vec(&doc) else { continue };
                let topic = regie_lobby_client::wire::Place::State { session: &id, form }.to_string();
                let expiry_s = Some(EXPIRY_S);
                self.outbox.push_back(Out { topic, payload: payload.into(), retain: true, expiry_s });
                kept.session.published(form, &doc, now);
                self.stats.corrections += 1;
                corrected = true;
            }
            if corrected {
                kept.pace.count += 1;
                self.touched.insert(id);
            }
            if let Some(since) = kept.waits.take().filter(|_| corrected) {
                let ms = instant.duration_since(since).as_millis();
                self.latencies.record(u64::try_from(ms).unwrap_or(u64::MAX));
            }
        }
        if !self.due.is_empty() {
            self.tell_soon();
        }
    }

    /// Now, or when the broker takes it.
    pub fn send(&mut self, out: Out) {
        self.outbox.push_back(out);
        self.send_waiting();
    }

    /// Without a connection nothing waits: what must stand there follows from the model when there is one again.
    pub fn send_waiting(&mut self) {
        let Some(link) = self.line.as_ref().and_then(|line| line.link.as_ref()) else {
            self.outbox.clear();
            return;
        };
        while let Some(out) = self.outbox.front() {
            if out.is_topic() && !link.publish(out) {
                break;
            }
            self.outbox.pop_front();
        }
        if !self.outbox.is_empty() || !self.unacked.is_empty() && self.dirty.is_empty() {
            self.tell_soon();
        }
    }

    pub fn subscribe(&mut self, filters: &[&str]) {
        if let Some(link) = self.line.as_ref().and_then(|line| line.link.as_ref())
            && !link.subscribe(filters)
        {
            tracing::error!("the lobby's queue to the broker is full at its first message");
        }
    }
}

//! A change on its way: read, modify, write, and look whether it is in effect; three times at most.

use std::time::Duration;

use tokio::{sync::oneshot, time::Instant};

use super::{Event, Over, Session};
use crate::{
    client::{
        change::{Change, Failed, mine},
        clock,
    },
    wire::{Place, PlayerDisconnect, State, StateDoc},
};

const TRIES: u32 = 3;
/// For all of it, also over a connection that breaks meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);
/// What stands on a topic comes so soon after it was subscribed to.
const READ: Duration = Duration::from_millis(1500);
/// A write that the broker did not bring back by then is lost.
const ECHO: Duration = Duration::from_secs(3);
/// After the write came back: who wrote at the same time has been heard by then.
const SETTLE: Duration = Duration::from_millis(300);
/// Before the next try, about.
const AGAIN: Duration = Duration::from_millis(100);

pub struct Attempt {
    what: What,
    tries: u32,
    step: Step,
    until: Instant,
    done: Option<oneshot::Sender<Result<(), Failed>>>,
}

enum What {
    Create(Box<StateDoc>),
    Change(Change),
}

enum Step {
    /// Where nothing stands by then, there is nothing.
    Read {
        until: Option<Instant>,
    },
    Write {
        at: Instant,
    },
    Settle {
        version: u64,
        echoed: bool,
        until: Instant,
    },
}

impl Attempt {
    pub fn new(change: Change, done: Option<oneshot::Sender<Result<(), Failed>>>) -> Self {
        Self::of(What::Change(change), done)
    }

    pub fn create(first: StateDoc) -> Self {
        Self::of(What::Create(Box::new(first)), None)
    }

    fn of(what: What, done: Option<oneshot::Sender<Result<(), Failed>>>) -> Self {
        let until = Instant::now() + PATIENCE;
        Self { what, tries: 0, step: Step::Read { until: None }, until, done }
    }

    pub fn due(&self) -> Instant {
        let step = match self.step {
            Step::Read { until } => until,
            Step::Write { at } => Some(at),
            Step::Settle { until, .. } => Some(until),
        };
        step.map_or(self.until, |at| at.min(self.until))
    }

    pub fn is_leaving(&self) -> bool {
        matches!(self.what, What::Change(Change::Leave))
    }

    pub fn is_burying(&self) -> bool {
        matches!(self.what, What::Change(Change::Bury))
    }

    /// The connection broke, and with it what was written may be lost.
    pub fn lost(&mut self) {
        self.step = Step::Read { until: None };
    }

    /// A state came from the broker.
    pub fn heard(&mut self, doc: &StateDoc, session: &Session, now: Instant) {
        if let Step::Settle { version, echoed, until } = &mut self.step
            && doc.version == *version
            && doc.by.as_ref() == Some(&session.me)
            && !*echoed
        {
            *echoed = true;
            *until = now + SETTLE;
        }
    }

    pub fn end(self, result: Result<(), Failed>) {
        if let Some(done) = self.done {
            // Who asked may have gone.
            let _ = done.send(result);
        }
    }

    /// The session has closed, which may be what was wanted.
    pub fn end_closed(self) {
        let wanted = matches!(self.what, What::Change(Change::Leave | Change::Close | Change::Bury));
        self.end(if wanted { Ok(()) } else { Err(Failed::Closed) });
    }

    /// One step; the result at the end.
    fn go(&mut self, session: &Session, now: Instant) -> Option<Result<(), Failed>> {
        let standing = session.forms.newest();
        let in_effect = standing.is_some_and(|doc| self.is_in_effect(doc, &session.me.client_id));
        if now >= self.until {
            return Some(Err(Failed::Broker("it did not answer in time".into())));
        }
        if !session.connected {
            return None;
        }
        match self.step {
            Step::Read { until } => {
                let until = until.unwrap_or(now + READ);
                self.step = Step::Read { until: Some(until) };
                let creates = matches!(self.what, What::Create(_));
                if standing.is_some() || creates {
                    self.step = Step::Write { at: now };
                    return self.go(session, now);
                }
                (now >= until).then_some(Err(Failed::Unknown))
            }
            Step::Write { at } if now < at => None,
            Step::Write { .. } if in_effect && !self.is_unsigned(session) => Some(Ok(())),
            Step::Write { .. } if self.tries >= TRIES => Some(Err(Failed::Conflict)),
            Step::Write { .. } => {
                let next = match (&self.what, standing) {
                    (What::Create(first), _) => Ok((**first).clone()),
                    // In it by an earlier start: whose will is the old one's, the signature says.
                    (What::Change(Change::Join), Some(doc)) if in_effect => Ok(mine(doc, &session.me)),
                    (What::Change(change), Some(doc)) => change.apply(doc, &session.me),
                    (What::Change(_), None) => Err(Failed::Closed),
                };
                let next = match next {
                    Ok(next) => next,
                    Err(failed) => return Some(Err(failed)),
                };
                session.write(&next);
                self.tries += 1;
                if self.is_leaving() {
                    session.farewell();
                }
                self.step = Step::Settle { version: next.version, echoed: false, until: now + ECHO };
                None
            }
            Step::Settle { version, echoed, until } => {
                let settled = standing.is_some_and(|doc| doc.version >= version && doc.arbitrated.is_some());
                if in_effect && (settled || echoed && now >= until) {
                    return Some(Ok(()));
                }
                // Written over. An arbiter would mend it by itself, so that one waits for it.
                let conflict = echoed && !in_effect && !session.arbitrated;
                if conflict || now >= until {
                    self.step = Step::Write { at: now + clock::about(AGAIN) };
                }
                None
            }
        }
    }

    /// This start of the client has not written anything yet.
    fn is_unsigned(&self, session: &Session) -> bool {
        self.tries == 0 && !session.is_in() && matches!(self.what, What::Change(Change::Join))
    }

    fn is_in_effect(&self, doc: &StateDoc, me: &str) -> bool {
        match &self.what {
            What::Create(_) => Change::Join.is_in_effect(doc, me),
            What::Change(change) => change.is_in_effect(doc, me),
        }
    }
}

impl Session {
    pub(super) fn try_on(&mut self, now: Instant) {
        let Some(mut attempt) = self.attempt.take() else { return };
        match attempt.go(self, now) {
            None => self.attempt = Some(attempt),
            Some(result) => self.finish(attempt, result),
        }
    }

    /// The arbiter says no.
    pub(super) fn refused(&mut self, failed: Failed) {
        if let Some(attempt) = self.attempt.take_if(|attempt| !attempt.is_leaving()) {
            self.finish(attempt, Err(failed));
        }
    }

    fn finish(&mut self, attempt: Attempt, result: Result<(), Failed>) {
        let change = match attempt.what {
            What::Create(_) => Change::Join,
            What::Change(change) => change,
        };
        match (change, self.entered.take(), &result) {
            (_, Some(entered), Ok(())) => self.enter(entered),
            (_, Some(entered), Err(failed)) => {
                let _ = entered.send(Err(failed.clone()));
                self.over = Some(Over::Left);
            }
            (Change::Leave, None, _) => self.over = Some(Over::Left),
            (Change::Start, None, Ok(())) => self.publish_start(),
            (Change::Close, None, Ok(())) => self.closed(),
            (Change::Bury, None, Ok(())) => self.closed_by(true),
            (Change::Join, None, Err(Failed::Closed | Failed::Unknown)) => self.closed(),
            (Change::Join, None, Err(Failed::Full)) => {
                self.evict("others took its place meanwhile", Over::Left)
            }
            (Change::Join, None, Err(Failed::NotOpen)) => {
                self.evict("it was away when the session began", Over::Left);
            }
            // Tried again when the broker's state shows that there is need.
            _ => {}
        }
        attempt.end(result);
    }

    /// Out, so that nothing of this peer's keeps it in.
    fn farewell(&self) {
        let client_id = &self.me.client_id;
        let message = PlayerDisconnect {
            client_id: client_id.clone(),
            assigned_player_name: String::new(),
            timestamp: clock::now(),
        };
        let topic = Place::Disconnect { session: &self.id, client_id }.to_string();
        self.link.publish(topic, false, super::json(&message));
        let topic = Place::Ready { session: &self.id, client_id }.to_string();
        self.link.publish(topic, true, Vec::new());
    }

    fn publish_start(&mut self) {
        let topic = Place::GameStart { session: &self.id }.to_string();
        let message = serde_json::json!({"clientId": self.me.client_id, "timestamp": clock::now()});
        self.link.publish(topic, false, super::json(&message));
        self.started();
    }

    /// Once.
    pub(super) fn started(&mut self) {
        if !std::mem::replace(&mut self.duties.started, true) {
            self.tell(Event::Started);
        }
    }

    /// What a state of the session says about its start.
    pub(super) fn has_begun(doc: &StateDoc) -> bool {
        (State::Started..State::Closed).contains(&doc.state)
    }
}

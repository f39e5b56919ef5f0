//! Which sessions there are, from what stands on the broker. No I/O.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{change, clock};
use crate::wire::{Discovery, EXPIRY_S, Form, Place, State, StateDoc};

/// A session for a list of available ones: not closed, and its creator was heard within 15 s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    pub session_id: String,
    pub model_name: String,
    pub state: State,
    pub creator_client_id: String,
    /// Client ids.
    pub members: Vec<String>,
    pub num_players_min: u32,
    /// 0: no limit.
    pub num_players_max: u32,
    /// This client is among the members.
    pub mine: bool,
}

impl Available {
    pub fn is_full(&self) -> bool {
        self.num_players_max > 0 && self.members.len() >= self.num_players_max as usize
    }

    pub fn can_be_joined(&self) -> bool {
        self.state == State::Open && !self.is_full()
    }
}

/// Larger ones are not read, in bytes.
pub const LARGEST: usize = 256 * 1024;
const EXPIRY: Duration = Duration::from_secs(EXPIRY_S);

/// What stands on one or both topics of a session's state.
#[derive(Debug, Clone, Default)]
pub struct Forms {
    prefix: Option<StateDoc>,
    suffix: Option<StateDoc>,
}

impl Forms {
    /// `None` empties the topic.
    pub fn set(&mut self, form: Form, doc: Option<StateDoc>) {
        match form {
            Form::Prefix => self.prefix = doc,
            Form::Suffix => self.suffix = doc,
        }
    }

    /// The newer one; of equal ones that on `session_state/{s}`.
    pub fn newest(&self) -> Option<&StateDoc> {
        match (&self.prefix, &self.suffix) {
            (Some(prefix), Some(suffix)) if suffix.version > prefix.version => Some(suffix),
            (Some(prefix), _) => Some(prefix),
            (None, suffix) => suffix.as_ref(),
        }
    }
}

/// The state that a message holds. `Err` for none that can be read, or of another session than its topic says.
pub fn read(session: &str, payload: &[u8]) -> Result<Option<StateDoc>, ()> {
    if payload.is_empty() {
        return Ok(None);
    }
    if payload.len() > LARGEST {
        return Err(());
    }
    let doc: StateDoc = serde_json::from_slice(payload).map_err(drop)?;
    if doc.session_id == session { Ok(Some(doc)) } else { Err(()) }
}

/// All sessions on the broker.
#[derive(Default)]
pub struct List {
    sessions: BTreeMap<String, Entry>,
}

#[derive(Default)]
struct Entry {
    forms: Forms,
    /// The last texts of a heartbeat and a discovery message.
    beats: [String; 2],
    /// Since then nothing of the creator was heard.
    heard: Option<Instant>,
}

impl List {
    /// Answers whether it is about a session at all.
    pub fn hear(&mut self, topic: &str, payload: &[u8], now: Instant) -> bool {
        let Some(place) = Place::read(topic) else { return false };
        let id = place.session();
        match place {
            Place::State { form, .. } => {
                let Ok(doc) = read(id, payload) else { return false };
                let entry = self.sessions.entry(id.to_owned()).or_default();
                if let Some(doc) = &doc {
                    entry.beat(0, &doc.last_heartbeat, now);
                }
                entry.forms.set(form, doc);
                if entry.forms.newest().is_none() {
                    self.sessions.remove(id);
                }
                true
            }
            Place::Discovery { .. } => {
                let Ok(discovery) = serde_json::from_slice::<Discovery>(payload) else { return false };
                let Some(entry) = self.sessions.get_mut(id) else { return false };
                entry.beat(1, &discovery.timestamp, now);
                true
            }
            _ => false,
        }
    }

    /// In the order in which they were made, as their ids and their creators' clocks have it.
    pub fn available(&self, me: &str, now: Instant) -> Vec<Available> {
        let mut docs: Vec<&StateDoc> = self
            .sessions
            .values()
            .filter(|entry| entry.heard.is_some_and(|heard| now.duration_since(heard) <= EXPIRY))
            .filter_map(|entry| entry.forms.newest())
            .filter(|doc| doc.state != State::Closed)
            .collect();
        docs.sort_by(|a, b| a.created_at.cmp(&b.created_at));
        docs.into_iter().map(|doc| shown(doc, me)).collect()
    }

    /// A new connection replays all that is there.
    pub fn forget(&mut self) {
        self.sessions.clear();
    }
}

impl Entry {
    fn beat(&mut self, which: usize, text: &str, now: Instant) {
        let before = std::mem::replace(&mut self.beats[which], text.to_owned());
        // The first one that is heard may have stood there for days. Where its clock is not ours, the next one shows that it lives.
        let lives = if before.is_empty() { clock::is_within(text, EXPIRY) } else { before != text };
        if lives {
            self.heard = Some(now);
        }
    }
}

fn shown(doc: &StateDoc, me: &str) -> Available {
    Available {
        session_id: doc.session_id.clone(),
        model_name: doc.model_name.clone(),
        state: doc.state,
        creator_client_id: doc.creator_client_id.clone(),
        members: doc.connected_instances.clone(),
        num_players_min: doc.num_players_min,
        num_players_max: doc.num_players_max,
        mine: change::has(doc, me),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::change::tests::doc;

    fn told(list: &mut List, state: State, version: u64, beat: &str, now: Instant) {
        let mut one = doc(state, &["ada", "bob"], version);
        one.last_heartbeat = beat.to_owned();
        let payload = serde_json::to_vec(&one).expect("it is JSON");
        assert!(list.hear("session_state/s", &payload, now));
    }

    #[test]
    fn a_session_is_listed_while_it_is_not_closed_and_its_creator_is_heard() {
        let (mut list, start) = (List::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        told(&mut list, State::Open, 1, &clock::now(), start);
        let listed = list.available("bob", start);
        assert_eq!(listed.len(), 1);
        assert!(listed[0].mine && listed[0].can_be_joined());
        assert!(list.available("bob", at(16)).is_empty(), "expired");
        told(&mut list, State::Open, 1, "another", at(17));
        assert_eq!(list.available("bob", at(30)).len(), 1, "alive again");
        told(&mut list, State::Closed, 2, "one more", at(30));
        assert!(list.available("bob", at(30)).is_empty(), "closed");
    }

    #[test]
    fn what_stood_there_for_long_is_not_listed_until_it_is_heard_to_live() {
        let (mut list, now) = (List::default(), Instant::now());
        told(&mut list, State::Open, 1, "2001-01-01T00:00:00", now);
        assert!(list.available("bob", now).is_empty());
        told(&mut list, State::Open, 1, "2001-01-01T00:00:00", now);
        assert!(list.available("bob", now).is_empty(), "a repeated subscription says nothing new");
        told(&mut list, State::Open, 1, "2001-01-01T00:00:05", now);
        assert_eq!(list.available("bob", now).len(), 1, "a clock that is wrong, but goes");
    }

    #[test]
    fn the_newer_of_both_topics_counts_and_a_session_without_any_is_gone() {
        let (mut list, now) = (List::default(), Instant::now());
        told(&mut list, State::Open, 3, &clock::now(), now);
        let newer = serde_json::to_vec(&doc(State::Started, &["ada"], 4)).expect("it is JSON");
        assert!(list.hear("s/session_state", &newer, now));
        assert_eq!(list.available("ada", now)[0].state, State::Started);
        list.hear("s/session_state", b"", now);
        assert_eq!(list.available("ada", now)[0].state, State::Open);
        list.hear("session_state/s", b"", now);
        assert!(list.available("ada", now).is_empty());
    }

    #[test]
    fn what_is_no_state_of_its_session_is_not_read() {
        let (mut list, now) = (List::default(), Instant::now());
        let other = serde_json::to_vec(&doc(State::Open, &["ada"], 1)).expect("it is JSON");
        for (topic, payload) in [
            ("session_state/t", other.as_slice()),
            ("session_state/s", b"{".as_slice()),
            ("session_state/s", b"[]"),
            ("somewhere/else", other.as_slice()),
        ] {
            assert!(!list.hear(topic, payload, now), "{topic}");
        }
    }
}

//! What there is of a session, and where it comes from.

use std::collections::{HashMap, HashSet};

use regie_lobby_client::wire::{Form, State, StateDoc};

use super::{
    Effects, NewSession, Note, Now, Record, Rules, SCHEMA, Said,
    clock::{self, CreatorClock},
    link::Link,
    read::once,
    ring::Ring,
    standing::{Standing, Stands},
};

/// One session: the durable record, and what only memory holds.
#[derive(Clone)]
pub struct Session {
    pub(super) rules: Rules,
    pub(super) record: Record,
    pub(super) ring: Ring,
    pub(super) forms: [Standing; 2],
    pub(super) clock: CreatorClock,
    pub(super) link: Link,
    /// Monotonic.
    pub(super) last_seen: HashMap<String, u64>,
    pub(super) suspects: HashSet<String>,
    /// When the creator was last heard of.
    pub(super) heartbeat_at_ms: i64,
    /// The timestamp of the last that each client said, by its own clock: a sign of life that is not later came twice.
    pub(super) signs: HashMap<String, String>,
    /// A state on this form was not believed: copies up to this version may carry it on, and are not believed either.
    pub(super) tainted: [Option<u64>; 2],
    pub(super) beside: super::beside::Beside,
    /// When what the host holds was last written, monotonic.
    pub(super) held_ms: u64,
    /// Since when the close can be seen, monotonic.
    pub(super) closing_ms: Option<u64>,
    pub(super) over: bool,
    pub(super) own: super::correction::Own,
    /// The version that the last commit had: after a restart none may be given twice.
    pub(super) committed: u64,
}

impl Session {
    /// The first state that was seen of it: it is adopted as it is, up to its own limit. `retained` as in [`Said::State`].
    pub fn found(form: Form, mut doc: StateDoc, retained: bool, rules: Rules, now: Now) -> (Self, Effects) {
        once(&mut doc.connected_instances);
        let record = Record {
            schema: SCHEMA,
            session_id: doc.session_id.clone(),
            creator_client_id: doc.creator_client_id.clone(),
            model_name: doc.model_name.clone(),
            state: State::Open,
            num_players_min: doc.num_players_min,
            num_players_max: doc.num_players_max,
            created_at: doc.created_at.clone(),
            ..Record::empty(now)
        };
        let mut session = Self::with(record, rules, now);
        // Its creator's first word: nobody else can have written it.
        session.clock.set(&doc.last_heartbeat);
        if !retained {
            session.clock.sample(&doc.last_heartbeat, now.wall_ms);
        }
        let mut effects = session.written(form, &doc, retained, true, now);
        if retained {
            session.link = Link::Replaying { resumed: false };
        }
        effects.commit = true;
        effects.notes.insert(0, Note::Found);
        (session, effects)
    }

    /// Made over HTTP, by a person, who is in it. While the link is down the caller calls [`Session::link_lost`] next.
    pub fn create(new: NewSession, rules: Rules, now: Now) -> (Self, Effects) {
        let heartbeat = clock::write(now.wall_ms + rules.local_offset_ms);
        let record = Record {
            schema: SCHEMA,
            session_id: new.id,
            creator_client_id: new.creator.client_id.clone(),
            model_name: new.model_name,
            state: State::Open,
            num_players_min: new.num_players_min,
            num_players_max: new.num_players_max,
            created_at: heartbeat.clone(),
            held: true,
            last_heartbeat: heartbeat,
            offset_ms: Some(rules.local_offset_ms),
            ..Record::empty(now)
        };
        let mut session = Self::with(record, rules, now);
        let mut effects = Effects { notes: vec![Note::Created], ..Effects::default() };
        session.admit_person(new.creator, now, &mut effects);
        effects.publish.push(session.discovery(now));
        session.seal(effects, now)
    }

    /// After a restart: everybody in it gets the full grace; what stands on the broker is unknown until
    /// [`Session::link_settled`].
    pub fn restore(record: Record, rules: Rules, now: Now) -> Self {
        let mut session = Self::with(record, rules, now);
        session.link_lost();
        session
    }

    fn with(record: Record, rules: Rules, now: Now) -> Self {
        let members = record.members.iter().map(|m| (m.client_id.clone(), m.last_sign.clone()));
        let buried = record.buried.iter().map(|b| (b.client_id.clone(), b.last_sign.clone()));
        let clients = record.members.iter().map(|m| &m.client_id).chain([&record.creator_client_id]);
        Self {
            rules,
            ring: Ring::restore(&record.observed, &record.taken),
            forms: Default::default(),
            clock: CreatorClock::restore(&record.last_heartbeat, record.offset_ms),
            link: Link::Settled,
            last_seen: clients.map(|id| (id.clone(), now.mono_ms)).collect(),
            suspects: HashSet::new(),
            heartbeat_at_ms: now.wall_ms,
            signs: members.chain(buried).filter(|(_, sign)| !sign.is_empty()).collect(),
            tainted: [None; 2],
            beside: Default::default(),
            held_ms: now.mono_ms,
            closing_ms: record.closed.map(|_| now.mono_ms),
            over: false,
            own: Default::default(),
            committed: record.version,
            record,
        }
    }

    /// What is to be stored: schema 1, unknown fields kept.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The creator's naive clock minus UTC, where it is known: other sessions' creators are likely to have the same.
    pub fn offset_ms(&self) -> Option<i64> {
        self.clock.offset_ms()
    }

    /// Closed, and its topics were emptied: the caller moves it to the graveyard and empties late retained messages of it.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// What a message says, in the broker's order.
    pub fn observe(&mut self, said: Said, now: Now) -> Effects {
        match said {
            Said::State { form, mut doc, retained } => {
                once(&mut doc.connected_instances);
                self.written(form, &doc, retained, false, now)
            }
            Said::StateEmptied { form, .. } => {
                self.forms[index(form)].stands = Stands::Nothing;
                self.asked(Effects::default(), now)
            }
            other => self.heard(other, now),
        }
    }

    /// A state that could not be read stands on a form's topic: it is to be replaced. Not to be called for
    /// [`super::Fault::Protocol`], as a newer protocol may know why.
    pub fn garbled(&mut self, form: Form, now: Now) -> Effects {
        self.forms[index(form)].stands = Stands::Nothing;
        self.asked(Effects { raw: true, ..Effects::default() }, now)
    }

    /// Effects whose correction is asked for where one is due.
    pub(super) fn asked(&self, mut effects: Effects, now: Now) -> Effects {
        effects.correct |= Form::ALL.iter().any(|form| self.is_due(*form, now));
        effects
    }

    /// Brings what is stored of memory into the record, for a commit.
    pub(super) fn sealed(&mut self, effects: Effects, now: Now) -> Effects {
        if effects.commit {
            self.committed = self.record.version;
            let members = self.record.members.iter_mut().map(|m| (&m.client_id, &mut m.last_sign));
            let buried = self.record.buried.iter_mut().map(|b| (&b.client_id, &mut b.last_sign));
            for (client_id, last_sign) in members.chain(buried) {
                last_sign.clone_from(self.signs.get(client_id).unwrap_or(&String::new()));
            }
            self.record.observed = self.ring.stored_pairs();
            self.record.taken = self.ring.stored_prints();
            self.clock.latest().clone_into(&mut self.record.last_heartbeat);
            self.record.offset_ms = self.clock.offset_ms();
            self.record.updated_at_ms = now.wall_ms;
        }
        self.asked(effects, now)
    }

    fn seal(mut self, mut effects: Effects, now: Now) -> (Self, Effects) {
        effects.commit = true;
        let effects = self.sealed(effects, now);
        (self, effects)
    }

    pub(super) fn next_rev(&mut self) -> u64 {
        self.record.rev += 1;
        self.record.rev
    }
}

pub(super) fn index(form: Form) -> usize {
    match form {
        Form::Prefix => 0,
        Form::Suffix => 1,
    }
}

//! What follows from a state that somebody wrote.

use regie_lobby_client::wire::{Form, State, StateDoc};

use super::{
    Closed, Effects, Gone, Note, Now, Refused, SetHash, clock,
    link::Link,
    rebase::{self, Intent, Write},
    ring::print,
    session::{Session, index},
    standing::Value,
};

impl Session {
    /// `first`: the session begins with it.
    pub(super) fn written(
        &mut self,
        form: Form,
        doc: &StateDoc,
        retained: bool,
        first: bool,
        now: Now,
    ) -> Effects {
        let set = SetHash::of(doc.connected_instances.iter().map(String::as_str));
        let print = print(form, doc);
        let own = !first && self.own.is_echo(doc, print);
        let refresh_ms = own.then(|| now.mono_ms + if retained { 0 } else { self.rules.refresh_ms });
        let value = self.value(doc, set, refresh_ms);
        self.forms[index(form)].arrived(value);
        let replayed = retained && !first;
        if own || replayed {
            self.clock.notice(&doc.last_heartbeat);
        }
        if replayed && self.link != (Link::Replaying { resumed: false }) {
            // It comes, or came, in its order as well: here it only says what stands there.
            self.record.version = self.record.version.max(doc.version);
            return self.asked(Effects::default(), now);
        }
        let again = !self.ring.first_time(print) && !first;
        let mut effects = Effects { raw: !own && !retained, ..Effects::default() };
        if own && !retained {
            self.came_back(form, doc);
            effects.notes.push(Note::Echo);
        } else if !own || replayed {
            self.taken(doc, set, Arrival { form, first, again, replayed }, now, &mut effects);
        }
        if doc.version < self.record.version && !again && effects.raw {
            effects.notes.push(Note::Regressed { from: self.record.version, to: doc.version });
        }
        self.record.version = self.record.version.max(doc.version);
        effects.commit |= self.record.version > self.committed || self.ring.rev(doc.version, set).is_none();
        let rev = self.next_rev();
        if !again || self.ring.rev(doc.version, set).is_none() {
            self.ring.observe(doc.version, set, rev);
        }
        self.sealed(effects, now)
    }

    /// A write as an intent.
    fn taken(&mut self, doc: &StateDoc, set: SetHash, how: Arrival, now: Now, effects: &mut Effects) {
        let by = doc.by.as_ref().filter(|by| {
            // A connection that was followed by another has nothing more to say.
            self.record.member(&by.client_id).is_none_or(|member| member.incarnation <= by.incarnation)
        });
        let creator = self.record.creator_client_id.clone();
        let live = !how.replayed && !how.again;
        let mut heartbeat = live && !self.is_person(&creator) && self.clock.is_fresh(&doc.last_heartbeat);
        if heartbeat {
            heartbeat = self.clock.beat(&doc.last_heartbeat, now.wall_ms);
            self.alive(&creator, now);
            effects.notes.push(Note::Heartbeat);
        }
        if let Some(by) = by
            && live
        {
            self.alive(&by.client_id, now);
            if let Some(member) = self.record.members.iter_mut().find(|m| m.client_id == by.client_id)
                && member.incarnation < by.incarnation
            {
                member.incarnation = by.incarnation;
                effects.commit = true;
            }
        }
        if self.record.state == State::Closed {
            return;
        }
        let author = match by {
            Some(by) => Some(by.client_id.as_str()),
            None => heartbeat.then_some(creator.as_str()),
        };
        let write = Write { doc, set, author, heartbeat, again: how.again };
        let mut intent = rebase::intent(&write, &self.record, &self.ring);
        if how.replayed {
            intent = Intent { leaves: None, own: false, ..intent };
        }
        let leaves = intent.leaves.clone().filter(|id| self.record.member(id).is_some());
        let state = !how.replayed
            && self.is_believed(doc, by.map(|by| &*by.client_id), heartbeat, leaves.as_deref(), now);
        self.members(doc, intent, now, effects);
        if how.first {
            self.advance(doc.state, Closed::Written, effects, now);
        } else if doc.state > self.record.state {
            if state {
                self.advance(doc.state, Closed::Written, effects, now);
            } else if !how.again {
                self.disbelieve(how.form, doc, author, now, effects);
            }
        }
        if let Some(id) = leaves
            && id == creator
        {
            self.advance(State::Closed, Closed::CreatorLeft, effects, now);
        }
        if !self.value(doc, set, None).fixed {
            effects.notes.push(Note::FieldsRestored);
        }
    }

    fn members(&mut self, doc: &StateDoc, intent: Intent<'_>, now: Now, effects: &mut Effects) {
        let incarnation =
            |id: &str| doc.by.as_ref().filter(|by| by.client_id == id).map_or(0, |by| by.incarnation);
        for id in &intent.buried {
            effects.notes.push(Note::BuriedTriedToReturn { client_id: (*id).to_owned() });
        }
        for burial in self.record.buried.iter_mut().filter(|_| intent.claims) {
            let claimed = intent.buried.contains(&burial.client_id.as_str());
            effects.commit |= claimed && !burial.claimed;
            burial.claimed |= claimed;
        }
        for id in intent.joins {
            let refused = match self.record.state {
                State::Open if self.has_room() => {
                    self.admit(id, incarnation(id), now, effects);
                    continue;
                }
                State::Open => Refused::Full,
                State::Closed => Refused::Closed,
                _ => Refused::NotOpen,
            };
            if intent.own {
                let rev = self.next_rev();
                self.bury(id, Gone::Refused, rev, now, effects);
                self.refuse(id, refused, now, effects);
            }
            effects.notes.push(Note::Refused { client_id: id.to_owned(), why: refused });
        }
        if let Some(id) = intent.leaves
            && self.record.member(&id).is_some()
        {
            self.left_at(&id, &doc.last_updated);
            // The write itself is what a return can be based on: it is observed with the next number.
            let rev = self.record.rev + 1;
            self.bury(&id, Gone::Difference, rev, now, effects);
        }
    }

    /// As far as it matters whether it is right.
    pub(super) fn value(&self, doc: &StateDoc, set: SetHash, refresh_ms: Option<u64>) -> Value {
        let record = &self.record;
        let created = (clock::read(&doc.created_at), clock::read(&record.created_at));
        let fixed = doc.creator_client_id == record.creator_client_id
            && doc.model_name == record.model_name
            && doc.num_players_min == record.num_players_min
            && doc.num_players_max == record.num_players_max
            && (created.0.is_none() && created.1.is_none()
                || clock::same_second(&doc.created_at, &record.created_at));
        Value {
            version: doc.version,
            set,
            state: doc.state,
            heartbeat: doc.last_heartbeat.clone(),
            fixed,
            refresh_ms,
        }
    }

    /// Now, as the session's creator would write it.
    pub(super) fn time(&self, now: Now) -> String {
        let offset = self.clock.offset_ms().unwrap_or(self.rules.local_offset_ms);
        clock::write(now.wall_ms + offset)
    }
}

#[derive(Debug, Clone, Copy)]
struct Arrival {
    form: Form,
    /// It begins the session.
    first: bool,
    /// The broker delivered it before.
    again: bool,
    /// It stood there before the link did.
    replayed: bool,
}

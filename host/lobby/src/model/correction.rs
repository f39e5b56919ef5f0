//! What the host writes where something else stands than the truth.

use std::collections::VecDeque;

use regie_lobby_client::wire::{Arbitrated, Form, State, StateDoc};

use super::{
    Mark, Now, SetHash, clock,
    link::Link,
    ring::print,
    session::{Session, index},
    standing::{Pending, Stands, Value},
};

/// So many own writes are remembered; a mark on anything else was copied by a peer that keeps what it does not know.
const KEPT: usize = 64;
/// An echo that did not come for so long does not come.
const ECHO_MS: u64 = 5_000;

#[derive(Debug, Default, Clone)]
pub struct Own(VecDeque<(Arbitrated, u64)>);

impl Own {
    /// `print`: of the whole document. Marks of other processes are believed.
    pub fn is_echo(&self, doc: &StateDoc, print: u64) -> bool {
        let Some(mark) = &doc.arbitrated else { return false };
        let mut known = self.0.iter().filter(|(own, _)| own == mark).peekable();
        known.peek().is_none() || known.any(|(_, own)| *own == print)
    }
}

impl Session {
    /// What must stand on a form's topic, if something else does: to be published, retained, qos 1, then told to
    /// [`Session::published`].
    pub fn correction(&self, form: Form, mark: &Mark, now: Now) -> Option<StateDoc> {
        if !self.is_due(form, now) {
            return None;
        }
        let record = &self.record;
        Some(StateDoc {
            session_id: record.session_id.clone(),
            creator_client_id: record.creator_client_id.clone(),
            model_name: record.model_name.clone(),
            state: record.state,
            connected_instances: record.members.iter().map(|m| m.client_id.clone()).collect(),
            num_players_min: record.num_players_min,
            num_players_max: record.num_players_max,
            created_at: record.created_at.clone(),
            last_updated: self.time(now),
            last_heartbeat: self.clock.latest().to_owned(),
            version: self.next_version(form),
            arbitrated: Some(Arbitrated { host: mark.host.clone(), epoch: mark.epoch, rev: record.rev + 1 }),
            by: None,
            other: Default::default(),
        })
    }

    /// A correction was handed to the broker; its echo is awaited.
    pub fn published(&mut self, form: Form, doc: &StateDoc, now: Now) {
        let Some(mark) = doc.arbitrated.clone() else { return };
        let set = SetHash::of(doc.connected_instances.iter().map(String::as_str));
        self.record.rev = self.record.rev.max(mark.rev);
        self.record.version = self.record.version.max(doc.version);
        if let Some(until) = self.tainted[index(form)].as_mut().filter(|until| **until == u64::MAX) {
            *until = doc.version;
        }
        self.own.0.push_back((mark.clone(), print(form, doc)));
        if self.own.0.len() > KEPT {
            self.own.0.pop_front();
        }
        let value = self.value(doc, set, Some(now.mono_ms + self.rules.refresh_ms));
        self.forms[index(form)].pending = Some(Pending { value, mark, since_ms: now.mono_ms });
    }

    pub(super) fn came_back(&mut self, form: Form, doc: &StateDoc) {
        self.forms[index(form)].pending.take_if(|pending| Some(&pending.mark) == doc.arbitrated.as_ref());
    }

    pub(super) fn forget_lost_echoes(&mut self, now: Now) {
        for standing in &mut self.forms {
            standing.pending.take_if(|pending| now.mono_ms.saturating_sub(pending.since_ms) > ECHO_MS);
        }
    }

    pub(super) fn is_due(&self, form: Form, now: Now) -> bool {
        if self.link != Link::Settled || self.over {
            return false;
        }
        let standing = &self.forms[index(form)];
        let Some(value) = standing.expected() else {
            // Peers may empty the topics of a closed session themselves.
            return self.record.state != State::Closed || standing.stands == Stands::Unknown;
        };
        let expires = value.refresh_ms.is_some_and(|at| now.mono_ms >= at);
        !self.is_true(value)
            || value.version < self.record.version
            || value.version <= standing.contested
            || !clock::same_second(&value.heartbeat, self.clock.latest())
            || expires
    }

    fn is_true(&self, value: &Value) -> bool {
        value.fixed && value.state == self.record.state && value.set == self.set()
    }

    /// One above all others where the truth is new; both forms have the same in the end, and a heartbeat raises nothing.
    fn next_version(&self, form: Form) -> u64 {
        let highest = self.record.version;
        let [here, there] = [&self.forms[index(form)], &self.forms[1 - index(form)]];
        let is_highest = |value: &&Value| value.version == highest && self.is_true(value);
        let stands_here = here.expected().filter(is_highest).is_some();
        let mirrors = there.expected().filter(is_highest).is_some()
            && here.expected().is_none_or(|value| value.version < highest);
        if (stands_here || mirrors) && highest > here.contested { highest } else { highest.saturating_add(1) }
    }
}

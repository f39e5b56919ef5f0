//! Whose word it is that a session starts or ends.

use regie_lobby_client::wire::{Form, Refusal, State, StateDoc};

use super::{
    Closed, Effects, Note, Now, Refused, clock,
    session::{Session, index},
};

impl Session {
    /// Whether the state in a write is its creator's word, or that of peers who are right that the creator is gone.
    pub(super) fn is_believed(
        &self,
        doc: &StateDoc,
        by: Option<&str>,
        heartbeat: bool,
        leaves: Option<&str>,
        now: Now,
    ) -> bool {
        let creator = self.record.creator_client_id.as_str();
        if by == Some(creator) || leaves == Some(creator) || self.is_silent(creator, now) {
            return true;
        }
        if by.is_some() || self.tainted.iter().flatten().any(|version| doc.version <= *version) {
            return false;
        }
        heartbeat || (!self.is_person(creator) && self.has_creators_time(doc, now))
    }

    /// Whether the clock that wrote it is the creator's, as far as anybody can tell, and it is not the word of a peer that
    /// missed heartbeats which did arrive here.
    fn has_creators_time(&self, doc: &StateDoc, now: Now) -> bool {
        let (Some(offset), Some(updated)) = (self.clock.offset_ms(), clock::read(&doc.last_updated)) else {
            return false;
        };
        let tolerance = self.rules.clock_tolerance_ms;
        let is_near = (updated - now.wall_ms).abs_diff(offset) <= tolerance;
        let expiry = self.rules.expiry_ms.saturating_sub(tolerance);
        let thinks_it_expired = clock::read(&doc.last_heartbeat)
            .is_some_and(|heartbeat| updated > heartbeat && updated.abs_diff(heartbeat) > expiry);
        is_near && (!thinks_it_expired || clock::same_second(&doc.last_heartbeat, self.clock.latest()))
    }

    pub(super) fn disbelieve(
        &mut self,
        form: Form,
        doc: &StateDoc,
        author: Option<&str>,
        now: Now,
        effects: &mut Effects,
    ) {
        self.tainted[index(form)] = Some(u64::MAX);
        if let Some(author) = author.filter(|author| *author != self.record.creator_client_id) {
            self.refuse(author, Refused::NotCreator, now, effects);
        }
        let client_id = author.unwrap_or_default().to_owned();
        effects.notes.push(Note::Refused { client_id, why: Refused::NotCreator });
        // Until the correction is out nobody can have a copy that is free of it.
        self.record.version = self.record.version.max(doc.version);
    }

    pub(super) fn refuse(&self, client_id: &str, why: Refused, now: Now, effects: &mut Effects) {
        effects.refusals.push(Refusal {
            session_id: self.record.session_id.clone(),
            client_id: client_id.to_owned(),
            reason: why.code().to_owned(),
            state: self.record.state,
            num_players_max: self.record.num_players_max,
            version: self.record.version,
            timestamp: self.time(now),
        });
    }

    /// States only advance.
    pub(super) fn advance(&mut self, state: State, why: Closed, effects: &mut Effects, now: Now) {
        if state <= self.record.state {
            return;
        }
        self.record.state = state;
        self.tainted = [None; 2];
        effects.commit = true;
        if state == State::Closed {
            self.record.closed = Some(super::Ending { at_ms: now.wall_ms, why });
            self.closing_ms = Some(now.mono_ms);
            effects.notes.push(Note::Closed { why });
        } else {
            effects.notes.push(Note::Started { state });
        }
    }
}

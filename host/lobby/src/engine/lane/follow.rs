//! What follows from an input: what is to be stored, published, corrected, counted, logged.

use std::time::Instant;

use regie_core::Actor;
use regie_lobby_client::wire::{Place, State};
use regie_store::{Entry, EntryKind};
use serde_json::{Value, json, value::to_raw_value};

use super::{super::link::Out, Lane, tell::EXPIRY_S};
use crate::model::{Effects, Note, Refused};

impl Lane {
    /// `at`: when the message arrived from which it follows.
    pub fn follow(&mut self, id: &str, effects: Effects, at: Option<Instant>) {
        let Some(kept) = self.sessions.get_mut(id) else { return };
        if effects.raw {
            self.stats.raw_writes += 1;
        }
        if effects.commit {
            self.dirty.insert(id.to_owned());
        }
        if effects.correct {
            kept.waits = kept.waits.or(at.filter(|_| effects.raw));
            self.due.insert(id.to_owned());
        }
        if !effects.notes.is_empty() || effects.commit {
            self.touched.insert(id.to_owned());
        }
        for refusal in &effects.refusals {
            self.stats.refusals += 1;
            let topic = Place::Refusal { session: id, client_id: &refusal.client_id }.to_string();
            if let Ok(payload) = serde_json::to_vec(refusal) {
                self.held_back.push(Out { topic, payload: payload.into(), retain: false, expiry_s: None });
            }
        }
        for message in effects.publish {
            let payload = message.payload.into_bytes().into();
            // What stays is said again every few seconds.
            let expiry_s = message.retain.then_some(EXPIRY_S);
            self.held_back.push(Out { topic: message.topic, payload, retain: message.retain, expiry_s });
        }
        self.held_back.extend(effects.empty.into_iter().map(Out::empty));
        self.count_members(id, &effects.notes);
        let at_ms = self.clock.now_ms();
        for note in &effects.notes {
            self.note(id, note, None);
            if let (Some(kept), Some(entry)) = (self.sessions.get_mut(id), entry(note, None, at_ms)) {
                kept.entries.push(entry);
            }
        }
        if self.due.contains(id) {
            self.tell_soon();
        }
    }

    /// Who is missing without a note that says why was lost. It never happens; one must be able to see it if it does.
    fn count_members(&mut self, id: &str, notes: &[Note]) {
        let Some(kept) = self.sessions.get_mut(id) else { return };
        let gone =
            notes.iter().filter(|note| matches!(note, Note::Left { .. } | Note::Evicted { .. })).count();
        let record = kept.session.record();
        let lost = kept.members.saturating_sub(record.members.len() + gone);
        kept.members = record.members.len();
        if lost > 0 && record.state != State::Closed {
            self.stats.lost += u64::try_from(lost).unwrap_or(u64::MAX);
            tracing::error!(session = id, lost, "members are missing without having left");
        }
    }

    /// Counts it, and logs what an operator wants to know.
    pub fn note(&mut self, id: &str, note: &Note, by: Option<&Actor>) {
        let stats = &mut self.stats;
        let by = by.map(|by| by.name.as_str());
        match note {
            Note::Found | Note::Created => tracing::info!(session = id, by, "a session is open"),
            Note::Started { state } => tracing::info!(session = id, ?state, by, "a session started"),
            Note::Closed { why } => tracing::info!(session = id, ?why, by, "a session is closed"),
            Note::HandedOver { to, .. } => tracing::info!(session = id, to, "a session has another creator"),
            Note::Joined { .. } => stats.joins += 1,
            Note::Left { .. } => stats.leaves += 1,
            Note::Evicted { .. } => stats.evictions += 1,
            Note::BuriedTriedToReturn { .. } => stats.returns_refused += 1,
            Note::Heartbeat => stats.heartbeats += 1,
            Note::Echo => stats.echoes += 1,
            Note::Refused { why: Refused::NotCreator, .. } => {
                let why =
                    "it is not its creator's word: a peer whose clock is wrong takes the creator for dead";
                self.refuse(&format!("state of {id}"), why, id);
            }
            Note::Suspected { .. } | Note::Refused { .. } | Note::Regressed { .. } | Note::FieldsRestored => {
            }
        }
    }
}

/// A line of the session's history; its version comes with the commit.
pub fn entry(note: &Note, by: Option<&Actor>, at_ms: i64) -> Option<Entry> {
    let (what, mut detail) = told(note)?;
    detail["kind"] = what.into();
    let kind =
        if matches!(note, Note::Found | Note::Created) { EntryKind::Create } else { EntryKind::Action };
    let (actor, detail) = (to_raw_value(&by).ok()?, to_raw_value(&detail).ok()?);
    Some(Entry { version: 0, at_ms, kind, actor, detail })
}

/// What stands in the history, and in which words.
fn told(note: &Note) -> Option<(&'static str, Value)> {
    Some(match note {
        Note::Found => ("found", json!({})),
        Note::Created => ("created", json!({})),
        Note::Joined { client_id } => ("joined", json!({ "client_id": client_id })),
        Note::Left { client_id, how } => ("left", json!({ "client_id": client_id, "how": how })),
        Note::Evicted { client_id } => ("evicted", json!({ "client_id": client_id })),
        Note::Started { state } => ("started", json!({ "state": state })),
        Note::Closed { why } => ("closed", json!({ "why": why })),
        Note::HandedOver { from, to } => ("handed_over", json!({ "from": from, "to": to })),
        Note::Suspected { .. }
        | Note::Refused { .. }
        | Note::BuriedTriedToReturn { .. }
        | Note::Regressed { .. }
        | Note::FieldsRestored
        | Note::Heartbeat
        | Note::Echo => return None,
    })
}

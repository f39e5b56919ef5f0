//! What follows from messages beside the state.

use regie_lobby_client::wire::State;

use super::{
    Burial, Closed, CreatorGone, Effects, Gone, Note, Now, Refused, Said, clock, link::Link,
    ring::fingerprint, session::Session,
};

impl Session {
    pub(super) fn heard(&mut self, said: Said, now: Now) -> Effects {
        let mut effects = Effects::default();
        match said {
            Said::SeedSync { client_id, timestamp, retained: false } => {
                self.sign_of_life(&client_id, &timestamp, now, &mut effects);
            }
            // The host writes it for sessions that it holds.
            Said::Discovery { client_id, retained: false } if !self.record.held => {
                if client_id == self.record.creator_client_id {
                    self.alive(&client_id, now);
                }
            }
            Said::Ready { client_id, retained } => {
                if !retained {
                    self.alive(&client_id, now);
                }
                self.beside.ready(client_id);
            }
            Said::ReadyEmptied { client_id } => {
                if self.beside.unready(&client_id, now) {
                    // Delivered again it looks like new, so only while nothing is delivered again it is the client's word.
                    let how = if self.link == Link::Settled { Gone::Ready } else { Gone::Silent };
                    self.departs(&client_id, how, now, &mut effects);
                }
            }
            Said::Registration { client_id, player } => {
                self.alive(&client_id, now);
                self.name(client_id, player, &mut effects);
            }
            Said::Disconnect { client_id, timestamp } => {
                let print = fingerprint(&["disconnect", &client_id, &timestamp]);
                if timestamp.is_empty() || self.ring.first_time(print) {
                    self.left_at(&client_id, &timestamp);
                    // Also of one who is out already: it may come again when its client is back.
                    effects.commit |= self.record.burial(&client_id).is_some();
                    let how = match self.link {
                        Link::Settled => Gone::Disconnect,
                        _ if timestamp.is_empty() => Gone::Silent,
                        _ => Gone::Disconnect,
                    };
                    self.departs(&client_id, how, now, &mut effects);
                }
            }
            Said::Reservation { client_id, player, reserve: true, retained } => {
                if !retained {
                    self.alive(&client_id, now);
                }
                self.beside.reserve(player, client_id);
            }
            Said::Reservation { client_id, player, reserve: false, .. } => {
                self.alive(&client_id, now);
                self.beside.release(&player);
            }
            Said::GameStart if matches!(self.record.state, State::Open | State::Starting) => {
                self.advance(State::Started, Closed::Written, &mut effects, now);
            }
            Said::Will { client_id, incarnation } => {
                let current = self.record.member(&client_id).map(|member| member.incarnation);
                if current == Some(incarnation) && self.record.state == State::Open {
                    self.departs(&client_id, Gone::Will, now, &mut effects);
                }
            }
            Said::SeedSync { .. }
            | Said::Discovery { .. }
            | Said::AllPlayersSelected
            | Said::GameStart
            | Said::State { .. }
            | Said::StateEmptied { .. } => {}
        }
        self.sealed(effects, now)
    }

    /// Who sends it is in the session and lives, whatever became of its join.
    fn sign_of_life(&mut self, client_id: &str, timestamp: &str, now: Now, effects: &mut Effects) {
        self.alive(client_id, now);
        let again = !self.signed(client_id, timestamp);
        if self.record.member(client_id).is_some() {
            return;
        }
        let stays_out = self.record.burial(client_id).is_some_and(|burial| {
            !burial.how.is_silence() && !burial.claimed && !self.outlived(burial, timestamp)
        });
        if again || stays_out || self.record.state != State::Open {
            return;
        }
        if !self.has_room() {
            let rev = self.next_rev();
            self.bury(client_id, Gone::Refused, rev, now, effects);
            self.refuse(client_id, Refused::Full, now, effects);
            effects.notes.push(Note::Refused { client_id: client_id.to_owned(), why: Refused::Full });
            return;
        }
        let incarnation = self.record.burial(client_id).map_or(0, |burial| burial.incarnation);
        self.admit(client_id, incarnation, now, effects);
    }

    /// Whether a client still gives signs well after it said that it leaves, by its own clock: it is back, and its join went under. One
    /// that came back while nobody arbitrated may have found itself in an old copy, and written nothing.
    fn outlived(&self, burial: &Burial, timestamp: &str) -> bool {
        let later = clock::read(timestamp).zip(clock::read(&burial.said_at));
        burial.how != Gone::Refused
            && later.is_some_and(|(sign, left)| sign.saturating_sub(left) >= self.rules.return_ms)
    }

    /// Whether a sign of a client's is later than all that it said, by its own clock.
    fn signed(&mut self, client_id: &str, timestamp: &str) -> bool {
        let later = self.signs.get(client_id).is_none_or(|last| clock::is_after(timestamp, last));
        if later {
            self.signs.insert(client_id.to_owned(), timestamp.to_owned());
        }
        later
    }

    /// When a client said that it leaves: its signs from before that are no signs of being back. Clients may write the times of
    /// signs and of other messages in different zones.
    pub(super) fn left_at(&mut self, client_id: &str, timestamp: &str) {
        if clock::read(timestamp).is_none() {
            return;
        }
        let last = self.signs.entry(client_id.to_owned()).or_insert_with(|| timestamp.to_owned());
        if clock::is_after(timestamp, last) && is_near(timestamp, last) {
            timestamp.clone_into(last);
        }
    }

    fn name(&mut self, client_id: String, player: String, effects: &mut Effects) {
        let person = self.is_person(&client_id);
        if let Some(member) = self.record.members.iter_mut().find(|m| m.client_id == client_id)
            && !person
            && member.name.as_ref() != Some(&player)
        {
            member.name = Some(player.clone());
            effects.commit = true;
        }
        self.beside.register(client_id, player);
    }

    /// A client that was in it is not any more; with its creator goes the session.
    pub(super) fn departs(&mut self, client_id: &str, how: Gone, now: Now, effects: &mut Effects) {
        if self.record.state == State::Closed {
            return;
        }
        let is_creator = self.record.creator_client_id == client_id;
        if self.record.member(client_id).is_some() {
            let rev = self.next_rev();
            self.bury(client_id, how, rev, now, effects);
        }
        match (is_creator, how.is_silence()) {
            (false, _) => {}
            (true, false) => self.advance(State::Closed, Closed::CreatorLeft, effects, now),
            (true, true) => self.creator_vanished(now, effects),
        }
    }

    /// An open session without its creator ends, or goes on with another.
    pub(super) fn creator_vanished(&mut self, now: Now, effects: &mut Effects) {
        let silent = |id: &str| self.is_silent(id, now);
        let heir = self.record.members.iter().map(|member| &member.client_id);
        let heir = heir.filter(|id| **id != self.record.creator_client_id).find(|id| !silent(id)).cloned();
        match (self.rules.creator_gone, heir) {
            (CreatorGone::HandOver, Some(to)) => self.hand_over(to, now, effects),
            _ => self.advance(State::Closed, Closed::CreatorSilent, effects, now),
        }
    }
}

/// Whether two times can be of one zone: zones are a quarter of an hour apart at least.
fn is_near(one: &str, other: &str) -> bool {
    const SAME_ZONE_MS: u64 = 600_000;
    clock::read(one).zip(clock::read(other)).is_some_and(|(one, other)| one.abs_diff(other) < SAME_ZONE_MS)
}

//! Who is in a session, and who is kept out of it.

use super::{Burial, Effects, Gone, Member, Note, Now, Person, SetHash, session::Session};

/// So many burials are kept; those of clients that never were in go first.
const BURIALS: usize = 1_000;

impl Session {
    pub(super) fn set(&self) -> SetHash {
        SetHash::of(self.record.members.iter().map(|m| m.client_id.as_str()))
    }

    /// Their time runs by their own requests, not by messages.
    pub(super) fn is_person(&self, client_id: &str) -> bool {
        self.record.member(client_id).is_some_and(|member| member.user_id.is_some())
    }

    pub(super) fn has_room(&self) -> bool {
        let limit = match self.record.num_players_max {
            0 => self.rules.max_members,
            limit => self.rules.max_members.min(limit as usize),
        };
        self.record.members.len() < limit
    }

    /// Makes a client a member that is none, without asking whether it may be.
    pub(super) fn admit(&mut self, client_id: &str, incarnation: u64, now: Now, effects: &mut Effects) {
        let joined_rev = self.next_rev();
        self.record.buried.retain(|burial| burial.client_id != client_id);
        self.last_seen.insert(client_id.to_owned(), now.mono_ms);
        self.record.members.push(Member {
            client_id: client_id.to_owned(),
            incarnation,
            joined_rev,
            joined_at_ms: now.wall_ms,
            last_sign: String::new(),
            user_id: None,
            name: self.beside.name(client_id),
        });
        effects.commit = true;
        effects.notes.push(Note::Joined { client_id: client_id.to_owned() });
    }

    pub(super) fn admit_person(&mut self, who: Person, now: Now, effects: &mut Effects) {
        self.admit(&who.client_id, 0, now, effects);
        if let Some(member) = self.record.members.last_mut() {
            member.user_id = Some(who.user_id);
            member.name = Some(who.name);
        }
    }

    /// Takes a member out, or notes that one who was never in stays out. `rev`: of the message that says it.
    pub(super) fn bury(&mut self, client_id: &str, how: Gone, rev: u64, now: Now, effects: &mut Effects) {
        let place = self.record.members.iter().position(|member| member.client_id == client_id);
        let incarnation = place.map_or(0, |place| self.record.members.remove(place).incarnation);
        self.suspects.remove(client_id);
        self.record.buried.retain(|burial| burial.client_id != client_id);
        if self.record.buried.len() >= BURIALS {
            let first = self.record.buried.iter().position(|burial| burial.how == Gone::Refused);
            self.record.buried.remove(first.unwrap_or(0));
        }
        self.record.buried.push(Burial {
            client_id: client_id.to_owned(),
            incarnation,
            left_rev: rev,
            left_at_ms: now.wall_ms,
            how,
            claimed: false,
            last_sign: String::new(),
            said_at: self.signs.get(client_id).cloned().unwrap_or_default(),
        });
        effects.commit = true;
        let client_id = client_id.to_owned();
        match how {
            Gone::Refused => return,
            Gone::Silent => effects.notes.push(Note::Evicted { client_id: client_id.clone() }),
            how => effects.notes.push(Note::Left { client_id: client_id.clone(), how }),
        }
        self.beside.departed(client_id, now);
    }
}

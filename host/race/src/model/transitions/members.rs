//! Who goes, who comments, who is invited, who was shown the seed.

use regie_core::{Error, Result};

use super::refused;
use crate::{
    Event,
    model::{Change, Invite, Now, Participant, Race, RaceStatus, Revealed},
};

/// For whom a link is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Invited<'a> {
    /// Empty: for anybody.
    pub name: &'a str,
    /// What a lobby knows them by.
    pub client_id: Option<&'a str>,
}

/// Open links a race may have at a time.
const MOST_INVITES: usize = 200;
const MOST_CASTERS: usize = 50;

impl Race {
    /// Goes before the start, by themselves.
    pub fn leave(&mut self, slot: u32) -> Result<Change> {
        self.check_leaving("be left", "abandon instead")?;
        let gone = self.take_out(|p| p.slot == slot)?;
        Ok(Change::said(format!("{} left", gone.name)).told("host:leave", Some(gone.slot)))
    }

    /// Taken out before the start, by the organizer.
    pub fn remove(&mut self, participant_id: &str) -> Result<Change> {
        self.check_leaving("lose a participant", "disqualify them instead")?;
        let gone = self.take_out(|p| p.id == participant_id)?;
        Ok(Change::said(format!("removed {}", gone.name)).told("host:leave", Some(gone.slot)))
    }

    /// The old token of the player's game and pack is void from now on.
    pub fn revoke_token(&mut self, slot: u32) -> Result<Change> {
        let participant = self.in_slot_mut(slot).ok_or_else(nobody)?;
        participant.token_generation += 1;
        Ok(Change::said(format!("gave {} a new token", participant.name)))
    }

    pub fn add_caster(&mut self, user_id: &str, name: &str) -> Result<Change> {
        if self.casters.iter().any(|c| c == user_id) {
            return Ok(Change::nothing());
        }
        if self.casters.len() >= MOST_CASTERS {
            return Err(Error::conflict(format!("a race has {MOST_CASTERS} casters at most")).path("casters"));
        }
        self.casters.push(user_id.to_owned());
        Ok(Change::said(format!("made {name} a caster")).event(Event::Status))
    }

    pub fn remove_caster(&mut self, user_id: &str, name: &str) -> Result<Change> {
        let before = self.casters.len();
        self.casters.retain(|c| c != user_id);
        if self.casters.len() == before {
            return Err(Error::not_found(format!("{name} is no caster here")).path("user"));
        }
        Ok(Change::said(format!("{name} is no caster any more")).event(Event::Status))
    }

    /// A link.
    pub fn add_invite(&mut self, token: String, whom: Invited<'_>, now: &Now) -> Result<Change> {
        if self.status.is_over() {
            return Err(refused(self, "invite anybody"));
        }
        if self.invites.len() >= MOST_INVITES {
            return Err(Error::conflict(format!("a race has {MOST_INVITES} open invitations at most"))
                .path("invites")
                .hint("withdraw some"));
        }
        let Invited { name, client_id } = whom;
        let words = if name.is_empty() { "made an invitation".into() } else { format!("invited {name}") };
        let client_id = client_id.map(str::to_owned);
        self.invites.push(Invite { token, name: name.to_owned(), created_at: now.text.clone(), client_id });
        Ok(Change::said(words))
    }

    /// The open link for somebody: of the same member of a lobby, or else of the same name.
    pub fn invite_of(&self, whom: Invited<'_>) -> Option<&Invite> {
        let named = |i: &Invite| !whom.name.is_empty() && i.name.to_lowercase() == whom.name.to_lowercase();
        self.invites.iter().find(|i| match (i.client_id.as_deref(), whom.client_id) {
            (Some(theirs), Some(wanted)) => theirs == wanted,
            _ => named(i),
        })
    }

    pub fn withdraw_invite(&mut self, token: &str) -> Result<Change> {
        self.invite(token)?;
        self.invites.retain(|i| i.token != token);
        Ok(Change::said("withdrew an invitation"))
    }

    pub fn invite(&self, token: &str) -> Result<&Invite> {
        let found = self.invites.iter().find(|i| i.token == token);
        found.ok_or_else(|| {
            Error::not_found("there is no such invitation; it may have been used").path("token")
        })
    }

    /// The organizer sees the seed from now on, and everybody sees that they do.
    pub fn reveal_to(&mut self, user_id: &str, name: &str, now: &Now) -> Result<Change> {
        if self.revealed_to.iter().any(|r| r.user_id == user_id) {
            return Ok(Change::nothing());
        }
        if self.participant_of(user_id).is_some_and(|p| !p.status.is_terminal()) {
            return Err(Error::conflict(
                "you take part: the seed stays hidden from you until you have ended",
            )
            .path("participants")
            .hint("leave the race first"));
        }
        self.revealed_to.push(Revealed { user_id: user_id.into(), name: name.into(), at: now.text.clone() });
        Ok(Change::said(format!("showed the seed to {name}")).event(Event::Status))
    }

    fn check_leaving(&self, what: &str, instead: &str) -> Result<()> {
        if matches!(self.status, RaceStatus::Draft | RaceStatus::Open) {
            return Ok(());
        }
        Err(refused(self, what).hint(instead))
    }

    fn take_out(&mut self, which: impl Fn(&Participant) -> bool) -> Result<Participant> {
        let at = self.participants.iter().position(which).ok_or_else(nobody)?;
        let gone = self.participants.remove(at);
        self.slots_given = self.slots_given.max(gone.slot);
        Ok(gone)
    }
}

fn nobody() -> Error {
    Error::not_found("there is no such participant").path("participants")
}

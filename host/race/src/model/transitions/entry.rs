//! Who comes in, and when they may.

use regie_core::{Error, Result};

use super::refused;
use crate::model::{Change, Now, Participant, ParticipantStatus, Race, RaceStatus, Seen};

/// Somebody with an account who is to take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// UUIDv7 that the participant will have.
    pub id: String,
    pub user_id: String,
    pub name: String,
}

/// By which door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance<'a> {
    /// By themselves.
    Own,
    /// By the organizer.
    Added,
    /// With the link of this token; one that names somebody is used up.
    Invited(&'a str),
}

impl Race {
    /// Errors: `not_open` for who comes by themselves before the race has opened, `started` once nobody may join late,
    /// `race_full`, `already_joined`; 404 for an invitation that is not.
    pub fn join(&mut self, who: Newcomer, entrance: Entrance<'_>, now: &Now) -> Result<Change> {
        let client_id = match entrance {
            Entrance::Invited(token) => self.invite(token)?.client_id.clone(),
            Entrance::Own | Entrance::Added => None,
        };
        if self.participant_of(&who.user_id).is_some() {
            return Err(Error::conflict(format!("{} takes part already", who.name))
                .code("already_joined")
                .path("participants"));
        }
        self.check_admits(entrance, now)?;
        let slot = self.next_slot();
        self.slots_given = slot;
        let words = match entrance {
            Entrance::Added => format!("added {}", who.name),
            Entrance::Own | Entrance::Invited(_) => format!("{} joined", who.name),
        };
        if let Entrance::Invited(token) = entrance {
            self.invites.retain(|i| i.token != token || i.name.is_empty());
        }
        let colour = (0..).find(|c| self.participants.iter().all(|p| p.colour != *c)).unwrap_or(slot);
        self.participants.push(Participant {
            id: who.id,
            user_id: who.user_id,
            name: who.name,
            status: ParticipantStatus::Registered,
            token_generation: 1,
            slot,
            colour,
            joined_at: now.text.clone(),
            client_id,
            started_at: None,
            finished_at: None,
            seen: Seen::default(),
        });
        Ok(Change::said(words).told("host:join", Some(slot)))
    }

    /// Whether one more may come in now. Errors: as [`Self::join`].
    pub fn check_admits(&self, entrance: Entrance<'_>, now: &Now) -> Result<()> {
        match self.status {
            RaceStatus::Draft if entrance == Entrance::Own => {
                return Err(refused(self, "be joined").code("not_open").hint("wait until it opens"));
            }
            RaceStatus::Draft | RaceStatus::Open => {}
            RaceStatus::Countdown | RaceStatus::Running => self.check_late(now)?,
            RaceStatus::Finished | RaceStatus::Cancelled => return Err(refused(self, "be joined")),
        }
        let most = self.config.max_participants;
        if self.participants.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(Error::conflict(format!("all {most} places are taken"))
                .code("race_full")
                .path("config.max_participants"));
        }
        Ok(())
    }

    fn check_late(&self, now: &Now) -> Result<()> {
        let minutes = self.config.late_join_minutes;
        let until = minutes.and_then(|m| Some(self.started_ms()? + i64::from(m) * 60_000));
        if until.is_some_and(|until| now.ms <= until) {
            return Ok(());
        }
        let message = match minutes {
            Some(minutes) => format!("one could join until {minutes} minutes after the start"),
            None => "the race has started, and nobody may join late".to_owned(),
        };
        Err(Error::conflict(message).code("started").path("config.late_join_minutes"))
    }

    /// Never one that somebody has had.
    fn next_slot(&self) -> u32 {
        let highest = self.participants.iter().map(|p| p.slot).max().unwrap_or(0);
        highest.max(self.slots_given) + 1
    }
}

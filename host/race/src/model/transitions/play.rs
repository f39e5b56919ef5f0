//! One participant's way through a race: ready, playing, ended, and taken back.

use regie_core::{Error, Result, parse_rfc3339, rfc3339};

use super::{deadline, ended, refused};
use crate::{
    Event,
    model::{Change, Now, Participant, ParticipantStatus as Status, Race, RaceStatus, Start},
};

impl Race {
    /// Waits for the start, or plays at once where the race runs; in a race where each starts alone their countdown begins.
    /// Again by who is ready or plays: nothing. Errors: `already_ended`.
    pub fn ready(&mut self, slot: u32, now: &Now) -> Result<Change> {
        let status = self.playing_in(slot)?.status;
        if self.status.is_over() {
            return Err(refused(self, "be joined by a player who is ready"));
        }
        let runs = self.status == RaceStatus::Running;
        match status {
            _ if runs && self.config.start == Start::Async => {
                if status == Status::Playing || self.playing_in(slot)?.started_at.is_some() {
                    return Ok(Change::nothing());
                }
                self.begin(slot, now)
            }
            Status::Registered => {
                let ready = self.make_ready(slot)?;
                if !runs {
                    return Ok(ready);
                }
                let participant = self.playing_in(slot)?;
                participant.started_at = Some(now.text.clone());
                Ok(ready.then(play(participant)))
            }
            _ => Ok(Change::nothing()),
        }
    }

    /// Starts this one's countdown in a race where each starts alone.
    pub fn begin(&mut self, slot: u32, now: &Now) -> Result<Change> {
        if self.config.start != Start::Async {
            return Err(Error::conflict("this race starts for everybody at once")
                .path("config.start")
                .hint("say that you are ready, and wait for the start"));
        }
        if self.status != RaceStatus::Running {
            return Err(refused(self, "be begun").hint("wait until the organizer has started it"));
        }
        let at_ms = now.ms + i64::from(self.config.countdown_seconds) * 1000;
        let participant = self.playing_in(slot)?;
        if participant.started_at.is_some() {
            return Err(Error::conflict(format!("{} has begun already", participant.name))
                .code("already_begun")
                .path("status"));
        }
        participant.started_at = Some(rfc3339(at_ms));
        let words = format!("{} begins", participant.name);
        let ready = match participant.status {
            Status::Registered => self.make_ready(slot)?,
            _ => Change::nothing(),
        };
        self.set_deadline(deadline::GO, Some(slot), at_ms);
        let countdown_seconds = self.config.countdown_seconds;
        Ok(ready.then(Change::said(words).event(Event::Start { slot: Some(slot), countdown_seconds, at_ms })))
    }

    /// The end of one's own countdown.
    pub(super) fn go_alone(&mut self, slot: u32) -> Change {
        let runs = self.status == RaceStatus::Running;
        let Some(participant) = self.in_slot_mut(slot).filter(|p| runs && p.status == Status::Ready) else {
            return Change::nothing();
        };
        let started_ms = participant.started_at.as_deref().and_then(parse_rfc3339);
        let change = play(participant);
        if let Some(at) = started_ms {
            self.set_limit(Some(slot), at);
        }
        change
    }

    /// The mode says that this one is through; the caller settles. Errors: `already_ended`, `not_playing`.
    pub fn finished(&mut self, slot: u32, now: &Now) -> Result<Change> {
        self.check_playing(slot)?;
        let change = self.end(slot, Status::Finished, now);
        Ok(change)
    }

    /// Whether frames of this player's game count. Errors: `already_ended`, `not_playing`.
    pub fn check_playing(&self, slot: u32) -> Result<()> {
        let participant = self.in_slot(slot).ok_or_else(|| nobody(slot))?;
        match participant.status {
            Status::Playing if self.status == RaceStatus::Running => Ok(()),
            status if status.is_terminal() => Err(ended(participant)),
            _ => Err(Error::conflict(format!("{} does not play yet", participant.name))
                .code("not_playing")
                .path("status")
                .hint("wait for the start")),
        }
    }

    pub fn abandon(&mut self, slot: u32, now: &Now) -> Result<Change> {
        self.check_ending(slot, "be abandoned", "leave it")?;
        let change = self.end(slot, Status::Abandoned, now);
        Ok(self.settled(change, now))
    }

    pub fn disqualify(&mut self, slot: u32, now: &Now) -> Result<Change> {
        self.check_ending(slot, "disqualify anybody", "remove them")?;
        let change = self.end(slot, Status::Disqualified, now);
        Ok(self.settled(change, now))
    }

    /// Takes a terminal status back; a race that had ended runs again.
    pub fn undo(&mut self, slot: u32, now: &Now) -> Result<Change> {
        let participant = self.in_slot_mut(slot).ok_or_else(|| nobody(slot))?;
        if !participant.status.is_terminal() {
            return Err(Error::conflict(format!("{} has not ended", participant.name))
                .path("status")
                .hint("there is nothing to take back"));
        }
        let words = format!("{} has not {} after all", participant.name, super::done(participant.status));
        participant.finished_at = None;
        let started_ms = participant.started_at.as_deref().and_then(parse_rfc3339);
        participant.status = if started_ms.is_some() { Status::Playing } else { Status::Registered };
        let mut change = Change::said(words).told("host:undo", Some(slot));
        if self.status == RaceStatus::Finished {
            self.status = RaceStatus::Running;
            self.finished_at = None;
            change = change.event(Event::Status);
        }
        match self.config.start {
            Start::Together => self.limit_again(None, self.started_ms(), now),
            Start::Async => self.limit_again(Some(slot), started_ms, now),
        }
        Ok(change)
    }

    /// Ends one's part: no deadline is left of theirs, and a countdown of their own did not happen.
    pub(super) fn end(&mut self, slot: u32, status: Status, now: &Now) -> Change {
        self.deadlines.retain(|d| d.slot != Some(slot));
        let Some(participant) = self.in_slot_mut(slot) else { return Change::nothing() };
        let began = participant.started_at.as_deref().and_then(parse_rfc3339);
        if began.is_some_and(|_| participant.status != Status::Playing) {
            participant.started_at = None;
        }
        participant.status = status;
        participant.finished_at = Some(now.text.clone());
        let told = match status {
            // The mode said so itself.
            Status::Finished => return Change::said(format!("{} finished", participant.name)),
            Status::Disqualified => "host:disqualify",
            _ => "host:abandon",
        };
        Change::said(format!("{} has {}", participant.name, super::done(status))).told(told, Some(slot))
    }

    fn check_ending(&self, slot: u32, what: &str, instead: &str) -> Result<()> {
        let participant = self.in_slot(slot).ok_or_else(|| nobody(slot))?;
        if participant.status.is_terminal() {
            return Err(ended(participant));
        }
        if !matches!(self.status, RaceStatus::Countdown | RaceStatus::Running) {
            return Err(refused(self, what).hint(format!("before its start: {instead}")));
        }
        Ok(())
    }

    fn settled(&mut self, change: Change, now: &Now) -> Change {
        let settled = self.settle(now).unwrap_or_else(Change::nothing);
        change.then(settled)
    }

    fn limit_again(&mut self, slot: Option<u32>, started_ms: Option<i64>, now: &Now) {
        let Some(started) = started_ms.filter(|_| self.status == RaceStatus::Running) else { return };
        let over = self.config.time_limit_minutes.is_some_and(|m| started + i64::from(m) * 60_000 <= now.ms);
        if !over {
            self.set_limit(slot, started);
        }
    }

    fn make_ready(&mut self, slot: u32) -> Result<Change> {
        let participant = self.playing_in(slot)?;
        participant.status = Status::Ready;
        Ok(Change::said(format!("{} is ready", participant.name)).told("host:ready", Some(slot)))
    }

    /// Who is in the slot and has not ended.
    fn playing_in(&mut self, slot: u32) -> Result<&mut Participant> {
        let participant = self.in_slot_mut(slot).ok_or_else(|| nobody(slot))?;
        if participant.status.is_terminal() {
            return Err(ended(participant));
        }
        Ok(participant)
    }
}

fn play(participant: &mut Participant) -> Change {
    participant.status = Status::Playing;
    Change::said(format!("{} plays", participant.name)).told("host:start", Some(participant.slot))
}

fn nobody(slot: u32) -> Error {
    Error::not_found(format!("nobody has slot {slot} in this race"))
}

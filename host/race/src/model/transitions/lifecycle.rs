//! From draft to the end, and back: everything about the room as a whole but its start.

use regie_core::{Result, parse_rfc3339};
use regie_store::EntryKind;

use super::{deadline, refused};
use crate::{
    Event,
    model::{Change, Now, ParticipantStatus, Race, RaceStatus},
};

impl Race {
    /// People may join from now on. A scheduled start that has passed by now is dropped.
    pub fn open(&mut self, now: &Now) -> Result<Change> {
        if self.status != RaceStatus::Draft {
            return Err(refused(self, "be opened").hint("only a draft can"));
        }
        self.status = RaceStatus::Open;
        let mut words = "opened the race";
        if self.scheduled_ms().is_some_and(|at| at <= now.ms) {
            self.scheduled_start = None;
            words = "opened the race; its scheduled start had passed";
        }
        self.set_countdown_deadline();
        Ok(Change::said(words).event(Event::Status))
    }

    /// A new try with the same seed: everybody is registered again, and games are disconnected. A countdown that is stopped so
    /// was no try.
    pub fn reset(&mut self) -> Result<Change> {
        let words = match self.status {
            RaceStatus::Running | RaceStatus::Finished => "reset the race",
            RaceStatus::Countdown => {
                self.tries = self.tries.saturating_sub(1);
                "stopped the countdown"
            }
            _ => {
                return Err(
                    refused(self, "be reset").hint("only one that counts down, runs or is finished can")
                );
            }
        };
        self.status = RaceStatus::Open;
        self.started_at = None;
        self.finished_at = None;
        self.scheduled_start = None;
        self.deadlines.clear();
        for participant in &mut self.participants {
            participant.status = ParticipantStatus::Registered;
            participant.started_at = None;
            participant.finished_at = None;
        }
        let mut change = Change::said(words).told("host:reset", None);
        change.kind = EntryKind::Reset;
        Ok(change.event(Event::Status).event(Event::Reset))
    }

    /// Ends it now: who has not ended has abandoned.
    pub fn finish(&mut self, now: &Now) -> Result<Change> {
        if self.status != RaceStatus::Running {
            return Err(refused(self, "be finished").hint("only one that is running can"));
        }
        let abandoned = self.abandon_rest(now);
        Ok(Change::said("ended the race").then(abandoned).then(self.over(now)))
    }

    /// The automatic finish: once everybody has ended. `None` while somebody has not.
    pub fn settle(&mut self, now: &Now) -> Option<Change> {
        let all_ended = self.participants.iter().all(|p| p.status.is_terminal());
        (self.status == RaceStatus::Running && all_ended && !self.participants.is_empty())
            .then(|| self.over(now))
    }

    /// Called off before its start.
    pub fn cancel(&mut self) -> Result<Change> {
        if !matches!(self.status, RaceStatus::Draft | RaceStatus::Open) {
            return Err(refused(self, "be cancelled")
                .hint("only before its start; one that is running can be finished"));
        }
        self.status = RaceStatus::Cancelled;
        self.deadlines.clear();
        Ok(Change::said("cancelled the race").event(Event::Status))
    }

    /// Errors: 409 while it counts down or runs.
    pub fn check_deletable(&self) -> Result<()> {
        if matches!(self.status, RaceStatus::Countdown | RaceStatus::Running) {
            return Err(refused(self, "be deleted").hint("finish it first"));
        }
        Ok(())
    }

    /// Whether its seed was never played, so that another race may have it.
    pub fn is_unplayed(&self) -> bool {
        self.tries == 0
    }

    fn over(&mut self, now: &Now) -> Change {
        self.status = RaceStatus::Finished;
        self.finished_at = Some(now.text.clone());
        self.deadlines.clear();
        Change::said("the race is over").told("host:finish", None).event(Event::Status)
    }

    pub(super) fn abandon_rest(&mut self, now: &Now) -> Change {
        let rest: Vec<_> =
            self.participants.iter().filter(|p| !p.status.is_terminal()).map(|p| p.slot).collect();
        rest.into_iter().fold(Change::nothing(), |change, slot| {
            change.then(self.end(slot, ParticipantStatus::Abandoned, now))
        })
    }

    pub(super) fn scheduled_ms(&self) -> Option<i64> {
        self.scheduled_start.as_deref().and_then(parse_rfc3339)
    }

    pub(super) fn started_ms(&self) -> Option<i64> {
        self.started_at.as_deref().and_then(parse_rfc3339)
    }

    /// As status, schedule and length of the countdown are now.
    pub(super) fn set_countdown_deadline(&mut self) {
        self.clear_deadline(deadline::COUNTDOWN, None);
        let Some(at) = self.scheduled_ms().filter(|_| self.status == RaceStatus::Open) else { return };
        self.set_deadline(deadline::COUNTDOWN, None, at - self.countdown_ms());
    }
}

//! The start: at once, at a time, or for each alone.

use regie_core::{Error, Result, rfc3339};

use super::{deadline, refused};
use crate::{
    Event,
    model::{Change, Now, ParticipantStatus, Race, RaceStatus, Start},
};

/// How the organizer wants it to start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StartAsked {
    /// Although somebody is not ready.
    pub force: bool,
    /// Milliseconds since 1970; `None`: now.
    pub at_ms: Option<i64>,
}

impl Race {
    /// Begins the countdown, or has it begin in time for a later start. In a race where each starts alone it runs at once.
    /// Errors: `not_ready`, naming who is not, `no_participants`; 400 for a time that has passed.
    pub fn start(&mut self, asked: StartAsked, now: &Now) -> Result<Change> {
        if self.status != RaceStatus::Open {
            let hint =
                if self.status == RaceStatus::Draft { "open it first" } else { "it has started already" };
            return Err(refused(self, "be started").hint(hint));
        }
        if let Some(at) = asked.at_ms {
            return self.schedule(Some(at), now);
        }
        if self.participants.is_empty() && self.config.late_join_minutes.is_none() {
            return Err(Error::conflict("nobody takes part yet")
                .code("no_participants")
                .path("participants"));
        }
        if self.config.start == Start::Together && !asked.force {
            self.check_all_ready()?;
        }
        self.scheduled_start = None;
        Ok(match self.config.start {
            Start::Together => self.begin_countdown(now.ms + self.countdown_ms()),
            Start::Async => self.run(now.ms),
        })
    }

    /// Sets when it starts by itself, or with `None` that it does not. Errors: 400 for a time that has passed.
    pub fn schedule(&mut self, at_ms: Option<i64>, now: &Now) -> Result<Change> {
        if !matches!(self.status, RaceStatus::Draft | RaceStatus::Open) {
            return Err(refused(self, "be scheduled").hint("only before its start"));
        }
        if let Some(at) = at_ms.filter(|at| *at <= now.ms) {
            return Err(Error::bad_request(format!("{} has passed", rfc3339(at)))
                .path("scheduled_start")
                .hint(format!("a time after {}", now.text)));
        }
        let at = at_ms.map(rfc3339);
        if at == self.scheduled_start {
            return Ok(Change::nothing());
        }
        let words = match &at {
            Some(at) => format!("scheduled the start for {at}"),
            None => "unscheduled the start".to_owned(),
        };
        self.scheduled_start = at;
        self.set_countdown_deadline();
        Ok(Change::said(words).event(Event::Status))
    }

    /// What a schedule set, when its time has come. Without anybody there is nothing to start.
    pub(super) fn start_scheduled(&mut self) -> Change {
        let Some(at) = self.scheduled_ms().filter(|_| self.status == RaceStatus::Open) else {
            return Change::nothing();
        };
        if self.participants.is_empty() && self.config.late_join_minutes.is_none() {
            self.scheduled_start = None;
            return Change::said("did not start: nobody takes part").event(Event::Status);
        }
        match self.config.start {
            Start::Together => self.begin_countdown(at),
            Start::Async => self.run(at),
        }
    }

    /// The end of the countdown: who is ready plays.
    pub fn go(&mut self) -> Result<Change> {
        let at = match self.started_ms() {
            Some(at) if self.status == RaceStatus::Countdown => at,
            _ => return Err(refused(self, "go").hint("only from its countdown")),
        };
        self.status = RaceStatus::Running;
        for participant in &mut self.participants {
            if participant.status == ParticipantStatus::Ready {
                participant.status = ParticipantStatus::Playing;
                participant.started_at.clone_from(&self.started_at);
            }
        }
        self.set_limit(None, at);
        Ok(Change::said("the race runs").told("host:start", None).event(Event::Status))
    }

    pub(super) fn countdown_ms(&self) -> i64 {
        match self.config.start {
            Start::Together => i64::from(self.config.countdown_seconds) * 1000,
            Start::Async => 0,
        }
    }

    pub(super) fn set_limit(&mut self, slot: Option<u32>, started_ms: i64) {
        if let Some(minutes) = self.config.time_limit_minutes {
            self.set_deadline(deadline::LIMIT, slot, started_ms + i64::from(minutes) * 60_000);
        }
    }

    fn check_all_ready(&self) -> Result<()> {
        let waiting: Vec<_> = self
            .participants
            .iter()
            .filter(|p| p.status == ParticipantStatus::Registered)
            .map(|p| p.name.as_str())
            .collect();
        if waiting.is_empty() {
            return Ok(());
        }
        Err(Error::conflict(format!("not ready yet: {}", waiting.join(", ")))
            .code("not_ready")
            .path("force")
            .hint(r#"{"force":true}"#))
    }

    /// Status and start in one write. A client that counts down to the schedule counts to the same moment.
    fn begin_countdown(&mut self, at_ms: i64) -> Change {
        self.status = RaceStatus::Countdown;
        self.tries += 1;
        self.started_at = Some(rfc3339(at_ms));
        self.scheduled_start.clone_from(&self.started_at);
        self.clear_deadline(deadline::COUNTDOWN, None);
        self.set_deadline(deadline::GO, None, at_ms);
        let start = Event::Start { slot: None, countdown_seconds: self.config.countdown_seconds, at_ms };
        Change::said("started the countdown").event(start).event(Event::Status)
    }

    fn run(&mut self, at_ms: i64) -> Change {
        self.status = RaceStatus::Running;
        self.tries += 1;
        self.started_at = Some(rfc3339(at_ms));
        self.scheduled_start.clone_from(&self.started_at);
        self.clear_deadline(deadline::COUNTDOWN, None);
        Change::said("the race runs; each starts alone").event(Event::Status)
    }
}

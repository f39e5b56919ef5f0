//! What happens when a deadline has come.

use super::deadline;
use crate::model::{Change, Deadline, Now, ParticipantStatus, Race};
use regie_core::{parse_rfc3339, rfc3339};

impl Race {
    /// Takes the deadline off and does what it is for; nothing where it is for nothing any more.
    pub fn due(&mut self, kind: &str, slot: Option<u32>, now: &Now) -> Change {
        self.clear_deadline(kind, slot);
        let change = match (kind, slot) {
            (deadline::COUNTDOWN, None) => self.start_scheduled(),
            (deadline::GO, None) => self.go().unwrap_or_else(|_| Change::nothing()),
            (deadline::GO, Some(slot)) => self.go_alone(slot),
            (deadline::LIMIT, None) => self.out_of_time(now),
            (deadline::LIMIT, Some(slot)) => self.out_of_time_alone(slot, now),
            _ => Change::nothing(),
        };
        let settled = self.settle(now).unwrap_or_else(Change::nothing);
        change.then(settled)
    }

    /// When the next thing is due, milliseconds since 1970.
    pub fn next_due_ms(&self) -> Option<i64> {
        self.deadlines.iter().filter_map(Deadline::at_ms).min()
    }

    /// The first that is due by now.
    pub fn first_due(&self, now_ms: i64) -> Option<Deadline> {
        let due = self.deadlines.iter().filter_map(|d| Some((d.at_ms()?, d)));
        due.filter(|(at, _)| *at <= now_ms).min_by_key(|(at, _)| *at).map(|(_, d)| d.clone())
    }

    fn out_of_time(&mut self, now: &Now) -> Change {
        if self.status != crate::model::RaceStatus::Running {
            return Change::nothing();
        }
        Change::said("the time is up").then(self.abandon_rest(now))
    }

    fn out_of_time_alone(&mut self, slot: u32, now: &Now) -> Change {
        let plays = self.in_slot(slot).is_some_and(|p| p.status == ParticipantStatus::Playing);
        if !plays {
            return Change::nothing();
        }
        Change::said("the time is up").then(self.end(slot, ParticipantStatus::Abandoned, now))
    }

    pub(super) fn set_deadline(&mut self, kind: &str, slot: Option<u32>, at_ms: i64) {
        self.clear_deadline(kind, slot);
        self.deadlines.push(Deadline { kind: kind.to_owned(), at: rfc3339(at_ms), slot });
    }

    pub(super) fn clear_deadline(&mut self, kind: &str, slot: Option<u32>) {
        self.deadlines.retain(|d| d.kind != kind || d.slot != slot);
    }
}

impl Deadline {
    pub fn at_ms(&self) -> Option<i64> {
        parse_rfc3339(&self.at)
    }
}

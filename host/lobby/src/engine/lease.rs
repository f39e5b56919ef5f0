//! Which of several hosts arbitrates on a broker: the one whose lease stands there and is renewed. Pure: times are given.

use serde::{Deserialize, Serialize};

/// Where it stands, retained.
pub const TOPIC: &str = "regie_arbiter/lease";
/// Who arbitrated last, retained, also when nobody does: what an earlier arbiter has stored is older.
pub const LAST: &str = "regie_arbiter/last";
/// Renewed every second. So long a host looks before it takes over.
pub const LOOK_MS: u64 = 2_500;
/// Not renewed for this long, a lease is over.
pub const LAPSE_MS: u64 = 4_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub host: String,
    /// Random, of one run of the server: two runs on copies of one data directory have the same host.
    pub process: String,
    pub epoch: u64,
    /// The host's clock, for people.
    pub at: String,
}

impl Lease {
    /// Of two that both believe to be the arbiter, one rule says to both which.
    pub fn overrules(&self, other: &Self) -> bool {
        (self.epoch, &self.process) > (other.epoch, &other.process)
    }
}

/// What a host that does not arbitrate knows of who does.
#[derive(Debug)]
pub struct Watch {
    process: String,
    /// Since the last connection: before it nothing can be known.
    since_ms: u64,
    last: Option<(Lease, u64)>,
    /// More than what stood there: it was written while looking on.
    renewed: bool,
    alone: bool,
    highest: u64,
    /// Who arbitrated last, alive or not.
    latest: Option<Lease>,
}

/// What follows from what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Look on.
    Unclear,
    Taken(Lease),
    /// Nobody arbitrates: take over with a higher epoch than this.
    Free {
        highest: u64,
        /// Who arbitrated last, where that is known.
        after: Option<Lease>,
    },
}

impl Watch {
    pub fn new(process: String, now_ms: u64) -> Self {
        Self { process, since_ms: now_ms, last: None, renewed: false, alone: false, highest: 0, latest: None }
    }

    /// A new connection: the time to look begins again.
    pub fn connected(&mut self, now_ms: u64) {
        self.since_ms = now_ms;
        (self.renewed, self.alone) = (false, false);
        if let Some((_, at)) = &mut self.last {
            *at = now_ms;
        }
    }

    /// This one arbitrated last, if no other does now.
    pub fn was(&mut self, last: Lease) {
        self.highest = self.highest.max(last.epoch);
        self.latest = Some(last);
    }

    /// No lease stands there, and nobody else takes one without looking first.
    pub fn nobody_else(&mut self) {
        self.alone = self.last.is_none();
    }

    pub fn is_alone(&self) -> bool {
        self.alone && self.last.is_none()
    }

    /// `None`: the topic was emptied.
    pub fn saw(&mut self, lease: Option<Lease>, retained: bool, now_ms: u64) {
        match lease {
            Some(lease) => {
                self.highest = self.highest.max(lease.epoch);
                if lease.process != self.process {
                    self.renewed |= !retained;
                    self.latest = Some(lease.clone());
                    self.last = Some((lease, now_ms));
                }
            }
            None => {
                (self.last, self.renewed) = (None, false);
                self.since_ms = now_ms;
            }
        }
    }

    pub fn verdict(&self, now_ms: u64) -> Verdict {
        let since = |then: u64| now_ms.saturating_sub(then);
        match &self.last {
            Some((lease, at)) if since(*at) >= LAPSE_MS => {
                Verdict::Free { highest: self.highest, after: Some(lease.clone()) }
            }
            Some((lease, _)) if self.renewed => Verdict::Taken(lease.clone()),
            Some(_) => Verdict::Unclear,
            None if self.is_alone() || since(self.since_ms) >= LOOK_MS => {
                Verdict::Free { highest: self.highest, after: self.latest.clone() }
            }
            None => Verdict::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(process: &str, epoch: u64) -> Lease {
        Lease { host: "h".into(), process: process.into(), epoch, at: String::new() }
    }

    fn free(highest: u64, after: Option<Lease>) -> Verdict {
        Verdict::Free { highest, after }
    }

    #[test]
    fn nobody_there_for_two_and_a_half_seconds_makes_it_free() {
        let mut watch = Watch::new("me".into(), 0);
        assert_eq!(watch.verdict(2_499), Verdict::Unclear);
        assert_eq!(watch.verdict(2_500), free(0, None));
        watch.connected(10_000);
        assert_eq!(watch.verdict(10_100), Verdict::Unclear);
        assert_eq!(watch.verdict(12_500), free(0, None));
    }

    #[test]
    fn a_lease_that_is_renewed_is_taken_and_free_four_seconds_after_its_last_renewal() {
        let mut watch = Watch::new("me".into(), 0);
        watch.saw(Some(lease("a", 3)), true, 100);
        assert_eq!(watch.verdict(3_000), Verdict::Unclear, "it may have stood there for days");
        watch.saw(Some(lease("a", 3)), false, 3_100);
        assert_eq!(watch.verdict(3_200), Verdict::Taken(lease("a", 3)));
        assert_eq!(watch.verdict(7_099), Verdict::Taken(lease("a", 3)));
        assert_eq!(watch.verdict(7_100), free(3, Some(lease("a", 3))));
    }

    #[test]
    fn one_that_stands_there_and_is_never_renewed_is_free_after_four_seconds() {
        let mut watch = Watch::new("me".into(), 0);
        watch.saw(Some(lease("a", 7)), true, 0);
        assert_eq!(watch.verdict(3_999), Verdict::Unclear);
        assert_eq!(watch.verdict(4_000), free(7, Some(lease("a", 7))));
    }

    #[test]
    fn one_that_is_given_back_is_free_when_nobody_else_took_it() {
        let mut watch = Watch::new("me".into(), 0);
        watch.saw(Some(lease("a", 7)), false, 0);
        watch.saw(None, false, 5_000);
        assert_eq!(watch.verdict(7_000), Verdict::Unclear);
        assert_eq!(watch.verdict(7_500), free(7, Some(lease("a", 7))));
        watch.saw(Some(lease("b", 8)), false, 7_600);
        assert_eq!(watch.verdict(7_700), Verdict::Taken(lease("b", 8)));
    }

    #[test]
    fn who_arbitrated_last_is_known_also_when_nobody_does() {
        let mut watch = Watch::new("me".into(), 0);
        watch.was(lease("a", 9));
        assert_eq!(watch.verdict(2_499), Verdict::Unclear);
        assert_eq!(watch.verdict(2_500), free(9, Some(lease("a", 9))));
    }

    #[test]
    fn of_two_the_higher_epoch_overrules_and_then_the_greater_process() {
        assert!(lease("a", 2).overrules(&lease("b", 1)));
        assert!(!lease("b", 1).overrules(&lease("a", 2)));
        assert!(lease("b", 2).overrules(&lease("a", 2)));
        assert!(!lease("a", 2).overrules(&lease("a", 2)));
    }
}
